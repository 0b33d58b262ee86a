//! `SensitivityAtSpecificity`: how many positives are found while few negatives are taken for such.

use super::confusion::{Confusion, Counts, counted};
use super::operating_point::{self, operating_point};
use super::{Measured, Metric};

operating_point! {
    /// The best sensitivity, `tp / (tp + fn)`, at any threshold whose specificity, `tn / (tn + fp)`, is high enough.
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SensitivityAtSpecificity};
    /// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0.0f32, 0.3, 0.5, 0.8]));
    /// assert_eq!(SensitivityAtSpecificity::new(0.5).evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SensitivityAtSpecificity, "sensitivity_at_specificity",
    /// The metric, for a specificity of at least this, between 0 and 1.
    specificity, specificities, recalls
}
