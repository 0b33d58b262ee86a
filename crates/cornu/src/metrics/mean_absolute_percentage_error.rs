//! `MeanAbsolutePercentageError`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::mean_absolute_percentage_error;

metric! {
    /// The mean of `100 · |y_true - y_pred| / |y_true|`.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#meanabsolutepercentageerror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{MeanAbsolutePercentageError, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[2.0f32, 4.0]]), Tensor::from([[1.0f32, 5.0]]));
    /// assert_eq!(MeanAbsolutePercentageError::new().evaluate(&y_true, &y_pred, None)?, 37.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    MeanAbsolutePercentageError, "mean_absolute_percentage_error" {}
}

impl MeanMetric for MeanAbsolutePercentageError {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_absolute_percentage_error(y_true, y_pred)
    }
}
