//! `BinaryAccuracy`: how often a yes-or-no answer is right.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::squeeze_or_expand_to_same_rank;

metric! {
    /// How often `y_pred > threshold` equals the target, which is 0 or 1.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{BinaryAccuracy, Metric};
    /// let (y_true, y_pred) = (Tensor::from([1i64, 0]), Tensor::from([0.6f32, 0.6]));
    /// assert_eq!(BinaryAccuracy::new().threshold(0.7).evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    BinaryAccuracy, "binary_accuracy" { threshold: f64 = 0.5; }
}

impl BinaryAccuracy {
    crate::setters! {
        /// Predictions above it mean yes.
        threshold: f64;
    }
}

impl MeanMetric for BinaryAccuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true.cast(DType::F32), y_pred);
        let answers = y_pred.greater(self.threshold).cast(DType::F32);
        y_true.equal(answers).cast(DType::F32)
    }
}
