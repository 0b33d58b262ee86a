//! `SquaredHinge`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::squared_hinge;

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::SquaredHinge`].
    ///
    /// Source: <https://keras.io/api/metrics/hinge_metrics/#squaredhinge-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SquaredHinge};
    /// let (y_true, y_pred) = (Tensor::from([[-1.0f32, 1.0]]), Tensor::from([[1.0f32, 3.0]]));
    /// assert_eq!(SquaredHinge::new().evaluate(&y_true, &y_pred, None)?, 2.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SquaredHinge, "squared_hinge" {}
}

impl MeanMetric for SquaredHinge {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        squared_hinge(y_true, y_pred)
    }
}
