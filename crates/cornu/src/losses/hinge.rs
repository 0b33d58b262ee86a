//! `Hinge`.

use super::Loss;
use super::define::{loss, loss_base};
use super::ranks::paired;
use crate::DType;
use crate::graph::Var;

loss! {
    /// `mean(max(1 - y_true·y_pred, 0))` over the last axis. Targets are -1 or 1; where a batch has but 0 and 1, its
    /// zeros are taken for -1.
    ///
    /// Source: <https://keras.io/api/losses/hinge_losses/#hinge-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Hinge, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 1.0]]), Tensor::from([[0.5f32, 3.0]]));
    /// assert_eq!(Hinge::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(0.75f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Hinge, "hinge" {}
}

impl Loss for Hinge {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        hinge(y_true, y_pred)
    }
}

pub(crate) fn hinge<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    shortfall(y_true, y_pred).mean(&[-1], false)
}

/// How far each prediction is from being right by a margin of 1.
pub(super) fn shortfall<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    (1.0 - signs(y_true) * y_pred).maximum(0.0)
}

/// Targets of which all are 0 or 1 as -1 and 1, others as they are.
fn signs(targets: Var<'_>) -> Var<'_> {
    let is_binary = targets.equal(0.0).logical_or(targets.equal(1.0));
    let axes: Vec<isize> = (0..targets.rank() as isize).collect();
    let all = is_binary.cast(DType::F32).min(&axes, false).equal(1.0);
    all.select(targets * 2.0 - 1.0, targets)
}
