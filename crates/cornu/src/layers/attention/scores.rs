//! What `Attention` and `AdditiveAttention` share: checks, masks, the weighted mean of the values.

use crate::graph::Var;
use crate::layers::regularization::drop::drop;
use crate::layers::{Call, Outputs};
use crate::{DType, Result};

/// What is taken off the score of a value that a mask leaves out.
const LEFT_OUT: f64 = 1e9;

/// Says what is wrong with the number of inputs.
pub(super) fn check_inputs(count: usize) -> Result<(), String> {
    if (2..=3).contains(&count) {
        Ok(())
    } else {
        Err(format!("expects [query, value] or [query, value, key], got {count} inputs"))
    }
}

/// Whether a position may see another of the same place or before it: (1, queries, values).
pub(super) fn causal_mask<'g>(query: Var<'g>, value: Var<'g>) -> Var<'g> {
    distances(query, value, |query, value| query.greater_equal(value))
}

/// What holds of the places of queries and values, axis 1 of both: (1, queries, values).
pub(super) fn distances<'g>(
    query: Var<'g>,
    value: Var<'g>,
    holds: impl FnOnce(Var<'g>, Var<'g>) -> Var<'g>,
) -> Var<'g> {
    let places = |x: Var<'g>, axis: usize| {
        let mut dims = [Some(1); 3];
        dims[axis] = x.shape()[1];
        x.builder().iota(dims, axis)
    };
    holds(places(query, 1), places(value, 2))
}

/// The mean of the values by the softmax of the scores (…, queries, values), with the call's masks and flags.
pub(super) fn attend<'g>(
    cx: &mut Call<'_, 'g>,
    query: Var<'g>,
    value: Var<'g>,
    mut scores: Var<'g>,
    dropout: f64,
    seed: Option<u64>,
) -> Result<Outputs<'g>> {
    let over_queries = |mask: Var<'g>| mask.cast(DType::Bool).expand_dims(-2);
    let causal = cx.flag("use_causal_mask")?.then(|| causal_mask(query, value));
    let mask = match (cx.mask(1).map(over_queries), causal) {
        (Some(values), Some(causal)) => Some(values.logical_and(causal)),
        (values, causal) => values.or(causal),
    };
    if let Some(mask) = mask {
        scores = mask.select(scores, scores - LEFT_OUT);
    }
    let weights = scores.softmax(-1);
    let weights = drop(cx, weights, dropout, seed, weights.shape());
    let mut y = weights.matmul(value);
    let query_mask = cx.mask(0);
    if let Some(mask) = query_mask {
        y = mask.expand_dims(-1).select(y, 0.0);
    }
    cx.set_masks([query_mask]);
    Ok(if cx.flag("return_attention_scores")? { vec![y, weights].into() } else { y.into() })
}
