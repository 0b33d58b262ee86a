//! Cross-entropies computed on logits, where probabilities would lose their tails.

use crate::graph::{Op, Unary, Var};

/// Keras' `epsilon()`: how far probabilities are kept from 0 and 1, and divisors from 0.
pub(crate) const EPSILON: f64 = 1e-7;

/// The logits behind predictions that come straight out of a softmax or sigmoid.
///
/// Keras hangs them on the activation's result (`_keras_logits`), so they are found whichever of the two
/// activations meets whichever loss, and no more after any operation that makes a new tensor, be it a reshape.
pub(super) fn recover<'g>(y_pred: Var<'g>) -> Option<Var<'g>> {
    let input = |value: Var<'g>| value.inputs().first().copied();
    match y_pred.op() {
        Op::Softmax | Op::Unary(Unary::Sigmoid) => input(y_pred),
        // A softmax along another axis is one along the last between two transpositions.
        Op::Transpose(back) => {
            let softmax = input(y_pred).filter(|inner| inner.op() == Op::Softmax)?;
            let moved = input(softmax).filter(|inner| inner.op() == Op::Transpose(back))?;
            input(moved)
        }
        _ => None,
    }
}

/// Predictions as Keras takes them: logits where they were asked for or can be recovered.
pub(super) enum Prediction<'g> {
    Logits(Var<'g>),
    Probabilities(Var<'g>),
}

impl<'g> Prediction<'g> {
    pub(super) fn of(y_pred: Var<'g>, from_logits: bool) -> Self {
        match recover(y_pred) {
            Some(logits) => Prediction::Logits(logits),
            None if from_logits => Prediction::Logits(y_pred),
            None => Prediction::Probabilities(y_pred),
        }
    }
}

/// Probabilities kept away from 0 and 1.
pub(super) fn clip(probabilities: Var<'_>) -> Var<'_> {
    probabilities.clip(EPSILON, 1.0 - EPSILON)
}

/// Probabilities that sum to 1 along an axis, kept away from 0 and 1.
pub(super) fn normalized(probabilities: Var<'_>, axis: isize) -> Var<'_> {
    clip(probabilities / probabilities.sum(&[axis], true))
}

/// `-Σ target · log softmax(logits)` along an axis, with the gradient `softmax - target`.
///
/// That gradient is the true one where targets sum to 1; TensorFlow gives it for all targets.
pub(super) fn softmax_cross_entropy<'g>(target: Var<'g>, logits: Var<'g>, axis: isize) -> Var<'g> {
    let shifted = logits - logits.max(&[axis], true).stop_gradient();
    let log_sum = shifted.exp().sum(&[axis], false).ln();
    let excess = target.sum(&[axis], false) - 1.0;
    log_sum - (target * shifted).sum(&[axis], false) + log_sum.stop_gradient() * excess
}

/// `-target · log sigmoid(logits) - (1 - target) · log(1 - sigmoid(logits))` for each element.
///
/// `max(z, 0) - z·t + log(1 + e^-|z|)` with both halves chosen by one comparison: the gradient at 0 then is
/// `1/2 - t` as it should.
pub(super) fn sigmoid_cross_entropy<'g>(target: Var<'g>, logits: Var<'g>) -> Var<'g> {
    let positive = logits.greater_equal(0.0);
    let relu = positive.select(logits, 0.0);
    let minus_abs = positive.select(-logits, logits);
    relu - logits * target + minus_abs.exp().log1p()
}
