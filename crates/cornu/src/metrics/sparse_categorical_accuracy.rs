//! `SparseCategoricalAccuracy`: how often the likeliest class is the numbered one.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{Targets, one_label_each};

metric! {
    /// How often the largest prediction along the last axis is that of the label; of equal ones the first counts.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SparseCategoricalAccuracy};
    /// let y_true = Tensor::from([1i64, 0]);
    /// let y_pred = Tensor::new(vec![0.3f32, 0.7, 0.2, 0.8], [2, 2])?;
    /// assert_eq!(SparseCategoricalAccuracy::new().evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SparseCategoricalAccuracy, "sparse_categorical_accuracy" {}
}

impl MeanMetric for SparseCategoricalAccuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn targets(&self) -> Targets {
        Targets::ClassIndices { ignored: None }
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let labels = one_label_each(y_true, y_pred);
        labels.equal(y_pred.argmax().cast(labels.dtype())).cast(DType::F32)
    }
}
