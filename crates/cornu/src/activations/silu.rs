//! `silu`: the sigmoid linear unit, also called swish.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x * sigmoid(x)`.
///
/// Source: <https://keras.io/api/layers/activations/#silu-function> and
/// [Ramachandran et al., 2017](https://arxiv.org/abs/1710.05941).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Silu}};
/// let y = Silu::new().evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 100.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Silu {}

impl Silu {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Silu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x * x.sigmoid()
    }
}
