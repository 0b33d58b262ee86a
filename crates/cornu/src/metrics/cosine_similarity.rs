//! `CosineSimilarity`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{cosine_similarity, is_last};

metric! {
    /// The mean cosine of the angle between targets and predictions along an axis. Unlike the loss of the same name it
    /// grows with the likeness.
    ///
    /// Keras leaves `axis` out of the config, and so forgets it when a model is saved; here it is written where it is
    /// not -1, and Keras reads it.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{CosineSimilarity, Metric};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 2.0]]), Tensor::from([[0.0f32, 4.0]]));
    /// assert_eq!(CosineSimilarity::new().evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CosineSimilarity, "cosine_similarity" {
        #[fields(omit_if = is_last)]
        axis: isize = -1;
    }
}

impl CosineSimilarity {
    crate::setters! {
        /// The axis of the features.
        axis: isize;
    }
}

impl MeanMetric for CosineSimilarity {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        cosine_similarity(y_true, y_pred, self.axis)
    }
}
