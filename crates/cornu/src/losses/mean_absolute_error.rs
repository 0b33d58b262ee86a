//! `MeanAbsoluteError`.

use serde::{Deserialize, Serialize};

use super::{Loss, Reduction, squeeze_or_expand_to_same_rank};
use crate::graph::Var;

/// `mean(|y_pred - y_true|)` over the last axis.
///
/// Source: <https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::losses::{Loss, MeanAbsoluteError, Reduction};
/// let y_true = Tensor::new(vec![0.0f32, 0.0, 0.0, 0.0], [2, 2])?;
/// let y_pred = Tensor::new(vec![1.0f32, 3.0, 0.0, 2.0], [2, 2])?;
/// let loss = MeanAbsoluteError::new().reduction(Reduction::None).evaluate(&y_true, &y_pred, None)?;
/// assert_eq!(loss, Tensor::from([2.0f32, 1.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanAbsoluteError {
    name: String,
    reduction: Reduction,
}

impl Default for MeanAbsoluteError {
    fn default() -> Self {
        MeanAbsoluteError { name: "mean_absolute_error".into(), reduction: Reduction::default() }
    }
}

impl MeanAbsoluteError {
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

impl Loss for MeanAbsoluteError {
    fn name(&self) -> &str {
        &self.name
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_absolute_error(y_true, y_pred)
    }
}

pub(crate) fn mean_absolute_error<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true.cast(y_pred.dtype()), y_pred);
    (y_true - y_pred).abs().mean(&[-1], false)
}
