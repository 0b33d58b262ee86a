//! `MeanAbsolutePercentageError`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `100 · mean(|y_true - y_pred| / max(|y_true|, 1e-7))` over the last axis.
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, MeanAbsolutePercentageError};
    /// let (y_true, y_pred) = (Tensor::from([[2.0f32, 4.0]]), Tensor::from([[1.0f32, 5.0]]));
    /// let loss = MeanAbsolutePercentageError::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(loss, Tensor::scalar(37.5f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    MeanAbsolutePercentageError, "mean_absolute_percentage_error" {}
}

impl Loss for MeanAbsolutePercentageError {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_absolute_percentage_error(y_true, y_pred)
    }
}

pub(crate) fn mean_absolute_percentage_error<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    let off = ((y_true - y_pred) / y_true.abs().maximum(EPSILON)).abs();
    off.mean(&[-1], false) * 100.0
}
