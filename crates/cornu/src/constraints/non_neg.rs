//! `NonNeg`: no weight below 0.

use super::Constraint;
use crate::graph::Var;
use crate::registry::Fields;

/// Negative weights are set to 0.
///
/// Source: <https://keras.io/api/layers/constraints/#nonneg-class>.
///
/// ```
/// use cornu::{Tensor, constraints::{Constraint, NonNeg}};
/// let weight = NonNeg::new().evaluate(&Tensor::from([-1.0f32, 2.0]))?;
/// assert_eq!(weight, Tensor::from([0.0f32, 2.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct NonNeg {}

impl NonNeg {
    /// The constraint.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Constraint for NonNeg {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        weight.maximum(0.0)
    }
}
