//! `IoU`: how well regions of some classes cover each other.

use super::Metric;
use super::intersection::{CountType, Intersection, intersected};
use crate::registry::Fields;

/// The mean over `target_class_ids` of `tp / (tp + fp + fn)`, the intersection over union of what is of the class and
/// what is taken for it. Classes that do not occur do not count.
///
/// Targets and predictions are class numbers of equally many elements, or with `sparse_y_true(false)` and
/// `sparse_y_pred(false)` have an axis of classes whose largest element says which. Numbers outside of
/// `0..num_classes` do not count. Sample weights are cut to whole numbers, as Keras does unless its `dtype` is a float.
///
/// Source: <https://keras.io/api/metrics/segmentation_metrics/#iou-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{IoU, Metric};
/// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0i64, 1, 0, 1]));
/// let share = IoU::new(2, [0]).evaluate(&y_true, &y_pred, None)?;
/// assert!((share.mean() - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = IoU::new(0, []))]
pub struct IoU {
    name: String,
    dtype: CountType,
    #[fields(required)]
    num_classes: usize,
    #[fields(required)]
    target_class_ids: Vec<usize>,
    ignore_class: Option<i64>,
    sparse_y_true: bool,
    sparse_y_pred: bool,
    axis: isize,
}

impl IoU {
    /// The metric of these of so many classes.
    pub fn new(num_classes: usize, target_class_ids: impl Into<Vec<usize>>) -> Self {
        IoU {
            name: "io_u".into(),
            dtype: CountType::default(),
            num_classes,
            target_class_ids: target_class_ids.into(),
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
            target_class_ids: self.target_class_ids.clone(),
            dtype: self.dtype,
            ignore_class: self.ignore_class,
            sparse_y_true: self.sparse_y_true,
            sparse_y_pred: self.sparse_y_pred,
            axis: self.axis,
            threshold: None,
        }
    }
}

impl Metric for IoU {
    intersected!();
}
