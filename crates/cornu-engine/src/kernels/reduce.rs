//! Reductions of what an elementwise program computes, in parts that no number of threads changes.

use super::map::{self, Address, Program, Registers, Sink};
use super::parallel::for_each_task;
use super::simd::{self, multiversion};
use crate::scalar::Reduction;

/// A tensor seen as `outer x reduced x inner`, the middle axis being summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Elements of the axes before the reduced ones.
    pub outer: usize,
    /// Elements of the reduced axes.
    pub reduced: usize,
    /// Elements of the axes after.
    pub inner: usize,
}

impl Layout {
    /// Elements of the result.
    pub fn results(self) -> usize {
        self.outer * self.inner
    }
}

/// How a reduction is cut into tasks: along the outer axis, or along the reduced one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Parts of the outer axis.
    pub outer: usize,
    /// Parts of the reduced axis, each with partial results of its own.
    pub reduced: usize,
}

/// Instructions' worth of work that pays for a task: about 30 µs.
const TASK_COST: usize = 1 << 19;

impl Cut {
    /// The cut for work of `cost` an element: a matter of shape and program alone.
    pub fn new(layout: Layout, cost: usize) -> Cut {
        let total = layout.results().saturating_mul(layout.reduced).saturating_mul(cost);
        let tasks = (total / TASK_COST).clamp(1, 64);
        if layout.outer >= tasks {
            Cut { outer: tasks, reduced: 1 }
        } else {
            Cut { outer: 1, reduced: tasks.min(layout.reduced.max(1)) }
        }
    }

    /// Floats of scratch the cut needs for partial results.
    pub fn scratch_len(self, layout: Layout) -> usize {
        if self.reduced > 1 { self.reduced * layout.results() } else { 0 }
    }
}

/// Reduces the values of `program` into `results`, with `scratch` for partial results.
///
/// # Safety
/// As for [`map::run`], for the program's inputs; `results` and `scratch` must not overlap them.
pub unsafe fn reduce(
    kind: Reduction,
    program: &Program,
    inputs: &[Address],
    layout: Layout,
    cut: Cut,
    results: &mut [f32],
    scratch: &mut [f32],
) {
    let Layout { outer, reduced, inner } = layout;
    let row = reduced * inner;
    let identity = match kind {
        Reduction::Sum | Reduction::Mean => 0.0,
        Reduction::Max => f32::NEG_INFINITY,
        Reduction::Min => f32::INFINITY,
    };
    let partials = if cut.reduced > 1 { &mut *scratch } else { &mut *results };
    partials.fill(identity);
    let partial = Shared(partials.as_mut_ptr());
    let inputs = Addresses(inputs);
    for_each_task(cut.outer * cut.reduced, |task| {
        let (part, rows) = (task % cut.reduced, share(outer, cut.outer, task / cut.reduced));
        let columns = share(reduced, cut.reduced, part);
        for at in rows {
            // SAFETY: parts and outer rows own disjoint pieces of the partial results.
            let sums = unsafe {
                let first = part * layout.results() + at * inner;
                std::slice::from_raw_parts_mut(partial.get().add(first), inner)
            };
            let range = at * row + columns.start * inner..at * row + columns.end * inner;
            // SAFETY: passed on from the caller.
            unsafe {
                map::visit(program, inputs.get(), range, &mut Accumulate { kind, program, inner, sums })
            };
        }
    });
    if cut.reduced > 1 {
        results.copy_from_slice(&scratch[..layout.results()]);
        for part in scratch.chunks_exact(layout.results().max(1)).take(cut.reduced).skip(1) {
            combine(kind, results, part);
        }
    }
    if kind == Reduction::Mean {
        let count = reduced as f32;
        results.iter_mut().for_each(|result| *result /= count);
    }
}

/// A pointer that tasks may share: each writes elements of its own.
struct Shared(*mut f32);

impl Shared {
    fn get(&self) -> *mut f32 {
        self.0
    }
}

// SAFETY: the tasks that share it write disjoint elements.
unsafe impl Sync for Shared {}

/// Addresses that tasks may share: they only read there.
struct Addresses<'a>(&'a [Address]);

impl Addresses<'_> {
    fn get(&self) -> &[Address] {
        self.0
    }
}

// SAFETY: the tasks that share them only read.
unsafe impl Sync for Addresses<'_> {}

/// Part `index` of `parts` even parts of `0..length`.
fn share(length: usize, parts: usize, index: usize) -> std::ops::Range<usize> {
    length * index / parts..length * (index + 1) / parts
}

struct Accumulate<'a> {
    kind: Reduction,
    program: &'a Program,
    inner: usize,
    sums: &'a mut [f32],
}

impl Sink<f32> for Accumulate<'_> {
    fn tile(&mut self, start: usize, registers: &Registers<f32>) {
        accumulate(simd::level(), self.kind, self.program.result(registers), start, self.inner, self.sums);
    }
}

multiversion! {
    /// Combines a tile that starts at element `start` with the sums of its columns.
    fn accumulate<const FMA: bool>(kind: Reduction, values: &[f32], start: usize, inner: usize, sums: &mut [f32]) {
        if inner == 1 {
            let folded = fold(kind, values);
            combine(kind, sums, &[folded]);
            return;
        }
        let (mut at, mut column) = (0, start % inner);
        while at < values.len() {
            let run = (inner - column).min(values.len() - at);
            combine(kind, &mut sums[column..column + run], &values[at..at + run]);
            (at, column) = (at + run, 0);
        }
    }
}

#[inline(always)]
fn one(kind: Reduction, a: f32, b: f32) -> f32 {
    match kind {
        Reduction::Sum | Reduction::Mean => a + b,
        // NaN on either side is the result.
        Reduction::Max => {
            if a > b || a.is_nan() {
                a
            } else {
                b
            }
        }
        Reduction::Min => {
            if a < b || a.is_nan() {
                a
            } else {
                b
            }
        }
    }
}

#[inline(always)]
fn combine(kind: Reduction, sums: &mut [f32], values: &[f32]) {
    let apply = |sums: &mut [f32], kind: Reduction| {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = one(kind, *sum, *value);
        }
    };
    match kind {
        Reduction::Sum | Reduction::Mean => apply(sums, Reduction::Sum),
        Reduction::Max => apply(sums, Reduction::Max),
        Reduction::Min => apply(sums, Reduction::Min),
    }
}

/// All values combined, in lanes so that the loop vectorises; the order is the same everywhere.
#[inline(always)]
pub(super) fn fold(kind: Reduction, values: &[f32]) -> f32 {
    const LANES: usize = 16;
    let Some((&first, _)) = values.split_first() else { return 0.0 };
    let identity = if matches!(kind, Reduction::Sum | Reduction::Mean) { 0.0 } else { first };
    let mut lanes = [identity; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        combine(kind, &mut lanes, chunk);
    }
    combine(kind, &mut lanes[..rest.len()], rest);
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for at in 0..width {
            lanes[at] = one(kind, lanes[at], lanes[at + width]);
        }
    }
    lanes[0]
}
