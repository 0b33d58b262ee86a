//! The loops behind each instruction, for every type programs compute in.

use super::Address;
use crate::kernels::math;
use crate::scalar::{Binary, Unary};
use crate::{DType, Element};

/// A number programs compute in: `f32`, `f64` or `i64`. Converted as Rust's `as` converts: floats saturate,
/// integers wrap around.
pub trait Lane: Element + PartialOrd {
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The nearest `f32`.
    fn to_f32(self) -> f32;
    /// As an `i32`.
    fn to_i32(self) -> i32;
    /// As a `u8`.
    fn to_u8(self) -> u8;
    /// The number an element of memory is.
    fn from_element<T: Element>(element: T) -> Self;
    #[doc(hidden)]
    fn apply<const FMA: bool>(op: Unary, x: Self) -> Self;
    #[doc(hidden)]
    fn combine(op: Binary, a: Self, b: Self) -> Self;
}

macro_rules! conversions {
    (|$element:ident| $from:expr) => {
        #[inline(always)]
        fn to_f32(self) -> f32 {
            self as f32
        }
        #[inline(always)]
        fn to_i32(self) -> i32 {
            self as i32
        }
        #[inline(always)]
        fn to_u8(self) -> u8 {
            self as u8
        }
        #[inline(always)]
        fn from_element<T: Element>($element: T) -> Self {
            $from
        }
    };
}

macro_rules! lane {
    ($type:ty { $($function:ident => $body:expr,)* }) => {
        impl Lane for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            conversions!(|element| Self::from_f64(element.to_f64()));

            #[inline(always)]
            fn apply<const FMA: bool>(op: Unary, x: Self) -> Self {
                let truth = |condition: bool| if condition { 1.0 } else { 0.0 };
                match op {
                    Unary::Neg => -x,
                    Unary::Abs => x.abs(),
                    Unary::Sign => if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x },
                    Unary::Sqrt => x.sqrt(),
                    Unary::Rsqrt => 1.0 / x.sqrt(),
                    Unary::Square => x * x,
                    Unary::Reciprocal => 1.0 / x,
                    // NaN stays NaN, which `max` would lose.
                    Unary::Relu => if x < 0.0 { 0.0 } else { x },
                    Unary::Floor => x.floor(),
                    Unary::Ceil => x.ceil(),
                    Unary::Round => x.round_ties_even(),
                    Unary::Not => truth(x == 0.0),
                    $(Unary::$function => $body(x),)*
                }
            }

            #[inline(always)]
            fn combine(op: Binary, a: Self, b: Self) -> Self {
                let truth = |condition: bool| if condition { 1.0 } else { 0.0 };
                match op {
                    Binary::Add => a + b,
                    Binary::Sub => a - b,
                    Binary::Mul => a * b,
                    Binary::Div => a / b,
                    Binary::Pow => a.powf(b),
                    // NaN on either side is the result, as in TensorFlow.
                    Binary::Max => if a > b || a.is_nan() { a } else { b },
                    Binary::Min => if a < b || a.is_nan() { a } else { b },
                    Binary::Eq => truth(a == b),
                    Binary::Ne => truth(a != b),
                    Binary::Lt => truth(a < b),
                    Binary::Le => truth(a <= b),
                    Binary::Gt => truth(a > b),
                    Binary::Ge => truth(a >= b),
                    Binary::And => truth(a != 0.0 && b != 0.0),
                    Binary::Or => truth(a != 0.0 || b != 0.0),
                }
            }
        }
    };
}

lane! { f32 {
    Exp => math::exp::<FMA>,
    Expm1 => math::exp_m1::<FMA>,
    Log => math::ln::<FMA>,
    Log1p => math::ln_1p::<FMA>,
    Tanh => math::tanh::<FMA>,
    Sigmoid => math::sigmoid::<FMA>,
    Softplus => math::softplus::<FMA>,
    Erf => math::erf::<FMA>,
}}

lane! { f64 {
    Exp => f64::exp,
    Expm1 => f64::exp_m1,
    Log => f64::ln,
    Log1p => f64::ln_1p,
    Tanh => f64::tanh,
    Sigmoid => |x: f64| 1.0 / (1.0 + (-x).exp()),
    Softplus => |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p(),
    Erf => libm::erf,
}}

/// Integers, which wrap around. What is divided by 0 is 0.
impl Lane for i64 {
    const ZERO: Self = 0;
    const ONE: Self = 1;

    conversions!(|element| element.to_i64());

    #[inline(always)]
    fn apply<const FMA: bool>(op: Unary, x: Self) -> Self {
        match op {
            Unary::Neg => x.wrapping_neg(),
            Unary::Abs => x.wrapping_abs(),
            Unary::Sign => x.signum(),
            Unary::Square => x.wrapping_mul(x),
            Unary::Relu => x.max(0),
            Unary::Not => i64::from(x == 0),
            // `graph::infer` lets no other function be applied to integers.
            _ => x,
        }
    }

    #[inline(always)]
    fn combine(op: Binary, a: Self, b: Self) -> Self {
        match op {
            Binary::Add => a.wrapping_add(b),
            Binary::Sub => a.wrapping_sub(b),
            Binary::Mul => a.wrapping_mul(b),
            Binary::Div if b == 0 => 0,
            Binary::Div => a.wrapping_div(b),
            Binary::Pow => power(a, b),
            Binary::Max => a.max(b),
            Binary::Min => a.min(b),
            Binary::Eq => i64::from(a == b),
            Binary::Ne => i64::from(a != b),
            Binary::Lt => i64::from(a < b),
            Binary::Le => i64::from(a <= b),
            Binary::Gt => i64::from(a > b),
            Binary::Ge => i64::from(a >= b),
            Binary::And => i64::from(a != 0 && b != 0),
            Binary::Or => i64::from(a != 0 || b != 0),
        }
    }
}

/// `base ^ exponent`; of a negative exponent the fraction truncated, `0 ^ -1` being 0.
fn power(mut base: i64, mut exponent: i64) -> i64 {
    if exponent < 0 {
        return match base {
            1 => 1,
            -1 if exponent % 2 == 0 => 1,
            -1 => -1,
            _ => 0,
        };
    }
    let mut product = 1i64;
    while exponent > 0 {
        if exponent % 2 == 1 {
            product = product.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent /= 2;
    }
    product
}

/// Expands a match whose every arm is a loop with the operation known, so that each one vectorises.
macro_rules! loops {
    ($op:expr, $kind:ident: $($member:ident)*, |$known:ident| $loop:expr) => {
        match $op { $($kind::$member => { const fn op() -> $kind { $kind::$member } let $known = op(); $loop })* }
    };
}

/// `to[i] = op(a[i])`.
#[inline(always)]
pub(super) fn unary<const FMA: bool, L: Lane>(op: Unary, to: &mut [L], a: &[L]) {
    loops!(op, Unary: Neg Abs Sign Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Tanh Sigmoid Softplus Erf
    Relu Floor Ceil Round Not, |op| for (to, a) in to.iter_mut().zip(a) {
        *to = L::apply::<FMA>(op, *a);
    });
}

/// `to[i] = op(a[i], b[i])`.
#[inline(always)]
pub(super) fn binary<L: Lane>(op: Binary, to: &mut [L], a: &[L], b: &[L]) {
    loops!(op, Binary: Add Sub Mul Div Pow Max Min Eq Ne Lt Le Gt Ge And Or,
    |op| for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
        *to = L::combine(op, *a, *b);
    });
}

/// `to[i] = condition[i] ? a[i] : b[i]`.
#[inline(always)]
pub(super) fn select<L: Lane>(to: &mut [L], condition: &[L], a: &[L], b: &[L]) {
    for (((to, condition), a), b) in to.iter_mut().zip(condition).zip(a).zip(b) {
        *to = if *condition != L::ZERO { *a } else { *b };
    }
}

/// `to[i] = a[i]` as an element of type `dtype` would hold it.
#[inline(always)]
pub(super) fn convert<L: Lane>(dtype: DType, to: &mut [L], a: &[L]) {
    match dtype {
        DType::Bool => through(to, a, |a| if a != L::ZERO { L::ONE } else { L::ZERO }),
        DType::I32 => through(to, a, |a| L::from_i64(a.to_i32().into())),
        DType::I64 => through(to, a, |a| L::from_i64(a.to_i64())),
        DType::U8 => through(to, a, |a| L::from_i64(a.to_u8().into())),
        DType::F32 => through(to, a, |a| L::from_f64(f64::from(a.to_f32()))),
        DType::F64 => to.copy_from_slice(a),
    }
}

#[inline(always)]
fn through<L: Lane>(to: &mut [L], a: &[L], convert: impl Fn(L) -> L) {
    for (to, a) in to.iter_mut().zip(a) {
        *to = convert(*a);
    }
}

/// Element `at` of memory that holds elements of type `T`.
///
/// # Safety
/// `address` must be valid for reading element `at`.
#[inline(always)]
pub(super) unsafe fn read<T: Element, L: Lane>(address: Address, at: usize) -> L {
    // SAFETY: the caller vouches for the address.
    L::from_element(unsafe { address.cast::<T>().add(at).read() })
}
