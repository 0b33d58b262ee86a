//! `CosineSimilarity`.

use super::Loss;
use super::define::{loss, loss_base};
use super::logits::EPSILON;
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// The negative cosine of the angle between targets and predictions along an axis: -1 where they point the same
    /// way, 0 where they are orthogonal or one is zero, 1 where they are opposite.
    ///
    /// Keras leaves `axis` out of the config, and so forgets it when a model is saved; here it is written where it is
    /// not -1, and Keras reads it.
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/#cosinesimilarity-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CosineSimilarity, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 2.0]]), Tensor::from([[0.0f32, 4.0]]));
    /// assert_eq!(CosineSimilarity::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(-1.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CosineSimilarity, "cosine_similarity" {
        #[fields(omit_if = is_last)]
        axis: isize = -1;
    }
}

impl CosineSimilarity {
    crate::setters! {
        /// The axis of the features.
        axis: isize;
    }
}

/// Whether an axis is the last, as it is by default.
pub(crate) fn is_last(axis: &isize) -> bool {
    *axis == -1
}

impl Loss for CosineSimilarity {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        -cosine_similarity(y_true, y_pred, self.axis)
    }
}

/// The cosine itself.
pub(crate) fn cosine_similarity<'g>(y_true: Var<'g>, y_pred: Var<'g>, axis: isize) -> Var<'g> {
    let (y_true, y_pred) = paired(y_true, y_pred);
    // A norm of `EPSILON` at least: zeros stay zeros.
    let normalize = |value: Var<'g>| {
        let squares = value.square().sum(&[axis], true);
        value * squares.maximum(EPSILON * EPSILON).rsqrt()
    };
    (normalize(y_true) * normalize(y_pred)).sum(&[axis], false)
}
