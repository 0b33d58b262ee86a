//! `Dice`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use super::tversky::sum_along;
use crate::constraints::Axes;
use crate::graph::Var;

loss! {
    /// `1 - 2·Σ y_true·y_pred / (Σ y_true + Σ y_pred)`: 0 where two regions cover each other, 1 where they have
    /// nothing in common.
    ///
    /// By default all samples are one region and the loss is one number; `axis([1, 2, 3])` gives each image its own.
    ///
    /// Source: <https://keras.io/api/losses/>, `keras.losses.Dice`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Dice, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[1.0f32, 1.0]]), Tensor::from([[0.0f32, 0.0]]));
    /// assert_eq!(Dice::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(1.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Dice, "dice" { axis: Axes = Axes::All; }
}

impl Dice {
    crate::setters! {
        /// The axes of a region; all of them by default.
        axis: into Axes;
    }
}

impl Loss for Dice {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        let sum = |value| sum_along(value, &self.axis);
        1.0 - 2.0 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred) + EPSILON)
    }
}
