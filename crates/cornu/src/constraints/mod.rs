//! Projections of weights after each update.

mod non_neg;

pub use non_neg::NonNeg;

use crate::graph::Var;
use crate::registry::Configured;

/// A projection applied to a weight after each update.
pub trait Constraint: Configured {
    /// The projected weight.
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g>;
}

crate::family! { Constraint, "constraint", "keras.constraints", {
    NonNeg = "NonNeg" ["non_neg", "nonneg"];
}}
