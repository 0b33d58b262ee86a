//! `MeanSquaredLogarithmicError`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::mean_squared_logarithmic_error;

metric! {
    /// The mean of `(ln(y_pred + 1) - ln(y_true + 1))²`.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#meansquaredlogarithmicerror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{MeanSquaredLogarithmicError, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[3.0f32, 1.0]]), Tensor::from([[3.0f32, 1.0]]));
    /// assert_eq!(MeanSquaredLogarithmicError::new().evaluate(&y_true, &y_pred, None)?, 0.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    MeanSquaredLogarithmicError, "mean_squared_logarithmic_error" {}
}

impl MeanMetric for MeanSquaredLogarithmicError {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        mean_squared_logarithmic_error(y_true, y_pred)
    }
}
