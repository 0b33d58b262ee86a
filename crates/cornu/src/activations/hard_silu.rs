//! `hard_silu`: `silu` with straight pieces, also called hard swish.

use super::{Activation, HardSigmoid};
use crate::graph::Var;
use crate::registry::Fields;

/// `x * hard_sigmoid(x)`.
///
/// Source: <https://keras.io/api/layers/activations/#hard_silu-function> and
/// [Howard et al., 2019](https://arxiv.org/abs/1905.02244).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, HardSilu}};
/// let y = HardSilu::new().evaluate(&Tensor::from([-3.0f32, 0.0, 4.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 0.0, 4.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct HardSilu {}

impl HardSilu {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for HardSilu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x * HardSigmoid::new().call(x)
    }
}
