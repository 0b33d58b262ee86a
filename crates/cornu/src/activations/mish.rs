//! `mish`: the self-regularised activation of Misra.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x * tanh(softplus(x))`.
///
/// Source: <https://keras.io/api/layers/activations/#mish-function> and
/// [Misra, 2019](https://arxiv.org/abs/1908.08681).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Mish}};
/// let y = Mish::new().evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 100.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Mish {}

impl Mish {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Mish {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x * x.softplus().tanh()
    }
}
