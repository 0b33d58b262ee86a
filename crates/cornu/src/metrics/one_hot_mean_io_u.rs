//! `OneHotMeanIoU`: how well regions of all classes cover each other, given as one-hot rows.

use super::Metric;
use super::intersection::{CountType, Intersection, intersected};
use crate::registry::Fields;

/// The mean over all classes that occur of their intersection over union, see [`IoU`](super::IoU): targets are one-hot,
/// predictions scores of all classes.
///
/// Source: <https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{Metric, OneHotMeanIoU};
/// let y_true = Tensor::from([[1i64, 0], [1, 0], [0, 1], [0, 1]]);
/// let y_pred = Tensor::from([[0.9f32, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]);
/// let share = OneHotMeanIoU::new(2).evaluate(&y_true, &y_pred, None)?;
/// assert!((share.mean() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = OneHotMeanIoU::new(0))]
pub struct OneHotMeanIoU {
    #[fields(required)]
    num_classes: usize,
    name: String,
    dtype: CountType,
    ignore_class: Option<i64>,
    sparse_y_pred: bool,
    axis: isize,
}

impl OneHotMeanIoU {
    /// The metric of so many classes.
    pub fn new(num_classes: usize) -> Self {
        OneHotMeanIoU {
            num_classes,
            name: "one_hot_mean_io_u".into(),
            dtype: CountType::default(),
            ignore_class: None,
            sparse_y_pred: false,
            axis: -1,
        }
    }

    crate::setters! {
        /// The metric's name: its key in logs and histories.
        name: into String;
        /// The class of targets that does not count.
        ignore_class: some i64;
        /// Whether predictions are class numbers.
        sparse_y_pred: bool;
        /// The axis of the classes.
        axis: isize;
    }

    fn intersection(&self) -> Intersection {
        Intersection {
            num_classes: self.num_classes,
            target_class_ids: (0..self.num_classes).collect(),
            dtype: self.dtype,
            ignore_class: self.ignore_class,
            sparse_y_true: false,
            sparse_y_pred: self.sparse_y_pred,
            axis: self.axis,
            threshold: None,
        }
    }
}

impl Metric for OneHotMeanIoU {
    intersected!();
}
