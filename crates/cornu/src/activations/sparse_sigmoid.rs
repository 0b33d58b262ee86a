//! `sparse_sigmoid`: a straight ramp from 0 to 1.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// 0 up to -1, `(x + 1) / 2` up to 1, 1 from there on.
///
/// Source: <https://keras.io/api/layers/activations/#sparse_sigmoid-function> and
/// [Blondel et al., 2019](https://arxiv.org/abs/1901.02324).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, SparseSigmoid}};
/// let y = SparseSigmoid::new().evaluate(&Tensor::from([-2.0f32, 0.0, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 0.5, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct SparseSigmoid {}

impl SparseSigmoid {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for SparseSigmoid {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let ramp = x.greater_equal(1.0).select(x.constant(1.0), (x + 1.0) * 0.5);
        x.less_equal(-1.0).select(x.constant(0.0), ramp)
    }
}
