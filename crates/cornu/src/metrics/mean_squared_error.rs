//! `MeanSquaredError`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::mean_squared_error;

metric! {
    /// The mean of `(y_pred - y_true)²`.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#meansquarederror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{MeanSquaredError, Metric};
    /// let (y_true, y_pred) = (Tensor::from([0.0f32, 0.0]), Tensor::from([1.0f32, 2.0]));
    /// assert_eq!(MeanSquaredError::new().evaluate(&y_true, &y_pred, None)?, 2.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    MeanSquaredError, "mean_squared_error" {}
}

impl MeanMetric for MeanSquaredError {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_squared_error(y_true, y_pred)
    }
}
