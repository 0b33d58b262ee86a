//! `tanh`: the hyperbolic tangent.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `(e^x - e^-x) / (e^x + e^-x)`.
///
/// Source: <https://keras.io/api/layers/activations/#tanh-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Tanh}};
/// let y = Tanh::new().evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Tanh {}

impl Tanh {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Tanh {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.tanh()
    }
}
