//! `sigmoid`: the logistic function.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `1 / (1 + e^-x)`: probabilities from logits.
///
/// Losses recognise it and compute with the logits instead, which is exact where the probability rounds to
/// 0 or 1.
///
/// Source: <https://keras.io/api/layers/activations/#sigmoid-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Sigmoid}};
/// let y = Sigmoid::new().evaluate(&Tensor::from([0.0f32]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.5]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Sigmoid {}

impl Sigmoid {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Sigmoid {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.sigmoid()
    }
}
