//! `MeanAbsoluteError`.

use super::Loss;
use super::define::{loss, loss_base};
use super::ranks::paired;
use crate::graph::Var;

loss! {
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
    MeanAbsoluteError, "mean_absolute_error" {}
}

impl Loss for MeanAbsoluteError {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_absolute_error(y_true, y_pred)
    }
}

pub(crate) fn mean_absolute_error<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    (y_true - y_pred).abs().mean(&[-1], false)
}
