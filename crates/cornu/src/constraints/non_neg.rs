//! `NonNeg`: no weight below 0.

use serde::{Deserialize, Serialize};

use super::Constraint;
use crate::graph::Var;

/// Negative weights are set to 0.
///
/// Source: <https://keras.io/api/layers/constraints/#nonneg-class>.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NonNeg {}

impl NonNeg {
    /// The constraint.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Constraint for NonNeg {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        // Not `relu`: Keras multiplies by `w >= 0`, which keeps NaN.
        weight * weight.greater_equal(0.0).cast(weight.dtype())
    }
}
