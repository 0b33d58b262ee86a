//! Bringing two values whose ranks differ by an axis of length 1 to the same rank.

use crate::graph::Var;

/// Keras' `squeeze_or_expand_to_same_rank`: where the ranks of two values differ by one, and the last axis of
/// the longer has length 1, that axis is dropped, or given to the other one if that is a vector.
///
/// ```
/// use cornu::graph::Builder;
/// use cornu::losses::squeeze_or_expand_to_same_rank;
/// use cornu::DType;
/// let b = Builder::new();
/// let y_true = b.input("y_true", [None], DType::F32);
/// let y_pred = b.input("y_pred", [None, Some(1)], DType::F32);
/// let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true, y_pred);
/// assert_eq!(y_true.shape(), y_pred.shape());
/// ```
pub fn squeeze_or_expand_to_same_rank<'g>(a: Var<'g>, b: Var<'g>) -> (Var<'g>, Var<'g>) {
    if b.rank() == a.rank() + 1 {
        let (b, a) = squeeze_or_expand_to_same_rank(b, a);
        return (a, b);
    }
    if a.rank() != b.rank() + 1 || a.shape().last() != Some(1) {
        return (a, b);
    }
    if b.rank() == 1 { (a, b.expand_dims(-1)) } else { (squeeze_last(a), b) }
}

/// The value without its last axis, whose length is 1.
pub(crate) fn squeeze_last(value: Var<'_>) -> Var<'_> {
    let shape = value.shape();
    let kept = shape.rank().saturating_sub(1);
    value.reshape(shape.dims().iter().take(kept).copied().collect::<Vec<_>>())
}

/// Targets in the type of the predictions, and both brought to the same rank.
pub(crate) fn paired<'g>(y_true: Var<'g>, y_pred: Var<'g>) -> (Var<'g>, Var<'g>) {
    squeeze_or_expand_to_same_rank(y_true.cast(y_pred.dtype()), y_pred)
}
