//! Functions of whole rows: softmax and its kin, cross-entropy, the largest element's index.

use super::math;
use super::parallel::for_each_task;
use super::reduce::fold;
use super::shared::Output;
use super::simd::{self, multiversion};
use crate::scalar::Reduction;

/// Elements of a row whose powers are summed at a time.
const PART: usize = 128;

/// Elements whose powers are computed in one loop.
const BLOCK: usize = 1024;

/// Elements that pay for a task.
const TASK_ELEMENTS: usize = 1 << 15;

/// Calls `rows` with runs of whole rows of `x`, of `width` elements, and what belongs to them in `y`, of which
/// each row has `y.len() / count`; and with the number of the first of those rows.
fn for_each_run<T: Send>(
    x: &[f32],
    width: usize,
    y: &mut [T],
    rows: impl Fn(usize, &[f32], &mut [T]) + Sync,
) {
    if width == 0 || x.is_empty() {
        return;
    }
    let count = x.len() / width;
    let (per_task, per_row) = ((TASK_ELEMENTS / width).max(1), y.len() / count);
    let to = Output::new(y);
    for_each_task(count.div_ceil(per_task), |task| {
        let (first, last) = (task * per_task, ((task + 1) * per_task).min(count));
        // SAFETY: tasks own disjoint rows of `y`.
        let y = unsafe { to.part(first * per_row, (last - first) * per_row) };
        rows(first, &x[first * width..last * width], y);
    });
}

multiversion! {
    fn softmax_rows<const FMA: bool>(x: &[f32], y: &mut [f32], width: usize) {
        // All powers of several short rows in one loop, for a loop over ten elements is no vector code.
        let block = (BLOCK / width).max(1) * width;
        for (x, y) in x.chunks(block).zip(y.chunks_mut(block)) {
            for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
                let best = fold(Reduction::Max, x);
                for (y, x) in y.iter_mut().zip(x) {
                    *y = x - best;
                }
            }
            y.iter_mut().for_each(|y| *y = math::exp::<FMA>(*y));
            for y in y.chunks_exact_mut(width) {
                let scale = 1.0 / fold(Reduction::Sum, y);
                y.iter_mut().for_each(|y| *y *= scale);
            }
        }
    }
}

multiversion! {
    fn log_softmax_rows<const FMA: bool>(x: &[f32], y: &mut [f32], width: usize) {
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let best = fold(Reduction::Max, x);
            for (y, x) in y.iter_mut().zip(x) {
                *y = math::exp::<FMA>(x - best);
            }
            let shift = best + fold(Reduction::Sum, y).ln();
            for (y, x) in y.iter_mut().zip(x) {
                *y = x - shift;
            }
        }
    }
}

multiversion! {
    fn cross_entropy_rows<const FMA: bool>(x: &[f32], labels: &[i64], losses: &mut [f32], width: usize) {
        for ((row, label), loss) in x.chunks_exact(width).zip(labels).zip(losses) {
            let best = fold(Reduction::Max, row);
            let mut sum = 0.0;
            for part in row.chunks(PART) {
                let mut powers = [0.0; PART];
                let powers = &mut powers[..part.len()];
                for (power, x) in powers.iter_mut().zip(part) {
                    *power = math::exp::<FMA>(x - best);
                }
                sum += fold(Reduction::Sum, powers);
            }
            *loss = labelled(row, *label).map_or(f32::NAN, |logit| sum.ln() + best - logit);
        }
    }
}

/// The element of a row that an integer label names, if there is one.
#[inline(always)]
fn labelled(row: &[f32], label: i64) -> Option<f32> {
    usize::try_from(label).ok().and_then(|label| row.get(label)).copied()
}

/// Softmax of each row.
pub fn softmax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_run(x, width, y, |_, x, y| softmax_rows(simd::level(), x, y, width));
}

/// Logarithm of the softmax of each row.
pub fn log_softmax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_run(x, width, y, |_, x, y| log_softmax_rows(simd::level(), x, y, width));
}

/// The Euclidean projection of each row onto the simplex (Martins and Astudillo 2016, algorithm 1).
pub fn sparsemax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_run(x, width, y, |_, x, y| {
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            // The result's row serves as the sorted copy first.
            y.copy_from_slice(x);
            y.sort_unstable_by(|a, b| b.total_cmp(a));
            let (mut sum, mut threshold) = (0.0, 0.0);
            for (at, value) in y.iter().enumerate() {
                sum += value;
                let support = (at + 1) as f32;
                if 1.0 + support * value > sum {
                    threshold = (sum - 1.0) / support;
                }
            }
            for (y, x) in y.iter_mut().zip(x) {
                *y = (x - threshold).max(0.0);
            }
        }
    });
}

/// `logsumexp(row) - row[label]` for each row. A label outside the row gives NaN: labels are checked
/// where data enters.
pub fn sparse_cross_entropy(logits: &[f32], labels: &[i64], losses: &mut [f32], width: usize) {
    for_each_run(logits, width, losses, |first, x, losses| {
        cross_entropy_rows(simd::level(), x, &labels[first..], losses, width);
    });
}

/// The index of the first largest element of each row. NaN is larger than nothing (as in TensorFlow's
/// `argmax`); where no element is larger than minus infinity the index is 0.
pub fn argmax(x: &[f32], indices: &mut [i64], width: usize) {
    for_each_run(x, width, indices, |_, x, indices| {
        for (row, index) in x.chunks_exact(width).zip(indices) {
            let (mut best, mut largest) = (0, f32::NEG_INFINITY);
            for (at, value) in row.iter().enumerate() {
                if *value > largest {
                    (best, largest) = (at, *value);
                }
            }
            *index = best as i64;
        }
    });
}

/// Whether fewer than `k` elements of each row exceed the labelled one, all being finite numbers
/// (TensorFlow's `in_top_k`).
pub fn in_top_k(scores: &[f32], labels: &[i64], k: usize, within: &mut [u8], width: usize) {
    for_each_run(scores, width, within, |first, scores, within| {
        for ((row, label), within) in scores.chunks_exact(width).zip(&labels[first..]).zip(within) {
            let inside = labelled(row, *label).is_some_and(|target| {
                row.iter().all(|score| score.is_finite())
                    && row.iter().filter(|score| **score > target).count() < k
            });
            *within = u8::from(inside);
        }
    });
}
