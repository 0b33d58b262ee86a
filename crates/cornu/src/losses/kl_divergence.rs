//! `KLDivergence`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `Σ y_true·ln(y_true / y_pred)` along the last axis, both kept between `1e-7` and 1: how far one distribution
    /// lies from another.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#kldivergence-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{KLDivergence, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[1.0f32, 0.5]]), Tensor::from([[0.5f32, 0.5]]));
    /// let loss = KLDivergence::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    KLDivergence, "kl_divergence" {}
}

impl Loss for KLDivergence {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        kl_divergence(y_true, y_pred)
    }
}

pub(crate) fn kl_divergence<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    let (y_true, y_pred) = (y_true.clip(EPSILON, 1.0), y_pred.clip(EPSILON, 1.0));
    (y_true * (y_true / y_pred).ln()).sum(&[-1], false)
}
