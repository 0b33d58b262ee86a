//! Functions of whole rows: softmax and its kin, cross-entropy, the largest element's index.

use super::math;
use super::parallel::for_each_task;
use super::reduce::fold;
use super::simd::{self, multiversion};
use crate::scalar::Reduction;

/// Elements that pay for a task.
const TASK_ELEMENTS: usize = 1 << 15;

/// Calls `row` with each row of `x` and of `y`, in tasks of whole rows.
fn for_each_row(x: &[f32], y: &mut [f32], width: usize, rows: impl Fn(&[f32], &mut [f32]) + Sync) {
    if width == 0 || x.is_empty() {
        return;
    }
    let chunk = (TASK_ELEMENTS / width).max(1) * width;
    let tasks = x.len().div_ceil(chunk);
    let to = Output(y.as_mut_ptr());
    for_each_task(tasks, |task| {
        let range = task * chunk..((task + 1) * chunk).min(x.len());
        // SAFETY: tasks own disjoint ranges of `y`, which is as long as `x`.
        let y = unsafe { std::slice::from_raw_parts_mut(to.get().add(range.start), range.len()) };
        rows(&x[range], y);
    });
}

/// A pointer that tasks may share: each writes elements of its own.
struct Output(*mut f32);

impl Output {
    fn get(&self) -> *mut f32 {
        self.0
    }
}

// SAFETY: the tasks that share it write disjoint elements.
unsafe impl Sync for Output {}

multiversion! {
    fn softmax_rows<const FMA: bool>(x: &[f32], y: &mut [f32], width: usize) {
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let best = fold(Reduction::Max, x);
            for (y, x) in y.iter_mut().zip(x) {
                *y = math::exp::<FMA>(x - best);
            }
            let scale = 1.0 / fold(Reduction::Sum, y);
            y.iter_mut().for_each(|y| *y *= scale);
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
    fn exp_sum<const FMA: bool>(row: &[f32], best: f32) -> f32 {
        let mut sum = 0.0;
        for x in row {
            sum += math::exp::<FMA>(x - best);
        }
        sum
    }
}

/// Softmax of each row.
pub fn softmax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_row(x, y, width, |x, y| softmax_rows(simd::level(), x, y, width));
}

/// Logarithm of the softmax of each row.
pub fn log_softmax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_row(x, y, width, |x, y| log_softmax_rows(simd::level(), x, y, width));
}

/// The Euclidean projection of each row onto the simplex (Martins and Astudillo 2016, algorithm 1).
pub fn sparsemax(x: &[f32], y: &mut [f32], width: usize) {
    for_each_row(x, y, width, |x, y| {
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
    for ((row, label), loss) in logits.chunks_exact(width.max(1)).zip(labels).zip(losses) {
        let best = fold(Reduction::Max, row);
        let sum = exp_sum(simd::level(), row, best);
        let logit = usize::try_from(*label).ok().and_then(|label| row.get(label)).copied();
        *loss = logit.map_or(f32::NAN, |logit| sum.ln() + best - logit);
    }
}

/// The index of the first largest element of each row.
pub fn argmax(x: &[f32], indices: &mut [i64], width: usize) {
    for (row, index) in x.chunks_exact(width.max(1)).zip(indices) {
        let mut best = 0;
        for (at, value) in row.iter().enumerate() {
            if *value > row[best] {
                best = at;
            }
        }
        *index = best as i64;
    }
}

/// Whether fewer than `k` elements of each row exceed the labelled one, which must be a finite number
/// (TensorFlow's `in_top_k`).
pub fn in_top_k(scores: &[f32], labels: &[i64], k: usize, within: &mut [u8], width: usize) {
    for ((row, label), within) in scores.chunks_exact(width.max(1)).zip(labels).zip(within) {
        let target = usize::try_from(*label).ok().and_then(|label| row.get(label)).copied();
        let inside = target.is_some_and(|target| {
            target.is_finite()
                && row.iter().all(|score| score.is_finite())
                && row.iter().filter(|score| **score > target).count() < k
        });
        *within = u8::from(inside);
    }
}
