//! `CategoricalCrossentropy`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::{Prediction, normalized, softmax_cross_entropy};
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// `-Σ y_true·ln(y_pred)` along an axis: one class of several, given as one-hot rows.
    ///
    /// Predictions straight from a softmax or sigmoid are traced back to their logits; others are divided by their
    /// sum and kept `1e-7` away from 0 and 1.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CategoricalCrossentropy, Loss};
    /// let y_true = Tensor::new(vec![0.0f32, 1.0], [1, 2])?;
    /// let logits = Tensor::new(vec![3.0f32, 3.0], [1, 2])?;
    /// let loss = CategoricalCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
    /// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalCrossentropy, "categorical_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
        axis: isize = -1;
    }
}

impl CategoricalCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn towards the uniform distribution: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis of the classes.
        axis: isize;
    }
}

impl Loss for CategoricalCrossentropy {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
    }
}

pub(crate) fn categorical_crossentropy<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
) -> Var<'g> {
    let target = smoothed(y_true.cast(y_pred.dtype()), label_smoothing);
    match Prediction::of(y_pred, from_logits) {
        Prediction::Logits(logits) => softmax_cross_entropy(target, logits, axis),
        Prediction::Probabilities(p) => -(target * normalized(p, axis).ln()).sum(&[axis], false),
    }
}

/// Targets drawn towards the uniform distribution. Keras counts classes along the last axis, whatever that of the
/// classes is.
pub(super) fn smoothed(target: Var<'_>, smoothing: f64) -> Var<'_> {
    match target.shape().last().filter(|_| smoothing != 0.0) {
        Some(classes) => target * (1.0 - smoothing) + smoothing / classes as f64,
        None => target,
    }
}
