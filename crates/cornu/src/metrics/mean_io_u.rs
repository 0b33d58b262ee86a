//! `MeanIoU`: how well regions of all classes cover each other.

use super::Metric;
use super::intersection::{CountType, Intersection, intersected};
use crate::registry::Fields;

/// The mean over all classes that occur of their intersection over union, see [`IoU`](super::IoU).
///
/// Source: <https://keras.io/api/metrics/segmentation_metrics/#meaniou-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{MeanIoU, Metric};
/// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0i64, 1, 0, 1]));
/// let share = MeanIoU::new(2).evaluate(&y_true, &y_pred, None)?;
/// assert!((share.mean() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = MeanIoU::new(0))]
pub struct MeanIoU {
    #[fields(required)]
    num_classes: usize,
    name: String,
    dtype: CountType,
    ignore_class: Option<i64>,
    sparse_y_true: bool,
    sparse_y_pred: bool,
    axis: isize,
}

impl MeanIoU {
    /// The metric of so many classes.
    pub fn new(num_classes: usize) -> Self {
        MeanIoU {
            num_classes,
            name: "mean_io_u".into(),
            dtype: CountType::default(),
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
            axis: -1,
        }
    }

    crate::setters! {
        /// The metric's name: its key in logs and histories.
        name: into String;
        /// The class of targets that does not count.
        ignore_class: some i64;
        /// Whether targets are class numbers.
        sparse_y_true: bool;
        /// Whether predictions are class numbers.
        sparse_y_pred: bool;
        /// The axis of the classes where there is one.
        axis: isize;
    }

    fn intersection(&self) -> Intersection {
        Intersection {
            num_classes: self.num_classes,
            target_class_ids: (0..self.num_classes).collect(),
            dtype: self.dtype,
            ignore_class: self.ignore_class,
            sparse_y_true: self.sparse_y_true,
            sparse_y_pred: self.sparse_y_pred,
            axis: self.axis,
            threshold: None,
        }
    }
}

impl Metric for MeanIoU {
    intersected!();
}
