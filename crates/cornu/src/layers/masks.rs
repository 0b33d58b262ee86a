//! Masks as values: what layers compute from booleans.

use crate::DType;
use crate::graph::Var;

/// Whether any is true along the last axis.
pub(super) fn any_of_last(x: Var<'_>, keepdims: bool) -> Var<'_> {
    x.cast(DType::F32).max(&[-1], keepdims).greater(0.5)
}

/// True everywhere in the shape of a value.
pub(super) fn all_true(x: Var<'_>) -> Var<'_> {
    x.builder().scalar(1.0, DType::Bool).broadcast_to(x.shape())
}

/// The union of masks, if each input has one.
pub(super) fn union<'g>(masks: &[Option<Var<'g>>]) -> Option<Var<'g>> {
    let masks: Option<Vec<Var<'g>>> = masks.iter().copied().collect();
    masks?.into_iter().reduce(|a, b| a.logical_or(b))
}
