//! `PrecisionAtRecall`: how much of what is taken for positive is, while most positives are found.

use super::confusion::{Confusion, Counts, counted};
use super::operating_point::{self, operating_point};
use super::{Measured, Metric};

operating_point! {
    /// The best precision, `tp / (tp + fp)`, at any threshold whose recall, `tp / (tp + fn)`, is high enough.
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, PrecisionAtRecall};
    /// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0.0f32, 0.3, 0.5, 0.8]));
    /// assert_eq!(PrecisionAtRecall::new(0.5).evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    PrecisionAtRecall, "precision_at_recall",
    /// The metric, for a recall of at least this, between 0 and 1.
    recall, recalls, precisions
}
