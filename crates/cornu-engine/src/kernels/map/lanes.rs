//! The loops behind each instruction, for both types programs compute in.

use super::Address;
use crate::kernels::math;
use crate::scalar::{Binary, Unary};
use crate::{DType, Element};

/// A number programs compute in: `f32` or `f64`.
pub trait Lane: Element + PartialOrd {
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The nearest `f32`.
    fn to_f32(self) -> f32;
    #[doc(hidden)]
    fn apply<const FMA: bool>(op: Unary, x: Self) -> Self;
    #[doc(hidden)]
    fn combine(op: Binary, a: Self, b: Self) -> Self;
}

macro_rules! lane {
    ($type:ty { $($function:ident => $body:expr,)* }) => {
        impl Lane for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn to_f32(self) -> f32 { self as f32 }

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
        DType::I32 => through(to, a, |a| L::from_f64(f64::from(a.to_f64() as i32))),
        DType::I64 => through(to, a, |a| L::from_f64(a.to_f64() as i64 as f64)),
        DType::U8 => through(to, a, |a| L::from_f64(f64::from(a.to_f64() as u8))),
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
    let value = unsafe { address.cast::<T>().add(at).read() };
    // Doubles hold every f32, i32, u8 and bool; the compiler sees through the detour.
    L::from_f64(value.to_f64())
}
