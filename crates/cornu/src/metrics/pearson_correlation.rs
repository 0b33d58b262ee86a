//! `PearsonCorrelation`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::paired;

metric! {
    /// The mean of the correlation coefficients of targets and predictions along an axis: of each sample one, of its
    /// features.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/>, `keras.metrics.PearsonCorrelation`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, PearsonCorrelation};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 1.0]]), Tensor::from([[3.0f32, 7.0]]));
    /// assert_eq!(PearsonCorrelation::new().evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    PearsonCorrelation, "pearson_correlation" {
        axis: isize = -1;
    }
}

impl PearsonCorrelation {
    crate::setters! {
        /// The axis of the features.
        axis: isize;
    }
}

impl MeanMetric for PearsonCorrelation {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        let standard = |value: Var<'g>| {
            let off = value - value.mean(&[self.axis], true);
            off / off.square().mean(&[self.axis], true).sqrt()
        };
        (standard(y_true) * standard(y_pred)).mean(&[self.axis], false)
    }
}
