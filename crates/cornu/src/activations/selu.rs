//! `selu`: the scaled exponential linear unit.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

const ALPHA: f64 = 1.6732632423543772;
const SCALE: f64 = 1.0507009873554805;

/// `scale * x` above 0 and `scale * alpha * (e^x - 1)` below, with `alpha = 1.6733` and `scale = 1.0507`.
///
/// Layers with `LecunNormal` kernels keep mean 0 and variance 1 under it.
///
/// Source: <https://keras.io/api/layers/activations/#selu-function> and
/// [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Selu}};
/// let y = Selu::new().evaluate(&Tensor::from([0.0f32, 1.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 1.050701]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Selu {}

impl Selu {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Selu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.less(0.0).select(x.minimum(0.0).expm1() * (SCALE * ALPHA), x * SCALE)
    }
}
