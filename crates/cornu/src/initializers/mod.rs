//! Initial values of weights.

mod zeros;

pub use zeros::Zeros;

use crate::registry::Configured;
use crate::{Result, Tensor};

/// Makes the initial values of a weight.
pub trait Initializer: Configured {
    /// A `float32` tensor of this shape. Random initializers draw from the stream of numbers that
    /// belongs to `seed` and to `path`, the weight's path in its model, so that adding a layer does not
    /// change the others' weights; an initializer with a seed of its own uses that instead.
    ///
    /// # Errors
    /// If the shape does not fit the initializer.
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor>;
}

crate::family! { Initializer, "initializer", "keras.initializers", {
    Zeros = "Zeros" ["zeros", "zero"];
}}
