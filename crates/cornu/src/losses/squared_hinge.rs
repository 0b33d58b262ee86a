//! `SquaredHinge`.

use super::Loss;
use super::define::{loss, loss_base};
use super::hinge::shortfall;
use crate::graph::Var;

loss! {
    /// `mean(max(1 - y_true·y_pred, 0)²)` over the last axis. Targets are -1 or 1; where a batch has but 0 and 1, its
    /// zeros are taken for -1.
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/#squaredhinge-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, SquaredHinge};
    /// let (y_true, y_pred) = (Tensor::from([[-1.0f32, 1.0]]), Tensor::from([[1.0f32, 3.0]]));
    /// assert_eq!(SquaredHinge::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(2.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SquaredHinge, "squared_hinge" {}
}

impl Loss for SquaredHinge {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        squared_hinge(y_true, y_pred)
    }
}

pub(crate) fn squared_hinge<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    shortfall(y_true, y_pred).square().mean(&[-1], false)
}
