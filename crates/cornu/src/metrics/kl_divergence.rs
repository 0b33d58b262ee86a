//! `KLDivergence`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::kl_divergence;

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::KLDivergence`].
    ///
    /// Source: <https://keras.io/api/metrics/probabilistic_metrics/#kldivergence-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{KLDivergence, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[1.0f32, 0.5]]), Tensor::from([[0.5f32, 0.5]]));
    /// let nats = KLDivergence::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(nats, f64::from(std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    KLDivergence, "kl_divergence" {}
}

impl MeanMetric for KLDivergence {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        kl_divergence(y_true, y_pred)
    }
}
