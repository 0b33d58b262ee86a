//! `MeanSquaredError`.

use serde::{Deserialize, Serialize};

use super::{Loss, Reduction};
use crate::graph::Var;

/// `mean((y_pred - y_true)²)` over the last axis.
///
/// Source: <https://keras.io/api/losses/regression_losses/#meansquarederror-class>.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredError {
    name: String,
    reduction: Reduction,
}

impl Default for MeanSquaredError {
    fn default() -> Self {
        MeanSquaredError { name: "mean_squared_error".into(), reduction: Reduction::default() }
    }
}

impl MeanSquaredError {
    /// The loss.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The loss's name.
        name: into String;
        /// How per-sample values become one.
        reduction: Reduction;
    }
}

impl Loss for MeanSquaredError {
    fn name(&self) -> &str {
        &self.name
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        (y_pred - y_true).square().mean(&[-1], false)
    }
}
