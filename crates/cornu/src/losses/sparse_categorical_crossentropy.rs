//! `SparseCategoricalCrossentropy`.

use super::cosine_similarity::is_last;
use super::define::{loss, loss_base};
use super::logits::{Prediction, clip};
use super::ranks::squeeze_last;
use super::{Loss, Targets, squeeze_or_expand_to_same_rank};
use crate::DType;
use crate::graph::Var;

loss! {
    /// `-ln(y_pred[y_true])` along the last axis: one class of several, given as its number.
    ///
    /// Predictions straight from a softmax or sigmoid are traced back to their logits; of others, kept `1e-7` away
    /// from 0 and 1, the logarithms are taken for logits. Labels are integers, or floats that hold integers.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, SparseCategoricalCrossentropy};
    /// let labels = Tensor::from([1i64, -1]);
    /// let logits = Tensor::new(vec![3.0f32, 3.0, 5.0, 1.0], [2, 2])?;
    /// let loss = SparseCategoricalCrossentropy::new().from_logits(true).ignore_class(-1);
    /// assert_eq!(loss.evaluate(&labels, &logits, None)?, Tensor::scalar(std::f32::consts::LN_2));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    SparseCategoricalCrossentropy, "sparse_categorical_crossentropy" {
        from_logits: bool = false;
        ignore_class: Option<i64> = None;
        #[fields(omit_if = is_last)]
        axis: isize = -1;
    }
}

impl SparseCategoricalCrossentropy {
    crate::setters! {
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// The label that marks samples to be left out.
        ignore_class: some i64;
        /// The axis of the classes: the last one, -1, as Keras' TensorFlow backend knows no other.
        axis: isize;
    }
}

impl Loss for SparseCategoricalCrossentropy {
    loss_base!();

    fn targets(&self) -> Targets {
        Targets::ClassIndices { ignored: self.ignore_class }
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true, y_pred);
        if y_pred.shape().axis(self.axis) != y_pred.shape().axis(-1) {
            let message =
                format!("only the last axis, -1, can be that of the classes, got axis {}", self.axis);
            return y_pred.builder().fail(cornu_engine::Error::shape(&self.name, message));
        }
        sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class)
    }

    fn mask<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Option<Var<'g>> {
        counted_labels(y_true, y_pred, self.ignore_class)
    }
}

pub(crate) fn sparse_categorical_crossentropy<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    from_logits: bool,
    ignore_class: Option<i64>,
) -> Var<'g> {
    let values = |labels, y_pred| match Prediction::of(y_pred, from_logits) {
        Prediction::Logits(logits) => logits.sparse_cross_entropy(labels),
        Prediction::Probabilities(p) => clip(p).ln().sparse_cross_entropy(labels),
    };
    let labels = class_indices(y_true, y_pred);
    let Some(counts) = counted_labels(y_true, y_pred, ignore_class) else { return values(labels, y_pred) };
    // What is ignored becomes a harmless row. The new tensor has forgotten its logits, in Keras as here.
    let kept = counts.expand_dims(-1).select(y_pred, 0.0);
    counts.select(values(counts.select(labels, 0.0), kept), 0.0)
}

/// Which labels are not the ignored one, if one is.
pub(crate) fn counted_labels<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    ignore_class: Option<i64>,
) -> Option<Var<'g>> {
    ignore_class.map(|ignored| class_indices(y_true, y_pred).not_equal(ignored as f64))
}

/// Labels as `int64`, one for each row of the predictions.
pub(super) fn class_indices<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    one_label_each(y_true, y_pred).cast(DType::I64)
}

/// Labels without the axis of length 1 they may have where the predictions have that of the classes.
pub(crate) fn one_label_each<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
    let one_each = y_true.rank() == y_pred.rank() && y_true.shape().last() == Some(1);
    if one_each { squeeze_last(y_true) } else { y_true }
}
