//! Attention of several heads at once.

use super::scores::{causal_mask, distances};
use crate::graph::Var;
use crate::layers::activations::masked_softmax;
use crate::layers::regularization::drop::drop;
use crate::layers::{Call, Outputs};
use crate::{DType, Dim, Result};

/// What stands for minus infinity where a mask leaves a score out and all of a query's scores may be left out.
const LEFT_OUT: f64 = -0.7 * f32::MAX as f64;

/// The mask of a call, (batch, queries, values): of `attention_mask`, of the masks of query, value and key, and of
/// places too far away.
pub(super) fn attention_mask<'g>(
    cx: &Call<'_, 'g>,
    query: Var<'g>,
    value: Var<'g>,
    sliding_window: Option<usize>,
) -> Result<Option<Var<'g>>> {
    let bools = |mask: Var<'g>| mask.cast(DType::Bool);
    let parts = [
        cx.tensor("attention_mask").map(bools),
        cx.mask(0).map(|mask| bools(mask).expand_dims(-1)),
        cx.mask(1).map(|mask| bools(mask).expand_dims(-2)),
        cx.mask(2).map(|mask| bools(mask).expand_dims(-2)),
        cx.flag("use_causal_mask")?.then(|| causal_mask(query, value)),
        sliding_window
            .map(|window| distances(query, value, |query, value| (query - value).abs().less(window as f64))),
    ];
    Ok(parts.into_iter().flatten().reduce(|a, b| a.logical_and(b)))
}

/// What heads give.
pub(super) struct Attended<'g> {
    /// The weighted means of the values.
    pub(super) y: Var<'g>,
    /// If they are wanted, the weights with their mask.
    pub(super) scores: Option<(Var<'g>, Option<Var<'g>>)>,
}

impl<'g> Attended<'g> {
    /// The layer's results, of which `y` is the first.
    pub(super) fn finish(self, cx: &mut Call<'_, 'g>, y: Var<'g>) -> Outputs<'g> {
        let scores_mask = self.scores.and_then(|(_, mask)| mask);
        cx.set_masks([cx.mask(0), scores_mask]);
        [y].into_iter().chain(self.scores.map(|(scores, _)| scores)).collect::<Vec<_>>().into()
    }
}

/// How heads attend.
pub(super) struct Heads<'a> {
    /// The axes of query and key that are attended over, the others being treated alike.
    pub(super) axes: &'a [usize],
    /// The factor of the scores.
    pub(super) scale: f64,
    pub(super) dropout: f64,
    pub(super) seed: Option<u64>,
}

impl Heads<'_> {
    /// Query, key and value are (batch, …, heads, features).
    pub(super) fn attend<'g>(
        &self,
        cx: &Call<'_, 'g>,
        query: Var<'g>,
        key: Var<'g>,
        value: Var<'g>,
        mask: Option<Var<'g>>,
    ) -> Result<Attended<'g>> {
        let returned = cx.flag("return_attention_scores")?;
        let rank = query.rank();
        let batch: Vec<usize> = (0..rank - 1).filter(|axis| !self.axes.contains(axis)).collect();
        let order: Vec<usize> = batch.iter().chain(self.axes).copied().chain([rank - 1]).collect();
        let (queries, keys) = (self.lengths(query), self.lengths(key));
        let lead: Vec<Dim> = batch.iter().map(|axis| query.shape()[*axis]).collect();
        // (…, heads, places, features)
        let matrices = |x: Var<'g>, places: &[Dim]| {
            let moved = x.transpose(&order);
            if places.len() == 1 {
                moved
            } else {
                moved.reshape(joined(&lead, &[flat(places), x.shape().last()]))
            }
        };
        let (q, k, v) = (matrices(query, &queries), matrices(key, &keys), matrices(value, &keys));
        let mut scores = (q * self.scale).matmul_with(false, k, true);
        if self.axes.len() != 1 {
            scores = scores.reshape(joined(&joined(&lead, &queries), &keys));
        }
        let mask = mask.map(|mask| {
            let at = -2 * self.axes.len() as isize - 1;
            (mask.rank()..scores.rank()).fold(mask, |mask, _| mask.expand_dims(at))
        });
        // Keras has two ways, which differ where a mask leaves no value at all: the mean of all, or 0.
        let weights = match mask {
            Some(mask) if self.dropout == 0.0 && !returned && rank == 4 => {
                mask.select(scores, LEFT_OUT).softmax(-1)
            }
            mask => {
                let axes: Vec<isize> = (1..=self.axes.len()).map(|axis| -(axis as isize)).collect();
                masked_softmax(scores, mask, &axes)
            }
        };
        let dropped = drop(cx, weights, self.dropout, self.seed, weights.shape());
        let rows = if self.axes.len() == 1 {
            dropped
        } else {
            dropped.reshape(joined(&lead, &[flat(&queries), flat(&keys)]))
        };
        let mut y = rows.matmul(v);
        if self.axes.len() != 1 {
            y = y.reshape(joined(&joined(&lead, &queries), &[value.shape().last()]));
        }
        let mut back = vec![0; rank];
        for (to, from) in order.iter().enumerate() {
            back[*from] = to;
        }
        let scores = returned.then_some((weights, mask));
        Ok(Attended { y: y.transpose(&back), scores })
    }

    fn lengths(&self, x: Var<'_>) -> Vec<Dim> {
        self.axes.iter().map(|axis| x.shape()[*axis]).collect()
    }
}

fn joined(a: &[Dim], b: &[Dim]) -> Vec<Dim> {
    [a, b].concat()
}

fn flat(dims: &[Dim]) -> Dim {
    dims.iter().copied().product()
}
