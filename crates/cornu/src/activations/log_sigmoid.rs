//! `log_sigmoid`: the logarithm of `sigmoid`.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `ln(sigmoid(x)) = -softplus(-x)`.
///
/// Source: <https://keras.io/api/layers/activations/#log_sigmoid-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, LogSigmoid}};
/// let y = LogSigmoid::new().evaluate(&Tensor::from([0.0f32, -100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-std::f32::consts::LN_2, -100.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct LogSigmoid {}

impl LogSigmoid {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for LogSigmoid {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        -(-x).softplus()
    }
}
