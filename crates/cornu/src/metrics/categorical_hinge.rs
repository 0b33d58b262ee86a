//! `CategoricalHinge`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::categorical_hinge;

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::CategoricalHinge`].
    ///
    /// Source: <https://keras.io/api/metrics/hinge_metrics/#categoricalhinge-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{CategoricalHinge, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 1.0]]), Tensor::from([[0.5f32, 0.75]]));
    /// assert_eq!(CategoricalHinge::new().evaluate(&y_true, &y_pred, None)?, 0.75);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalHinge, "categorical_hinge" {}
}

impl MeanMetric for CategoricalHinge {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        categorical_hinge(y_true, y_pred)
    }
}
