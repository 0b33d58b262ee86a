//! `BinaryCrossentropy`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::{binary_crossentropy, squeeze_or_expand_to_same_rank};

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::BinaryCrossentropy`].
    ///
    /// Source: <https://keras.io/api/metrics/probabilistic_metrics/#binarycrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{BinaryCrossentropy, Metric};
    /// let (y_true, y_pred) = (Tensor::from([1i64]), Tensor::from([0.5f32]));
    /// let nats = BinaryCrossentropy::new().evaluate(&y_true, &y_pred, None)?;
    /// assert!((nats.mean() - std::f64::consts::LN_2).abs() < 1e-6);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    BinaryCrossentropy, "binary_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
    }
}

impl BinaryCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn from 0 and 1 towards 1/2: 0 not at all, 1 all the way.
        label_smoothing: f64;
    }
}

impl MeanMetric for BinaryCrossentropy {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true, y_pred);
        binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, -1)
    }
}
