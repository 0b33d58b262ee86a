//! `Tversky`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::constraints::Axes;
use crate::graph::Var;

loss! {
    /// `1 - tp / (tp + alpha·missed + beta·extra)` with `tp = Σ y_true·y_pred`, `missed = Σ y_true·(1 - y_pred)` and
    /// `extra = Σ (1 - y_true)·y_pred`: a Dice loss in which the two kinds of mistakes may weigh differently.
    ///
    /// By default all samples are one region and the loss is one number; `axis([1, 2, 3])` gives each image its own.
    ///
    /// Source: <https://keras.io/api/losses/>, `keras.losses.Tversky`, after
    /// [Salehi et al. 2017](https://arxiv.org/abs/1706.05721).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, Tversky};
    /// let (y_true, y_pred) = (Tensor::from([[1.0f32, 1.0]]), Tensor::from([[0.0f32, 0.0]]));
    /// assert_eq!(Tversky::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(1.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Tversky, "tversky" {
        alpha: f64 = 0.5;
        beta: f64 = 0.5;
        axis: Axes = Axes::All;
    }
}

impl Tversky {
    crate::setters! {
        /// What a positive that is missed weighs. Keras' text says the reverse of what it computes; so does this.
        alpha: f64;
        /// What a negative taken for a positive weighs.
        beta: f64;
        /// The axes of a region; all of them by default.
        axis: into Axes;
    }
}

impl Loss for Tversky {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        let sum = |value| sum_along(value, &self.axis);
        let hits = sum(y_true * y_pred);
        let missed = sum((1.0 - y_pred) * y_true);
        let extra = sum(y_pred * (1.0 - y_true));
        1.0 - hits / (hits + missed * self.alpha + extra * self.beta + EPSILON)
    }
}

/// The sum along these axes.
pub(super) fn sum_along<'g>(value: Var<'g>, axes: &Axes) -> Var<'g> {
    match axes {
        Axes::One(axis) => value.sum(&[*axis], false),
        Axes::Many(axes) => value.sum(axes, false),
        Axes::All => value.sum_all(),
    }
}
