//! Penalties on weights that are added to the loss.

mod l2;

pub use l2::L2;

use crate::graph::Var;
use crate::registry::Configured;

/// A penalty on a weight.
pub trait Regularizer: Configured {
    /// The penalty as a single number.
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g>;
}

crate::family! { Regularizer, "regularizer", "keras.regularizers", {
    L2 = "L2" ["l2"];
}}
