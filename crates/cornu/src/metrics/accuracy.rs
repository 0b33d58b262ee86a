//! `Accuracy`: how often two values are equal.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::DType;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::squeeze_or_expand_to_same_rank;

metric! {
    /// How often predictions equal targets.
    ///
    /// The string `"accuracy"` seldom means this one: it becomes the binary, categorical or sparse categorical
    /// accuracy by the shapes it meets, see [`super::resolve`].
    ///
    /// Source: <https://keras.io/api/metrics/accuracy_metrics/#accuracy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Accuracy, Metric};
    /// let (y_true, y_pred) = (Tensor::from([1i64, 2, 3, 4]), Tensor::from([0i64, 2, 3, 4]));
    /// assert_eq!(Accuracy::new().evaluate(&y_true, &y_pred, None)?, 0.75);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Accuracy, "accuracy" {}
}

impl MeanMetric for Accuracy {
    const DIRECTION: Direction = Direction::Up;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true.cast(y_pred.dtype()), y_pred);
        y_true.equal(y_pred).cast(DType::F32)
    }
}
