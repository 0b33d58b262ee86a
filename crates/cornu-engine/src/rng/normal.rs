//! Normal variates from random words by the inverse of the distribution function.
//!
//! One word gives one variate, so a variate's index is its word's index. Only IEEE arithmetic and square
//! roots are used, no library function: the bits are the same on every machine and the loops vectorise.

/// Half the mass of the standard normal distribution outside ±2: Φ(−2).
const BEYOND_TWO: f32 = 0.022_750_132;

/// A standard normal variate from a word; the largest magnitude is 5.42.
#[inline(always)]
pub(super) fn normal(word: u32) -> f32 {
    // 23 bits and a half, so that the tail's probability is never 0 and needs no rounding.
    let tail = (low_bits(word) + 0.5) * (1.0 / 16_777_216.0);
    signed(word, quantile(tail))
}

/// A standard normal variate, given that it lies within ±2, from a word.
#[inline(always)]
pub(super) fn truncated_normal(word: u32) -> f32 {
    let tail = BEYOND_TWO + (0.5 - BEYOND_TWO) * ((low_bits(word) + 0.5) * (1.0 / 8_388_608.0));
    // The quantile's own rounding must not lead out of the interval.
    signed(word, quantile(tail).min(2.0))
}

/// The 23 bits below the sign, as a whole number.
#[inline(always)]
fn low_bits(word: u32) -> f32 {
    ((word >> 8) & 0x7F_FFFF) as i32 as f32
}

/// `magnitude` with the word's top bit as its sign.
#[inline(always)]
fn signed(word: u32, magnitude: f32) -> f32 {
    f32::from_bits(magnitude.to_bits() ^ (word & 0x8000_0000))
}

/// The point beyond which a standard normal variate lies with probability `tail`, `2⁻²⁵ ≤ tail ≤ ½`.
///
/// M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011), single precision. Both
/// branches are computed and one is chosen: that is what a vector unit does anyway.
#[inline(always)]
fn quantile(tail: f32) -> f32 {
    const CENTRE: [f32; 9] = [
        2.810_226_4e-8,
        3.432_739_4e-7,
        -3.523_387_7e-6,
        -4.391_506_5e-6,
        0.000_218_580_87,
        -0.001_253_725,
        -0.004_177_681_6,
        0.246_640_73,
        1.501_409_4,
    ];
    const TAIL: [f32; 9] = [
        -0.000_200_214_26,
        0.000_100_950_56,
        0.001_349_343_2,
        -0.003_673_428_4,
        0.005_739_507_7,
        -0.007_622_461_3,
        0.009_438_870_5,
        1.001_674,
        2.832_976_8,
    ];
    let x = 1.0 - 2.0 * tail;
    let w = -ln(4.0 * tail * (1.0 - tail));
    let scaled = if w < 5.0 { polynomial(&CENTRE, w - 2.5) } else { polynomial(&TAIL, w.sqrt() - 3.0) };
    std::f32::consts::SQRT_2 * scaled * x
}

/// The natural logarithm of a positive normal number, as in Cephes' `logf`: within 1 unit in the last place.
#[inline(always)]
fn ln(x: f32) -> f32 {
    const SERIES: [f32; 9] = [
        7.037_684e-2,
        -0.115_146_1,
        0.116_769_99,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_57,
        0.200_007_15,
        -0.249_999_94,
        0.333_333_3,
    ];
    // x = 2^e · (1 + f) with √½ ≤ 1 + f < √2.
    let above = x.to_bits().wrapping_sub(std::f32::consts::FRAC_1_SQRT_2.to_bits()) as i32;
    let e = above >> 23;
    let f = f32::from_bits(x.to_bits().wrapping_sub((e << 23) as u32)) - 1.0;
    let e = e as f32;
    let square = f * f;
    let y = f * square * polynomial(&SERIES, f) + e * -2.121_944_4e-4 - 0.5 * square;
    f + y + e * 0.693_359_4
}

/// Horner's rule, highest power first.
#[inline(always)]
fn polynomial(coefficients: &[f32; 9], x: f32) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = sum * x + coefficient;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_the_tables() {
        // scipy.stats.norm.isf
        let cases = [
            (0.5, 0.0),
            (0.4, 0.253_347_1),
            (0.158_655_25, 1.0),
            (0.025, 1.959_964),
            (0.022_750_132, 2.0),
            (0.001_349_898, 3.0),
            (3.167_124e-5, 4.0),
            (2.866_516e-7, 5.0),
        ];
        for (tail, want) in cases {
            let got = quantile(tail);
            assert!((got - want).abs() <= 2e-6 * (1.0 + want), "tail {tail}: {got}, not {want}");
        }
    }

    #[test]
    fn logarithms_are_within_an_ulp_or_so() {
        for k in 1..2000u32 {
            let x = k as f32 * 7.3e-4;
            let want = f64::from(x).ln();
            assert!((f64::from(ln(x)) - want).abs() <= 1.3e-7 * want.abs().max(0.1), "ln {x}");
        }
    }

    #[test]
    fn extreme_words_stay_finite_and_signed() {
        assert!((5.4..5.43).contains(&normal(0)));
        assert_eq!(normal(0x8000_0000), -normal(0));
        assert!(normal(0x7FFF_FFFF) > 0.0 && normal(0x7FFF_FFFF) < 1e-6);
        assert!((1.99999..=2.0).contains(&truncated_normal(0)));
        assert_eq!(truncated_normal(0xFFFF_FFFF), -truncated_normal(0x7FFF_FFFF));
    }
}
