//! `sparsemax`: probabilities of which many are exactly 0.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// The point of the simplex nearest to `x` along an axis.
///
/// Keras 3.15.1 computes another threshold unless a single element is chosen, and results that do not sum to 1;
/// this is the function of the paper, which Keras documents.
///
/// Source: <https://keras.io/api/layers/activations/#sparsemax-function> and
/// [Martins and Astudillo, 2016](https://arxiv.org/abs/1602.02068).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Sparsemax}};
/// let y = Sparsemax::new().evaluate(&Tensor::from([[0.5f32, 0.0, -3.0]]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.75, 0.25, 0.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Sparsemax {
    axis: isize,
}

impl Default for Sparsemax {
    fn default() -> Self {
        Sparsemax { axis: -1 }
    }
}

impl Sparsemax {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The axis along which values sum to 1 (default the last).
        axis: isize;
    }
}

impl Activation for Sparsemax {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.sparsemax(self.axis)
    }
}
