//! `sparse_plus`: a smooth `relu` that is exactly 0 below -1.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// 0 up to -1, `(x + 1)² / 4` up to 1, `x` from there on.
///
/// Source: <https://keras.io/api/layers/activations/#sparse_plus-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, SparsePlus}};
/// let y = SparsePlus::new().evaluate(&Tensor::from([-2.0f32, 0.0, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 0.25, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct SparsePlus {}

impl SparsePlus {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for SparsePlus {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let curve = x.less(1.0).select((x + 1.0).square() * 0.25, x);
        x.less_equal(-1.0).select(x.constant(0.0), curve)
    }
}
