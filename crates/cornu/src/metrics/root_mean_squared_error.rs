//! `RootMeanSquaredError`.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::squeeze_or_expand_to_same_rank;

metric! {
    /// The square root of the mean of `(y_pred - y_true)²`.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, RootMeanSquaredError};
    /// let (y_true, y_pred) = (Tensor::from([0.0f32, 0.0]), Tensor::from([2.0f32, 2.0]));
    /// assert_eq!(RootMeanSquaredError::new().evaluate(&y_true, &y_pred, None)?, 2.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    RootMeanSquaredError, "root_mean_squared_error" {}
}

impl MeanMetric for RootMeanSquaredError {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    // Keras computes it from tensors that have forgotten the mask.
    fn takes_mask(&self) -> bool {
        false
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true.cast(y_pred.dtype()), y_pred);
        (y_pred - y_true).square()
    }

    fn finish(&self, mean: f32) -> f32 {
        mean.sqrt()
    }
}
