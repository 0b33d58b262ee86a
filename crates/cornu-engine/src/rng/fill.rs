//! Slices filled with random numbers by element index.

use super::normal::{normal, truncated_normal};
use super::philox::{Philox, TILE};

/// Fills `out` with the uniform numbers in `[0, 1)` that belong to elements `start..start + out.len()`.
///
/// Element `i` is the upper 24 bits of word `i` (see [`Philox`]) divided by 2²⁴: it depends on seed, stream,
/// step and `i` alone, however the range is cut.
#[inline(always)]
pub fn fill_uniform(seed: u64, stream: u64, step: u64, start: usize, out: &mut [f32]) {
    fill(Philox::new(seed, stream), step, start, out, unit);
}

/// Like [`fill_uniform`], stretched to `[low, high)`; the sum's rounding may reach `high` itself.
#[inline(always)]
pub fn fill_uniform_between(
    seed: u64,
    stream: u64,
    step: u64,
    start: usize,
    out: &mut [f32],
    low: f32,
    high: f32,
) {
    let width = high - low;
    fill(Philox::new(seed, stream), step, start, out, |word| low + width * unit(word));
}

/// Fills `out` with standard normal numbers that belong to elements `start..start + out.len()`.
///
/// Element `i` is the inverse of the normal distribution function at word `i`: the top bit is the sign and
/// the next 23 bits `m` the probability `(m + ½) · 2⁻²⁴` of the tail. It is as stable as [`fill_uniform`].
#[inline(always)]
pub fn fill_normal(seed: u64, stream: u64, step: u64, start: usize, out: &mut [f32]) {
    fill(Philox::new(seed, stream), step, start, out, normal);
}

/// Like [`fill_normal`], from the standard normal distribution cut off at ±2. Its standard deviation is
/// 0.8796.
#[inline(always)]
pub fn fill_truncated_normal(seed: u64, stream: u64, step: u64, start: usize, out: &mut [f32]) {
    fill(Philox::new(seed, stream), step, start, out, truncated_normal);
}

/// The upper 24 bits of a word as a fraction.
#[inline(always)]
pub(super) fn unit(word: u32) -> f32 {
    // The detour over i32 is exact and has a vector instruction everywhere.
    (word >> 8) as i32 as f32 * (1.0 / 16_777_216.0)
}

/// Fills `out` with `value` of the words from index `start` on, a tile at a time.
#[inline(always)]
fn fill(generator: Philox, step: u64, start: usize, out: &mut [f32], value: impl Fn(u32) -> f32) {
    let mut words = [0; TILE];
    let (mut tile, mut skip) = ((start / TILE) as u64, start % TILE);
    let mut rest = out;
    while !rest.is_empty() {
        let (now, later) = rest.split_at_mut(rest.len().min(TILE - skip));
        generator.tile(step, tile, &mut words);
        for (out, &word) in now.iter_mut().zip(&words[skip..]) {
            *out = value(word);
        }
        (rest, tile, skip) = (later, tile + 1, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Fill = fn(u64, u64, u64, usize, &mut [f32]);
    const FILLS: [(&str, Fill); 3] =
        [("uniform", fill_uniform), ("normal", fill_normal), ("truncated", fill_truncated_normal)];

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    #[test]
    fn every_cut_gives_the_same_bits() {
        const LEN: usize = 2 * TILE + 40;
        for (name, fill) in FILLS {
            let mut whole = vec![0.0; LEN];
            fill(3, 14, 15, 0, &mut whole);
            for start in 0..LEN {
                for len in [1, 7, 64, TILE, LEN] {
                    let mut part = vec![0.0; len.min(LEN - start)];
                    fill(3, 14, 15, start, &mut part);
                    assert_eq!(bits(&part), bits(&whole[start..start + part.len()]), "{name} from {start}");
                }
            }
        }
    }

    #[test]
    fn each_part_of_the_key_matters() {
        let draw = |seed, stream, step| {
            let mut out = [0.0; 8];
            fill_uniform(seed, stream, step, 0, &mut out);
            out
        };
        let base = draw(1, 2, 3);
        for other in [draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(1, 2, 3 + (1 << 32))] {
            assert!(base.iter().zip(&other).all(|(a, b)| a != b));
        }
    }

    #[test]
    fn these_bits_never_change() {
        // Files and reproducible runs depend on them: a change here is a breaking change.
        let hash = |fill: Fill| {
            let mut out = vec![0.0; 5000];
            fill(7, 11, 13, 17, &mut out);
            out.iter().fold(0u64, |hash, v| hash.rotate_left(5) ^ u64::from(v.to_bits()))
        };
        let hashes = FILLS.map(|(name, fill)| (name, hash(fill)));
        assert_eq!(
            hashes,
            [
                ("uniform", 1_103_522_121_060_611_774),
                ("normal", 18_158_729_954_335_109_507),
                ("truncated", 16_081_408_127_689_442_399)
            ]
        );
    }

    /// Mean, variance, skewness and kurtosis.
    fn moments(values: &[f32]) -> [f64; 4] {
        let n = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let central = |p| values.iter().map(|&v| (f64::from(v) - mean).powi(p)).sum::<f64>() / n;
        let variance = central(2);
        [mean, variance, central(3) / variance.powf(1.5), central(4) / variance.powi(2)]
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        // Limits are five standard errors of 400000 samples.
        let want = [[0.5, 1.0 / 12.0, 0.0, 1.8], [0.0, 1.0, 0.0, 3.0], [0.0, 0.773_741, 0.0, 2.365_5]];
        for ((name, fill), want) in FILLS.into_iter().zip(want) {
            let mut out = vec![0.0; 400_000];
            fill(2024, 1, 0, 0, &mut out);
            for ((got, want), limit) in moments(&out).into_iter().zip(want).zip([8e-3, 1.2e-2, 2e-2, 4e-2]) {
                assert!((got - want).abs() < limit, "{name}: {got}, not {want}");
            }
        }
    }

    #[test]
    fn uniform_numbers_fill_their_bins_evenly() {
        // Chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6.
        let mut out = vec![0.0; 1 << 18];
        for seed in 0..4 {
            fill_uniform(seed, 0, 0, 0, &mut out);
            let mut bins = [0u32; 256];
            for value in &out {
                assert!((0.0..1.0).contains(value));
                bins[(value * 256.0) as usize] += 1;
            }
            let square = bins.iter().map(|&n| (f64::from(n) - 1024.0).powi(2) / 1024.0).sum::<f64>();
            assert!((160.0..370.0).contains(&square), "seed {seed}: {square}");
        }
    }

    #[test]
    fn neighbours_do_not_correlate() {
        let mut out = vec![0.0; 1 << 18];
        fill_uniform(5, 5, 5, 0, &mut out);
        for lag in [1, 2, 64, 128, 256] {
            let products = out.iter().zip(&out[lag..]).map(|(a, b)| f64::from((a - 0.5) * (b - 0.5)));
            let correlation = products.sum::<f64>() * 12.0 / out.len() as f64;
            assert!(correlation.abs() < 0.01, "lag {lag}: {correlation}");
        }
    }

    #[test]
    fn an_interval_is_the_unit_interval_stretched() {
        let (mut unit, mut wide) = ([0.0; 100], [0.0; 100]);
        fill_uniform(1, 2, 3, 50, &mut unit);
        fill_uniform_between(1, 2, 3, 50, &mut wide, -3.0, 5.0);
        assert_eq!(wide, unit.map(|u| -3.0 + 8.0 * u));
    }
}
