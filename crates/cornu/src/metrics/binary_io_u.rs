//! `BinaryIoU`: how well regions of yes and no cover each other.

use super::Metric;
use super::intersection::{CountType, Intersection, intersected};
use crate::registry::Fields;

/// The mean over `target_class_ids` of the intersection over union of what is of the class, 0 or 1, and what is taken
/// for it. Predictions are probabilities; from `threshold` on they mean 1.
///
/// Sample weights are cut to whole numbers, as Keras does unless its `dtype` is a float.
///
/// Source: <https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{BinaryIoU, Metric};
/// let (y_true, y_pred) = (Tensor::from([0i64, 1, 0, 1]), Tensor::from([0.1f32, 0.2, 0.4, 0.7]));
/// let share = BinaryIoU::new().threshold(0.3).evaluate(&y_true, &y_pred, None)?;
/// assert!((share.mean() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct BinaryIoU {
    target_class_ids: Vec<usize>,
    threshold: f64,
    name: String,
    dtype: CountType,
}

impl Default for BinaryIoU {
    fn default() -> Self {
        BinaryIoU {
            target_class_ids: vec![0, 1],
            threshold: 0.5,
            name: "binary_io_u".into(),
            dtype: CountType::default(),
        }
    }
}

impl BinaryIoU {
    /// The metric.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The metric's name: its key in logs and histories.
        name: into String;
        /// The classes that count: 0, 1 or both.
        target_class_ids: into Vec<usize>;
        /// From which on predictions mean 1.
        threshold: f64;
    }

    fn intersection(&self) -> Intersection {
        Intersection {
            num_classes: 2,
            target_class_ids: self.target_class_ids.clone(),
            dtype: self.dtype,
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
            axis: -1,
            threshold: Some(self.threshold),
        }
    }
}

impl Metric for BinaryIoU {
    intersected!();
}
