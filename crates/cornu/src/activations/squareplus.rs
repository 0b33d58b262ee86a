//! `squareplus`: a smooth `relu` of algebraic operations.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `(x + √(x² + b)) / 2`.
///
/// Source: <https://keras.io/api/layers/activations/#squareplus-function> and
/// [Barron, 2021](https://arxiv.org/abs/2112.11687).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Squareplus}};
/// let y = Squareplus::new().evaluate(&Tensor::from([0.0f32]))?;
/// assert_eq!(y.to_vec::<f32>(), [1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Squareplus {
    b: f64,
}

impl Default for Squareplus {
    fn default() -> Self {
        Squareplus { b: 4.0 }
    }
}

impl Squareplus {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// How smooth the bend is (default 4).
        b: f64;
    }
}

impl Activation for Squareplus {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        (x + (x.square() + self.b).sqrt()) * 0.5
    }
}
