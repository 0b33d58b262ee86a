//! `Poisson`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `mean(y_pred - y_true·ln(y_pred + 1e-7))` over the last axis: predictions are the expected counts.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#poisson-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, Poisson};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 0.0]]), Tensor::from([[1.0f32, 3.0]]));
    /// assert_eq!(Poisson::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(2.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Poisson, "poisson" {}
}

impl Loss for Poisson {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        poisson(y_true, y_pred)
    }
}

pub(crate) fn poisson<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    (y_pred - y_true * (y_pred + EPSILON).ln()).mean(&[-1], false)
}
