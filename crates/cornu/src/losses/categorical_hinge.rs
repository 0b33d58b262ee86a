//! `CategoricalHinge`.

use super::Loss;
use super::define::{loss, loss_base};
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `max(neg - pos + 1, 0)` with `pos = Σ y_true·y_pred` and `neg = max((1 - y_true)·y_pred)` along the last axis:
    /// the right class shall lead all others by 1. Targets are one-hot rows.
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/#categoricalhinge-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CategoricalHinge, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 1.0]]), Tensor::from([[0.5f32, 0.75]]));
    /// assert_eq!(CategoricalHinge::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(0.75f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalHinge, "categorical_hinge" {}
}

impl Loss for CategoricalHinge {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        categorical_hinge(y_true, y_pred)
    }
}

pub(crate) fn categorical_hinge<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    let right = (y_true * y_pred).sum(&[-1], false);
    let wrong = ((1.0 - y_true) * y_pred).max(&[-1], false);
    (wrong - right + 1.0).maximum(0.0)
}
