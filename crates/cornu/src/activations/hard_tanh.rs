//! `hard_tanh`: three straight pieces in the manner of `tanh`.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x` limited to `-1..=1`.
///
/// Source: <https://keras.io/api/layers/activations/#hard_tanh-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, HardTanh}};
/// let y = HardTanh::new().evaluate(&Tensor::from([-4.0f32, 0.25, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-1.0, 0.25, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct HardTanh {}

impl HardTanh {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for HardTanh {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.clip(-1.0, 1.0)
    }
}
