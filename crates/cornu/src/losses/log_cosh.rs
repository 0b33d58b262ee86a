//! `LogCosh`.

use std::f64::consts::LN_2;

use super::Loss;
use super::define::{loss, loss_base};
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `mean(ln(cosh(y_pred - y_true)))` over the last axis: about `e²/2` for small errors, `|e| - ln 2` for large
    /// ones.
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/#logcosh-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, LogCosh};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32]]), Tensor::from([[100.0f32]]));
    /// let loss = LogCosh::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(loss, Tensor::scalar(100.0 - std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    LogCosh, "log_cosh" {}
}

impl Loss for LogCosh {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        log_cosh(y_true, y_pred)
    }
}

pub(crate) fn log_cosh<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    let error = y_pred - y_true;
    (error + (error * -2.0).softplus() - LN_2).mean(&[-1], false)
}
