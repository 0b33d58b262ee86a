//! `ConcordanceCorrelation`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{EPSILON, paired};

metric! {
    /// The mean of the concordance correlation coefficients of targets and predictions along an axis: of each sample
    /// one, of its features. It is 1 where they are equal, less where they only rise and fall together.
    ///
    /// Keras measures the covariance of targets from the mean of the predictions; so does this.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/>, `keras.metrics.ConcordanceCorrelation`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{ConcordanceCorrelation, Metric};
    /// let y = Tensor::from([[0.0f32, 1.0]]);
    /// assert!(ConcordanceCorrelation::new().evaluate(&y, &y, None)?.mean() > 0.999);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ConcordanceCorrelation, "concordance_correlation" {
        axis: isize = -1;
    }
}

impl ConcordanceCorrelation {
    crate::setters! {
        /// The axis of the features.
        axis: isize;
    }
}

impl MeanMetric for ConcordanceCorrelation {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        let mean = |value: Var<'g>| value.mean(&[self.axis], true);
        let variance = |value: Var<'g>| mean((value - mean(value)).square());
        let together = (y_true - mean(y_pred)) * (y_pred - mean(y_pred));
        let spread = variance(y_true) + variance(y_pred) + (mean(y_true) - mean(y_pred)).square();
        (together * 2.0 / (spread + EPSILON)).mean(&[self.axis], false)
    }
}
