//! `OneHotIoU`: how well regions of some classes cover each other, given as one-hot rows.

use super::Metric;
use super::intersection::{CountType, Intersection, intersected};
use crate::registry::Fields;

/// The mean over `target_class_ids` of their intersection over union, see [`IoU`](super::IoU): targets are one-hot,
/// predictions scores of all classes.
///
/// Source: <https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{Metric, OneHotIoU};
/// let y_true = Tensor::from([[1i64, 0], [1, 0], [0, 1], [0, 1]]);
/// let y_pred = Tensor::from([[0.9f32, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]);
/// let share = OneHotIoU::new(2, [0]).evaluate(&y_true, &y_pred, None)?;
/// assert!((share.mean() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = OneHotIoU::new(0, []))]
pub struct OneHotIoU {
    #[fields(required)]
    num_classes: usize,
    #[fields(required)]
    target_class_ids: Vec<usize>,
    name: String,
    dtype: CountType,
    ignore_class: Option<i64>,
    sparse_y_pred: bool,
    axis: isize,
}

impl OneHotIoU {
    /// The metric of these of so many classes.
    pub fn new(num_classes: usize, target_class_ids: impl Into<Vec<usize>>) -> Self {
        OneHotIoU {
            num_classes,
            target_class_ids: target_class_ids.into(),
            name: "one_hot_io_u".into(),
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
            target_class_ids: self.target_class_ids.clone(),
            dtype: self.dtype,
            ignore_class: self.ignore_class,
            sparse_y_true: false,
            sparse_y_pred: self.sparse_y_pred,
            axis: self.axis,
            threshold: None,
        }
    }
}

impl Metric for OneHotIoU {
    intersected!();
}
