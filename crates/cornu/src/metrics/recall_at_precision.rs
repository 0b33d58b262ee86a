//! `RecallAtPrecision`: how many positives are found while most of what is taken for such is.

use super::confusion::{Confusion, Counts, counted};
use super::operating_point::{self, operating_point};
use super::{Measured, Metric};

operating_point! {
    /// The best recall, `tp / (tp + fn)`, at any threshold whose precision, `tp / (tp + fp)`, is high enough.
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#recallatprecision-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, RecallAtPrecision};
    /// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0.0f32, 0.3, 0.5, 0.8]));
    /// assert_eq!(RecallAtPrecision::new(0.5).evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    RecallAtPrecision, "recall_at_precision",
    /// The metric, for a precision of at least this, between 0 and 1.
    precision, precisions, recalls
}
