//! `SpecificityAtSensitivity`: how few negatives are taken for positives while most of those are found.

use super::confusion::{Confusion, Counts, counted};
use super::operating_point::{self, operating_point};
use super::{Measured, Metric};

operating_point! {
    /// The best specificity, `tn / (tn + fp)`, at any threshold whose sensitivity, `tp / (tp + fn)`, is high enough.
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SpecificityAtSensitivity};
    /// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0.0f32, 0.3, 0.5, 0.8]));
    /// assert_eq!(SpecificityAtSensitivity::new(0.5).evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SpecificityAtSensitivity, "specificity_at_sensitivity",
    /// The metric, for a sensitivity of at least this, between 0 and 1.
    sensitivity, recalls, specificities
}
