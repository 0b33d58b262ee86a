//! `MeanSquaredLogarithmicError`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `mean((ln(y_pred + 1) - ln(y_true + 1))²)` over the last axis, both kept at `1e-7` at least.
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, MeanSquaredLogarithmicError};
    /// let (y_true, y_pred) = (Tensor::from([[3.0f32, 1.0]]), Tensor::from([[3.0f32, 1.0]]));
    /// let loss = MeanSquaredLogarithmicError::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(loss, Tensor::scalar(0.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    MeanSquaredLogarithmicError, "mean_squared_logarithmic_error" {}
}

impl Loss for MeanSquaredLogarithmicError {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_squared_logarithmic_error(y_true, y_pred)
    }
}

pub(crate) fn mean_squared_logarithmic_error<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    let log = |value: Var<'g>| (value.maximum(EPSILON) + 1.0).ln();
    (log(y_pred) - log(y_true)).square().mean(&[-1], false)
}
