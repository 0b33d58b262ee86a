//! `CategoricalAccuracy`: how often the likeliest class is the one-hot one.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;

metric! {
    /// How often the largest prediction stands where the largest target does, along the last axis; of equal ones
    /// the first counts.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{CategoricalAccuracy, Metric};
    /// let y_true = Tensor::new(vec![0.0f32, 1.0, 1.0, 0.0], [2, 2])?;
    /// let y_pred = Tensor::new(vec![0.3f32, 0.7, 0.2, 0.8], [2, 2])?;
    /// assert_eq!(CategoricalAccuracy::new().evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalAccuracy, "categorical_accuracy" {}
}

impl MeanMetric for CategoricalAccuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        y_true.cast(y_pred.dtype()).argmax().equal(y_pred.argmax()).cast(DType::F32)
    }
}
