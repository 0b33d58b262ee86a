//! `BinaryFocalCrossentropy`.

use super::Loss;
use super::binary_crossentropy::{elementwise, smoothed};
use super::define::{loss, loss_base};
use super::logits::Prediction;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// The binary crossentropy with each answer weighed by `(1 - p)^gamma`, where `p` is the probability given to
    /// the right one: what is easy counts little. With `apply_class_balancing` ones also count `alpha` and zeros
    /// `1 - alpha`.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class>, after
    /// [Lin et al. 2017](https://arxiv.org/abs/1708.02002).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{BinaryFocalCrossentropy, Loss};
    /// let (y_true, logits) = (Tensor::from([[1.0f32, 0.0]]), Tensor::from([[0.0f32, 0.0]]));
    /// let loss = BinaryFocalCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
    /// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2 / 4.0));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    BinaryFocalCrossentropy, "binary_focal_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
        axis: isize = -1;
        apply_class_balancing: bool = false;
        alpha: f64 = 0.25;
        gamma: f64 = 2.0;
    }
}

impl BinaryFocalCrossentropy {
    crate::setters! {
        /// Whether ones and zeros weigh differently.
        apply_class_balancing: bool;
        /// What ones weigh then; zeros weigh the rest to 1.
        alpha: f64;
        /// How much less easy answers count: 0 not at all.
        gamma: f64;
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn from 0 and 1 towards 1/2: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis the mean is taken along.
        axis: isize;
    }
}

impl Loss for BinaryFocalCrossentropy {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (target, y_pred) = paired(y_true, y_pred);
        let target = smoothed(target, self.label_smoothing);
        let p = if self.from_logits { y_pred.sigmoid() } else { y_pred };
        let right = target * p + (1.0 - target) * (1.0 - p);
        let difficulty = (1.0 - right).pow(self.gamma);
        let mut values = difficulty * elementwise(target, Prediction::of(p, false));
        if self.apply_class_balancing {
            values = (target * self.alpha + (1.0 - target) * (1.0 - self.alpha)) * values;
        }
        values.mean(&[self.axis], false)
    }
}
