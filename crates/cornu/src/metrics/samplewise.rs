//! One weighted value for each sample, from values and weights of many shapes.

use crate::DType;
use crate::graph::{Reduction, Var};
use crate::losses::{self, apply_mask, squeeze_or_expand_to_same_rank};

/// Keras' `reduce_to_samplewise_values`: values times weights, both brought down to one a sample by `kind`.
///
/// Without weights the mask does nothing, as in Keras.
pub(super) fn reduce_to_samplewise_values<'g>(
    values: Var<'g>,
    mask: Option<Var<'g>>,
    sample_weight: Option<Var<'g>>,
    kind: Reduction,
) -> (Var<'g>, Option<Var<'g>>) {
    let reduce_from = |value: Var<'g>, first: usize| {
        let axes: Vec<isize> = (first..value.rank()).map(|axis| axis as isize).collect();
        value.reduce(kind, &axes, false)
    };
    let values = values.cast(DType::F32);
    let Some(sample_weight) = sample_weight else { return (reduce_from(values, 1), None) };
    let weight = apply_mask(Some(sample_weight), mask, losses::Reduction::Sum).unwrap_or(sample_weight);
    let (values, weight) = squeeze_or_expand_to_same_rank(values, weight);
    let values = reduce_from(values, weight.rank());
    let weight = weight.broadcast_to(values.shape());
    (reduce_from(values * weight, 1), Some(reduce_from(weight, 1)))
}
