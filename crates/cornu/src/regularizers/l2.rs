//! `L2`: the sum of squares.

use super::{Regularizer, check_factor};
use crate::graph::Var;
use crate::registry::Fields;

/// `l2 * sum(w²)`.
///
/// Source: <https://keras.io/api/layers/regularizers/#l2-class>.
///
/// ```
/// use cornu::{Tensor, regularizers::{Regularizer, L2}};
/// let penalty = L2::new(0.5).evaluate(&Tensor::from([[1.0f32, -2.0], [0.0, 3.0]]))?;
/// assert_eq!(penalty, Tensor::scalar(7.0f32));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct L2 {
    l2: f64,
}

impl Default for L2 {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl L2 {
    /// A penalty with this factor (Keras' default is 0.01).
    pub fn new(l2: f64) -> Self {
        L2 { l2 }
    }
}

impl Regularizer for L2 {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        weight.square().sum_all() * self.l2
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_factor("l2", self.l2)
    }
}
