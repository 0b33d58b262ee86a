//! `relu6`: `relu` up to 6.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `min(max(x, 0), 6)`, with derivative 0 at both kinks.
///
/// Source: <https://keras.io/api/layers/activations/#relu6-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Relu6}};
/// let y = Relu6::new().evaluate(&Tensor::from([-1.0f32, 2.0, 7.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 2.0, 6.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Relu6 {}

impl Relu6 {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Relu6 {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        // Not `minimum`, whose gradient passes where the two are equal.
        x.greater_equal(6.0).select(x.constant(6.0), x.relu())
    }
}
