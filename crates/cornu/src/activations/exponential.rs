//! `exponential`: the exponential function.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `e^x`.
///
/// Source: <https://keras.io/api/layers/activations/#exponential-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Exponential}};
/// let y = Exponential::new().evaluate(&Tensor::from([0.0f32]))?;
/// assert_eq!(y.to_vec::<f32>(), [1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Exponential {}

impl Exponential {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Exponential {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.exp()
    }
}
