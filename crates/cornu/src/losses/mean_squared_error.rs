//! `MeanSquaredError`.

use serde::{Deserialize, Serialize};

use super::{Loss, Reduction, squeeze_or_expand_to_same_rank};
use crate::graph::Var;

/// `mean((y_pred - y_true)²)` over the last axis.
///
/// Source: <https://keras.io/api/losses/regression_losses/#meansquarederror-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::losses::{Loss, MeanSquaredError, Reduction};
/// let y_true = Tensor::new(vec![0.0f32, 0.0, 0.0, 0.0], [2, 2])?;
/// let y_pred = Tensor::new(vec![1.0f32, 3.0, 0.0, 2.0], [2, 2])?;
/// let loss = MeanSquaredError::new().reduction(Reduction::None).evaluate(&y_true, &y_pred, None)?;
/// assert_eq!(loss, Tensor::from([5.0f32, 2.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
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
        mean_squared_error(y_true, y_pred)
    }
}

pub(crate) fn mean_squared_error<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true.cast(y_pred.dtype()), y_pred);
    (y_true - y_pred).square().mean(&[-1], false)
}
