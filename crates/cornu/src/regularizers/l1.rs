//! `L1`: the sum of magnitudes.

use super::{Regularizer, check_factor};
use crate::graph::Var;
use crate::registry::Fields;

/// `l1 * sum(|w|)`.
///
/// Source: <https://keras.io/api/layers/regularizers/#l1-class>.
///
/// ```
/// use cornu::{Tensor, regularizers::{Regularizer, L1}};
/// let penalty = L1::new(0.5).evaluate(&Tensor::from([[1.0f32, -2.0], [0.0, 3.0]]))?;
/// assert_eq!(penalty, Tensor::scalar(3.0f32));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct L1 {
    /// In single precision, as Keras keeps and writes it.
    l1: f32,
}

impl Default for L1 {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl L1 {
    /// A penalty with this factor (Keras' default is 0.01).
    pub fn new(l1: f64) -> Self {
        L1 { l1: l1 as f32 }
    }
}

impl Regularizer for L1 {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        weight.abs().sum_all() * f64::from(self.l1)
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_factor("l1", f64::from(self.l1))
    }
}
