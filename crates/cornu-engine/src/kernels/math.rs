//! Elementary functions without branches, so that the compiler can turn loops over them into vector code.
//!
//! Each takes `FMA`: whether the loop is compiled for a set with a fused multiply-add (see
//! [`multiversion!`](super::simd)). Without one, `f32::mul_add` would be a slow call.
//!
//! The polynomials are minimax fits over the reduced range; the reductions are those of Cody and Waite, "Software
//! Manual for the Elementary Functions" (1980). The error bounds, in units in the last place (ulp), are tested.

// The constants are what the fits gave, not roundings of famous numbers.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

use std::f32::consts::LOG2_E;

/// The upper part of ln 2, short enough that its product with an exponent is exact.
const LN2_HIGH: f32 = 6.931_457_519_5e-1;
/// The rest of ln 2.
const LN2_LOW: f32 = 1.428_606_765_3e-6;
/// Adding it rounds to an integer, left in the low bits: 1.5 * 2^23.
const ROUNDER: f32 = 12_582_912.0;
/// The bits of sqrt(1/2).
const SQRT_HALF: i32 = 0x3f35_04f3;

/// `a * b + c`.
#[inline(always)]
fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// `coefficients[0] + coefficients[1] * x + ...`
#[inline(always)]
fn polynomial<const FMA: bool, const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut value = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        value = fma::<FMA>(value, x, coefficients[i]);
    }
    value
}

/// 2^n for a normal result.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// `n` and `exp(r) - 1` such that `x = n ln 2 + r` and |r| <= ln(2) / 2.
#[inline(always)]
fn exp_parts<const FMA: bool>(x: f32) -> (i32, f32) {
    let rounded = fma::<FMA>(x, LOG2_E, ROUNDER);
    let n = (rounded.to_bits() as i32).wrapping_sub(ROUNDER.to_bits() as i32);
    let whole = rounded - ROUNDER;
    let r = fma::<FMA>(whole, -LN2_LOW, fma::<FMA>(whole, -LN2_HIGH, x));
    let tail = polynomial::<FMA, 5>(
        r,
        [4.999_999_702e-1, 1.666_653_901e-1, 4.166_722_298e-2, 8.367_180_824e-3, 1.388_239_558e-3],
    );
    (n, fma::<FMA>(r * r, tail, r))
}

/// `x` held between two bounds; NaN stays.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// The exponential, within 1.5 ulp; denormal results included.
#[inline(always)]
pub fn exp<const FMA: bool>(x: f32) -> f32 {
    let (n, p) = exp_parts::<FMA>(clamp(x, -104.0, 89.0));
    // Two factors: 2^n itself may be infinite or denormal where the result is not.
    let half = n >> 1;
    (1.0 + p) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// exp(x) - 1 without cancellation, within 2 ulp.
#[inline(always)]
pub fn exp_m1<const FMA: bool>(x: f32) -> f32 {
    let (n, p) = exp_parts::<FMA>(clamp(x, -18.0, 89.0));
    // Half of the result, for 2^128 is no float.
    let scale = power_of_two(n.wrapping_sub(1));
    let result = 2.0 * fma::<FMA>(scale, p, scale - 0.5);
    if x.abs() < 1e-9 { x } else { result }
}

/// The exponent `k` and `m` such that `x = 2^k m` and sqrt(1/2) <= m < sqrt(2), for a normal `x > 0`.
#[inline(always)]
fn ln_parts(x: f32) -> (i32, f32) {
    let bits = x.to_bits() as i32;
    let k = bits.wrapping_sub(SQRT_HALF) >> 23;
    (k, f32::from_bits(bits.wrapping_sub(k << 23) as u32))
}

/// `k ln 2 + ln(1 + f)` for sqrt(1/2) <= 1 + f < sqrt(2).
#[inline(always)]
fn ln_sum<const FMA: bool>(k: f32, f: f32) -> f32 {
    let tail = polynomial::<FMA, 8>(
        f,
        [
            3.333_333_135e-1,
            -2.500_081_956e-1,
            2.000_122_666e-1,
            -1.662_335_694e-1,
            1.420_175_880e-1,
            -1.316_018_254e-1,
            1.276_157_498e-1,
            -7.634_492_964e-2,
        ],
    );
    let square = f * f;
    let small = fma::<FMA>(k, LN2_LOW, square * f * tail);
    fma::<FMA>(k, LN2_HIGH, f + fma::<FMA>(-0.5, square, small))
}

/// The natural logarithm, within 1 ulp; that of 0 is -infinity, that of a negative number NaN.
#[inline(always)]
pub fn ln<const FMA: bool>(x: f32) -> f32 {
    let denormal = x < f32::MIN_POSITIVE;
    let (k, m) = ln_parts(if denormal { x * 8_388_608.0 } else { x });
    let k = k as f32 - if denormal { 23.0 } else { 0.0 };
    let result = ln_sum::<FMA>(k, m - 1.0);
    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    if x >= 0.0 { result } else { f32::NAN }
}

/// ln(1 + x) without cancellation, within 1.5 ulp.
#[inline(always)]
pub fn ln_1p<const FMA: bool>(x: f32) -> f32 {
    let sum = 1.0 + x;
    let (k, m) = ln_parts(sum);
    // What the sum lost; nothing that counts once it is so large that its inverse is no longer normal.
    let lost = (x - (sum - 1.0)) * power_of_two(-(k.min(126)));
    let result = ln_sum::<FMA>(k as f32, (m - 1.0) + lost);
    let result = if x == f32::INFINITY { x } else { result };
    let result = if x == -1.0 { f32::NEG_INFINITY } else { result };
    let result = if x >= -1.0 { result } else { f32::NAN };
    if x.abs() < 1e-9 { x } else { result }
}

/// The hyperbolic tangent, within 3 ulp.
#[inline(always)]
pub fn tanh<const FMA: bool>(x: f32) -> f32 {
    let t = exp_m1::<FMA>(-2.0 * x.abs());
    (t / (t + 2.0)).copysign(x)
}

/// 1 / (1 + exp(-x)), within 3 ulp for either sign.
#[inline(always)]
pub fn sigmoid<const FMA: bool>(x: f32) -> f32 {
    let e = exp::<FMA>(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// ln(1 + exp(x)), within 3 ulp; never overflows before `x` does.
#[inline(always)]
pub fn softplus<const FMA: bool>(x: f32) -> f32 {
    let above = if x > 0.0 { x } else { 0.0 };
    above + ln_1p::<FMA>(exp::<FMA>(-x.abs()))
}

/// The error function, within 2 ulp.
#[inline(always)]
pub fn erf<const FMA: bool>(x: f32) -> f32 {
    // Beyond 4 the nearest float is 1.
    let t = clamp(x.abs(), 0.0, 4.0);
    let near = polynomial::<FMA, 6>(
        t * t,
        [
            1.283_791_363e-1,
            -3.761_244_714e-1,
            1.128_132_120e-1,
            -2.674_887_143e-2,
            4.967_514_891e-3,
            -5.862_115_067e-4,
        ],
    );
    // -ln(1 - erf(t)) / t - 1
    let far = polynomial::<FMA, 7>(
        t,
        [
            1.286_484_897e-1,
            6.351_513_267e-1,
            1.062_368_751e-1,
            -2.376_206_033e-2,
            3.642_458_003e-3,
            -3.228_035_639e-4,
            1.123_127_549e-5,
        ],
    );
    let near = fma::<FMA>(t, near, t);
    let far = 1.0 - exp::<FMA>(-fma::<FMA>(t, far, t));
    (if t > 0.92 { far } else { near }).copysign(x)
}

/// 1 / sqrt(x), within 1.5 ulp.
#[inline(always)]
pub fn rsqrt(x: f32) -> f32 {
    1.0 / x.sqrt()
}

/// The quarter turn `x` falls into, and the angle from its middle, between -π/4 and π/4.
#[inline(always)]
fn quarter_turn(x: f32) -> (i32, f32) {
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const HALF_PI_HIGH: f64 = 1.570_796_326_734_125_6;
    const HALF_PI_LOW: f64 = 6.077_100_506_506_192e-11;
    let x = f64::from(x);
    let rounded = x * std::f64::consts::FRAC_2_PI + ROUNDER;
    let turns = rounded - ROUNDER;
    let angle = (x - turns * HALF_PI_HIGH) - turns * HALF_PI_LOW;
    (rounded.to_bits() as i32, clamp(angle as f32, -0.8, 0.8))
}

/// The sine or the cosine of an angle between -π/4 and π/4, with the sign of its quarter turn.
#[inline(always)]
fn sine_of_quarter<const FMA: bool>(turn: i32, angle: f32) -> f32 {
    let square = angle * angle;
    let sine = polynomial::<FMA, 3>(square, [-1.666_665_524e-1, 8.332_155_645e-3, -1.951_463_200e-4]);
    let sine = fma::<FMA>(square * angle, sine, angle);
    let cosine = polynomial::<FMA, 3>(square, [4.166_664_556e-2, -1.388_730_947e-3, 2.443_241_283e-5]);
    let cosine = fma::<FMA>(square * square, cosine, fma::<FMA>(-0.5, square, 1.0));
    let value = if turn & 1 == 0 { sine } else { cosine };
    if turn & 2 == 0 { value } else { -value }
}

/// The sine, within 2 ulp for |x| <= 10^6; beyond, the error grows with `x`.
#[inline(always)]
pub fn sin<const FMA: bool>(x: f32) -> f32 {
    let (turn, angle) = quarter_turn(x);
    // Adding the two zeros of a zero would lose its sign.
    if x == 0.0 { x } else { sine_of_quarter::<FMA>(turn, angle) }
}

/// The cosine, within 2 ulp for |x| <= 10^6; beyond, the error grows with `x`.
#[inline(always)]
pub fn cos<const FMA: bool>(x: f32) -> f32 {
    let (turn, angle) = quarter_turn(x);
    sine_of_quarter::<FMA>(turn.wrapping_add(1), angle)
}

#[cfg(test)]
mod tests {
    use super::super::simd::{Level, multiversion};
    use super::*;

    /// The distance between floats around `value`.
    fn ulp(value: f64) -> f64 {
        let exponent = value.abs().log2().floor().max(-126.0);
        (exponent - 23.0).exp2()
    }

    /// Holds a function to its reference at every level: on floats of all sizes, then evenly over `low..high`.
    fn check(
        name: &str,
        run: fn(Level, &mut [f32]),
        exact: fn(f64) -> f64,
        (low, high): (f32, f32),
        bound: f64,
    ) {
        let all_sizes = (0..=u32::MAX).step_by(5_003).map(f32::from_bits);
        let evenly = (0..=100_000u32).map(|i| low + (high - low) * (i as f32 / 100_000.0));
        let inputs: Vec<f32> = all_sizes.chain(evenly).filter(|x| (low..=high).contains(x)).collect();
        for level in Level::available() {
            let mut results = inputs.clone();
            run(level, &mut results);
            let mut worst = (0.0, 0.0);
            for (&x, &y) in inputs.iter().zip(&results) {
                let wanted = exact(f64::from(x));
                if (wanted as f32).is_infinite() {
                    assert_eq!(y, wanted as f32, "{level:?} {name}({x})");
                    continue;
                }
                let error = (f64::from(y) - wanted).abs() / ulp(wanted);
                assert!(!error.is_nan(), "{level:?} {name}({x}) is {y}, not {wanted}");
                worst = if error > worst.0 { (error, x) } else { worst };
            }
            println!("{level:?} {name}: {:.3} ulp at {}", worst.0, worst.1);
            assert!(worst.0 <= bound, "{level:?} {name}({}) is off by {} ulp", worst.1, worst.0);
        }
    }

    /// Holds a function to exact values, the sign of zero included.
    fn check_exactly(name: &str, run: fn(Level, &mut [f32]), cases: &[(f32, f32)]) {
        for level in Level::available() {
            // A full register of each, so that the vector code is what runs.
            for &(x, wanted) in cases {
                let mut results = [x; 33];
                run(level, &mut results);
                for y in results {
                    let same = y.to_bits() == wanted.to_bits() || (y.is_nan() && wanted.is_nan());
                    assert!(same, "{level:?} {name}({x}) is {y}, not {wanted}");
                }
            }
        }
    }

    macro_rules! tests {
        ($($name:ident($function:expr, $exact:expr, $range:expr, $ulp:expr, $cases:expr);)*) => {
            $(#[test]
            fn $name() {
                multiversion! {
                    fn run<const FMA: bool>(values: &mut [f32]) {
                        let function = $function;
                        for value in values {
                            *value = function(*value);
                        }
                    }
                }
                check(stringify!($name), run, $exact, $range, $ulp);
                check_exactly(stringify!($name), run, &$cases);
            })*
        };
    }

    const INF: f32 = f32::INFINITY;
    const NAN: f32 = f32::NAN;
    const TINY: f32 = 1e-45;

    tests! {
        exp_is_close(exp::<FMA>, f64::exp, (-110.0, 95.0), 1.5,
            [(0.0, 1.0), (-0.0, 1.0), (TINY, 1.0), (INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, INF), (-1e30, 0.0), (1.0, std::f32::consts::E)]);
        exp_m1_is_close(exp_m1::<FMA>, f64::exp_m1, (-110.0, 95.0), 2.0,
            [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (INF, INF), (-INF, -1.0), (NAN, NAN), (1e30, INF)]);
        ln_is_close(ln::<FMA>, f64::ln, (0.0, f32::MAX), 1.0,
            [(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (INF, INF), (-INF, NAN), (NAN, NAN), (-1.0, NAN), (-TINY, NAN), (TINY, -103.27893)]);
        ln_is_close_to_one(ln::<FMA>, f64::ln, (0.5, 2.0), 1.0, [(1.0, 0.0)]);
        ln_1p_is_close(ln_1p::<FMA>, f64::ln_1p, (-1.0, f32::MAX), 1.5,
            [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-1.0, -INF), (-1.5, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)]);
        ln_1p_is_close_to_zero(ln_1p::<FMA>, f64::ln_1p, (-0.75, 3.0), 1.5, [(0.0, 0.0)]);
        tanh_is_close(tanh::<FMA>, f64::tanh, (-12.0, 12.0), 3.0,
            [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (1e30, 1.0)]);
        sigmoid_is_close(sigmoid::<FMA>, |x| 1.0 / (1.0 + (-x).exp()), (-110.0, 110.0), 3.0,
            [(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (1e30, 1.0), (-1e30, 0.0)]);
        softplus_is_close(softplus::<FMA>, |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), (-110.0, 110.0), 3.0,
            [(0.0, std::f32::consts::LN_2), (INF, INF), (-INF, 0.0), (NAN, NAN), (1e30, 1e30), (-1e30, 0.0)]);
        erf_is_close(erf::<FMA>, exact_erf, (-5.0, 5.0), 2.0,
            [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (1e30, 1.0)]);
        rsqrt_is_close(rsqrt, |x| 1.0 / x.sqrt(), (TINY, f32::MAX), 1.5,
            [(0.0, INF), (-0.0, -INF), (INF, 0.0), (-1.0, NAN), (NAN, NAN), (4.0, 0.5)]);
        sin_is_close(sin::<FMA>, f64::sin, (-1e6, 1e6), 2.0,
            [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (INF, NAN), (-INF, NAN), (NAN, NAN)]);
        cos_is_close(cos::<FMA>, f64::cos, (-1e6, 1e6), 2.0,
            [(0.0, 1.0), (-0.0, 1.0), (INF, NAN), (-INF, NAN), (NAN, NAN)]);
        sin_is_close_over_a_turn(sin::<FMA>, f64::sin, (-7.0, 7.0), 2.0, [(0.0, 0.0)]);
        cos_is_close_over_a_turn(cos::<FMA>, f64::cos, (-7.0, 7.0), 2.0, [(0.0, 1.0)]);
    }

    #[test]
    fn sines_of_huge_angles_stay_sines() {
        for x in [1e8, 1e20, f32::MAX] {
            assert!(sin::<false>(x).abs() <= 1.0 && cos::<false>(x).abs() <= 1.0, "{x}");
        }
    }

    /// The error function by its Taylor series, or by the continued fraction of what it lacks to 1.
    fn exact_erf(x: f64) -> f64 {
        let scale = std::f64::consts::FRAC_2_SQRT_PI;
        if x.abs() < 2.5 {
            let (mut term, mut sum) = (x, x);
            for n in 1..60 {
                term *= -x * x / f64::from(n);
                sum += term / f64::from(2 * n + 1);
            }
            scale * sum
        } else {
            let t = x.abs();
            let fraction = (1..60).rev().fold(t, |value, n| t + f64::from(n) / 2.0 / value);
            (1.0 - scale / 2.0 * (-t * t).exp() / fraction).copysign(x)
        }
    }
}
