//! `TopKCategoricalAccuracy`: how often the one-hot class is among the likeliest.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;

metric! {
    /// How often the class of the largest target is among the `k` largest predictions, which it is when fewer
    /// than `k` exceed its own.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, TopKCategoricalAccuracy};
    /// let y_true = Tensor::new(vec![0.0f32, 0.0, 1.0, 0.0, 1.0, 0.0], [2, 3])?;
    /// let y_pred = Tensor::new(vec![0.1f32, 0.9, 0.8, 0.5, 0.1, 0.4], [2, 3])?;
    /// assert_eq!(TopKCategoricalAccuracy::new().k(2).evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    TopKCategoricalAccuracy, "top_k_categorical_accuracy" { k: usize = 5; }
}

impl TopKCategoricalAccuracy {
    crate::setters! {
        /// How many of the likeliest classes count.
        k: usize;
    }
}

impl MeanMetric for TopKCategoricalAccuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        y_pred.in_top_k(y_true.cast(y_pred.dtype()).argmax(), self.k).cast(DType::F32)
    }
}
