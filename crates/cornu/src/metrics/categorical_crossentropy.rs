//! `CategoricalCrossentropy`, as a metric.

use super::define::metric;
use super::mean_metric::MeanMetric;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::categorical_crossentropy;

metric! {
    /// The mean of the loss of the same name, see [`crate::losses::CategoricalCrossentropy`].
    ///
    /// Source: <https://keras.io/api/metrics/probabilistic_metrics/#categoricalcrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{CategoricalCrossentropy, Metric};
    /// let y_true = Tensor::new(vec![0.0f32, 1.0], [1, 2])?;
    /// let y_pred = Tensor::new(vec![0.5f32, 0.5], [1, 2])?;
    /// let nats = CategoricalCrossentropy::new().evaluate(&y_true, &y_pred, None)?;
    /// assert!((nats.mean() - std::f64::consts::LN_2).abs() < 1e-6);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalCrossentropy, "categorical_crossentropy" {
        from_logits: bool = false;
        label_smoothing: f64 = 0.0;
        axis: isize = -1;
    }
}

impl CategoricalCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn towards the uniform distribution: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis of the classes.
        axis: isize;
    }
}

impl MeanMetric for CategoricalCrossentropy {
    const DIRECTION: Direction = Direction::Down;

    fn name(&self) -> &str {
        &self.name
    }

    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
    }
}
