//! `SparseCategoricalCrossentropy`, as a metric.

use super::define::{LastAxis, metric};
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{Targets, counted_labels, sparse_categorical_crossentropy};

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::SparseCategoricalCrossentropy`].
    ///
    /// Ignored labels count as a loss of 0, unless there are sample weights: then they do not count. So Keras has
    /// it.
    ///
    /// Source: <https://keras.io/api/metrics/probabilistic_metrics/#sparsecategoricalcrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SparseCategoricalCrossentropy};
    /// let y_pred = Tensor::new(vec![0.5f32, 0.5], [1, 2])?;
    /// let nats = SparseCategoricalCrossentropy::new().evaluate(&Tensor::from([1i64]), &y_pred, None)?;
    /// assert!((nats.mean() - std::f64::consts::LN_2).abs() < 1e-6);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SparseCategoricalCrossentropy, "sparse_categorical_crossentropy" {
        from_logits: bool = false;
        ignore_class: Option<i64> = None;
        axis: LastAxis = LastAxis;
    }
}

impl SparseCategoricalCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// The label that marks samples to be left out.
        ignore_class: some i64;
    }
}

impl MeanMetric for SparseCategoricalCrossentropy {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn targets(&self) -> Targets {
        Targets::ClassIndices { ignored: self.ignore_class }
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class)
    }

    fn mask<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Option<Var<'g>> {
        counted_labels(y_true, y_pred, self.ignore_class)
    }
}
