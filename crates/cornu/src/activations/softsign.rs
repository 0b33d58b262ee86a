//! `softsign`: a sigmoid with long tails.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x / (1 + |x|)`.
///
/// Source: <https://keras.io/api/layers/activations/#softsign-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Softsign}};
/// let y = Softsign::new().evaluate(&Tensor::from([-1.0f32, 0.0, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-0.5, 0.0, 0.75]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Softsign {}

impl Softsign {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Softsign {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x / (x.abs() + 1.0)
    }
}
