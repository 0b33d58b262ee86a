//! Norms as layers divide by them.

use crate::graph::Var;

/// Divided by the Euclidean norm over axes, which counts as `epsilon` where it is smaller.
pub(super) fn unit<'g>(x: Var<'g>, axes: &[isize], epsilon: f64) -> Var<'g> {
    x * x.square().sum(axes, true).rsqrt().minimum(1.0 / epsilon)
}
