//! `LogCoshError`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::log_cosh;

metric! {
    /// The mean of `ln(cosh(y_pred - y_true))`.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#logcosherror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{LogCoshError, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[3.0f32, 1.0]]), Tensor::from([[3.0f32, 1.0]]));
    /// assert!(LogCoshError::new().evaluate(&y_true, &y_pred, None)?.mean() < 1e-6);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    LogCoshError, "logcosh" {}
}

impl MeanMetric for LogCoshError {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        log_cosh(y_true, y_pred)
    }
}
