//! `BinaryCrossentropy`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::{Prediction, clip, sigmoid_cross_entropy};
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// The mean along an axis of `-y_true·ln(y_pred) - (1 - y_true)·ln(1 - y_pred)`: yes-or-no questions, each
    /// answered by one output unit.
    ///
    /// Predictions straight from a sigmoid or softmax are traced back to their logits; others are kept `1e-7` away
    /// from 0 and 1.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{BinaryCrossentropy, Loss};
    /// let (y_true, logits) = (Tensor::from([1.0f32, 0.0]), Tensor::from([0.0f32, 0.0]));
    /// let loss = BinaryCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
    /// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    BinaryCrossentropy, "binary_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
        axis: isize = -1;
    }
}

impl BinaryCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn from 0 and 1 towards 1/2: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis the mean is taken along.
        axis: isize;
    }
}

impl Loss for BinaryCrossentropy {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
    }
}

pub(crate) fn binary_crossentropy<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
) -> Var<'g> {
    let (target, y_pred) = paired(y_true, y_pred);
    elementwise(smoothed(target, label_smoothing), Prediction::of(y_pred, from_logits)).mean(&[axis], false)
}

/// Targets drawn towards 1/2.
pub(super) fn smoothed(target: Var<'_>, smoothing: f64) -> Var<'_> {
    if smoothing == 0.0 { target } else { target * (1.0 - smoothing) + 0.5 * smoothing }
}

/// The cross-entropy of each single answer.
pub(super) fn elementwise<'g>(target: Var<'g>, prediction: Prediction<'g>) -> Var<'g> {
    match prediction {
        Prediction::Logits(logits) => sigmoid_cross_entropy(target, logits),
        Prediction::Probabilities(p) => {
            let p = clip(p);
            -(target * p.ln() + (1.0 - target) * (1.0 - p).ln())
        }
    }
}
