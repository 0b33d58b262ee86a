//! `tanh_shrink`: what `tanh` leaves of its argument.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x - tanh(x)`.
///
/// Source: <https://keras.io/api/layers/activations/#tanh_shrink-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, TanhShrink}};
/// let y = TanhShrink::new().evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 99.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct TanhShrink {}

impl TanhShrink {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for TanhShrink {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x - x.tanh()
    }
}
