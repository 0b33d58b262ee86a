//! `Poisson`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::poisson;

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::Poisson`].
    ///
    /// Source: <https://keras.io/api/metrics/probabilistic_metrics/#poisson-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, Poisson};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 0.0]]), Tensor::from([[1.0f32, 3.0]]));
    /// assert_eq!(Poisson::new().evaluate(&y_true, &y_pred, None)?, 2.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Poisson, "poisson" {}
}

impl MeanMetric for Poisson {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        poisson(y_true, y_pred)
    }
}
