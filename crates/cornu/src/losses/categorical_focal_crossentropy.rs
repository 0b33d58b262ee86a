//! `CategoricalFocalCrossentropy`.

use super::Loss;
use super::categorical_crossentropy::smoothed;
use super::define::{loss, loss_base};
use super::logits::normalized;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `Σ alpha·(1 - y_pred)^gamma·(-y_true·ln(y_pred))` along an axis: a categorical crossentropy in which classes
    /// that are already likely count little. Predictions are divided by their sum and kept `1e-7` away from 0 and 1.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class>, after
    /// [Lin et al. 2017](https://arxiv.org/abs/1708.02002).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CategoricalFocalCrossentropy, Loss};
    /// let (y_true, logits) = (Tensor::from([[0.0f32, 1.0]]), Tensor::from([[3.0f32, 3.0]]));
    /// let loss = CategoricalFocalCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
    /// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2 / 16.0));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalFocalCrossentropy, "categorical_focal_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
        axis: isize = -1;
        alpha: f64 = 0.25;
        gamma: f64 = 2.0;
    }
}

impl CategoricalFocalCrossentropy {
    crate::setters! {
        /// What the whole is multiplied by.
        alpha: f64;
        /// How much less likely classes count: 0 not at all.
        gamma: f64;
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn towards the uniform distribution: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis of the classes.
        axis: isize;
    }
}

impl Loss for CategoricalFocalCrossentropy {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (target, y_pred) = paired(y_true, y_pred);
        let target = smoothed(target, self.label_smoothing);
        let p = normalized(if self.from_logits { y_pred.softmax(self.axis) } else { y_pred }, self.axis);
        let weight = (1.0 - p).pow(self.gamma) * self.alpha;
        -(weight * target * p.ln()).sum(&[self.axis], false)
    }
}
