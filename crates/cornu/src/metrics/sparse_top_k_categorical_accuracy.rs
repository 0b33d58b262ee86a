//! `SparseTopKCategoricalAccuracy`: how often the numbered class is among the likeliest.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{Targets, one_label_each};

metric! {
    /// How often the label is among the `k` largest predictions, which it is when fewer than `k` exceed its own.
    ///
    /// With `from_sorted_ids` predictions are class numbers, the likeliest first, and the label is looked for
    /// among the first `k`.
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, SparseTopKCategoricalAccuracy};
    /// let y_true = Tensor::from([2i64, 1]);
    /// let y_pred = Tensor::new(vec![0.1f32, 0.9, 0.8, 0.5, 0.1, 0.4], [2, 3])?;
    /// assert_eq!(SparseTopKCategoricalAccuracy::new().k(2).evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SparseTopKCategoricalAccuracy, "sparse_top_k_categorical_accuracy" {
        k: usize = 5;
        #[fields(omit_if = std::ops::Not::not)]
        from_sorted_ids: bool = false;
    }
}

impl SparseTopKCategoricalAccuracy {
    crate::setters! {
        /// How many of the likeliest classes count.
        k: usize;
        /// Whether predictions are class numbers, the likeliest first.
        from_sorted_ids: bool;
    }
}

impl MeanMetric for SparseTopKCategoricalAccuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn targets(&self) -> Targets {
        Targets::ClassIndices { ignored: None }
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let labels = one_label_each(y_true, y_pred);
        if !self.from_sorted_ids {
            return y_pred.in_top_k(labels.cast(DType::I64), self.k).cast(DType::F32);
        }
        let first = self.k.min(y_pred.shape().last().unwrap_or(self.k));
        let candidates = y_pred.slice(y_pred.rank().saturating_sub(1), 0, first);
        let found = candidates.equal(labels.cast(y_pred.dtype()).expand_dims(-1));
        found.cast(DType::F32).max(&[-1], false)
    }
}
