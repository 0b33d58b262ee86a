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

/// How a reduction is cut into tasks: into so many parts of each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Parts of the outer axis.
    pub outer: usize,
    /// Parts of the reduced axis, each with partial results of its own.
    pub reduced: usize,
    /// Parts of the inner axis.
    pub inner: usize,
}

/// Instructions' worth of work that pays for a task: about 30 µs.
const TASK_COST: usize = 1 << 19;

/// The most tasks a reduction is cut into.
const MAX_TASKS: usize = 64;

/// Elements a part of the inner axis has at least, for it is visited once for each reduced element.
const INNER_PART: usize = 1024;

/// Reduced elements for each part of the reduced axis, at least: partial results must be few beside what they sum up.
const REDUCED_PART: usize = 16;

impl Cut {
    /// The cut for work of `cost` an element: a matter of shape and program alone.
    pub fn new(layout: Layout, cost: usize) -> Cut {
        let total = layout.results().saturating_mul(layout.reduced).saturating_mul(cost);
        let tasks = (total / TASK_COST).clamp(1, MAX_TASKS);
        let outer = tasks.min(layout.outer.max(1));
        let rest = tasks / outer;
        let reduced = rest.min(layout.reduced / REDUCED_PART).max(1);
        let inner = rest.min(layout.inner / INNER_PART).max(1);
        // Parts of the inner axis need no partial results; a cut along both would visit short ranges.
        if inner >= reduced { Cut { outer, reduced: 1, inner } } else { Cut { outer, reduced, inner: 1 } }
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
    let identity = match kind {
        Reduction::Sum | Reduction::Mean => 0.0,
        Reduction::Max => f32::NEG_INFINITY,
        Reduction::Min => f32::INFINITY,
    };
    let partials = if cut.reduced > 1 { &mut scratch[..cut.scratch_len(layout)] } else { &mut results[..] };
    partials.fill(identity);
    let partial = Shared(partials.as_mut_ptr());
    let inputs = Addresses(inputs);
    // What one visit sweeps over. Results must not depend on which rows stand beside theirs, so the tiles of
    // a visit hold whole rows or, of rows longer than one, parts cut from the row's start on.
    let rows_at_once = match (cut.reduced, cut.inner, inner) {
        (1, 1, 1) => (program.tile() / reduced.max(1)).max(1),
        (1, 1, _) => outer.max(1),
        _ => 1,
    };
    for_each_task(cut.outer * cut.reduced * cut.inner, |task| {
        let (part, strip) = (task / cut.inner % cut.reduced, task % cut.inner);
        let steps = share(reduced, cut.reduced, part);
        let columns = share(inner, cut.inner, strip);
        let rows = share(outer, cut.outer, task / (cut.inner * cut.reduced));
        for first in rows.clone().step_by(rows_at_once) {
            let last = (first + rows_at_once).min(rows.end);
            let base = first * inner + columns.start;
            // Whole rows lie side by side, results as well; of a part there is one row.
            let results_here = (last - first - 1) * inner + columns.len();
            // SAFETY: tasks own disjoint pieces of the partial results.
            let sums = unsafe {
                let piece = partial.get().add(part * layout.results() + base);
                std::slice::from_raw_parts_mut(piece, results_here)
            };
            let mut sink = Accumulate { kind, program, layout, base, sums };
            if cut.inner > 1 {
                for step in steps.clone() {
                    let from = (first * reduced + step) * inner;
                    let range = from + columns.start..from + columns.end;
                    // SAFETY: passed on from the caller.
                    unsafe { map::visit(program, inputs.get(), range, &mut sink) };
                }
            } else {
                let end = (last - 1) * reduced + steps.end;
                let range = (first * reduced + steps.start) * inner..end * inner;
                // SAFETY: passed on from the caller.
                unsafe { map::visit(program, inputs.get(), range, &mut sink) };
            }
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
    layout: Layout,
    /// The result that the first of `sums` is.
    base: usize,
    sums: &'a mut [f32],
}

impl Sink<f32> for Accumulate<'_> {
    fn tile(&mut self, start: usize, registers: &Registers<f32>) {
        let values = self.program.result(registers);
        accumulate(simd::level(), self.kind, values, start, self.layout, self.base, self.sums);
    }
}

multiversion! {
    /// Combines a tile that starts at element `start` with the results from number `base` on.
    fn accumulate<const FMA: bool>(
        kind: Reduction,
        values: &[f32],
        start: usize,
        layout: Layout,
        base: usize,
        sums: &mut [f32],
    ) {
        let Layout { reduced, inner, .. } = layout;
        let (mut step, mut column) = (start / inner, start % inner);
        let mut at = 0;
        while at < values.len() {
            let row = step / reduced;
            if inner == 1 {
                let run = ((row + 1) * reduced - step).min(values.len() - at);
                let folded = fold(kind, &values[at..at + run]);
                let slot = row - base;
                combine(kind, &mut sums[slot..=slot], &[folded]);
                (at, step) = (at + run, step + run);
            } else {
                let run = (inner - column).min(values.len() - at);
                let slot = row * inner + column - base;
                combine(kind, &mut sums[slot..slot + run], &values[at..at + run]);
                (at, step, column) = (at + run, step + 1, 0);
            }
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
    if values.len() < LANES {
        return values.iter().fold(identity, |folded, value| one(kind, folded, *value));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_a_reduction_covers_it_once() {
        for (outer, reduced, inner) in [
            (1, 1, 1),
            (5, 3, 2),
            (1, 4000, 7),
            (3, 40, 5000),
            (2, 5, 3000),
            (4, 257, 1),
            (70, 33, 1),
            (0, 3, 2),
        ] {
            let layout = Layout { outer, reduced, inner };
            // Whole numbers, so that the order of sums does not matter.
            let values: Vec<f32> =
                (0..outer * reduced * inner).map(|at| (at * 37 % 101) as f32 - 50.0).collect();
            let program = Program::identity();
            let address: Address = values.as_ptr().cast_mut().cast();
            for cost in [1, 1 << 6, 1 << 12, 1 << 20] {
                let cut = Cut::new(layout, cost);
                let (mut results, mut scratch) =
                    (vec![0.0; layout.results()], vec![0.0; cut.scratch_len(layout)]);
                for kind in [Reduction::Sum, Reduction::Max, Reduction::Min] {
                    // SAFETY: the values are as many as the layout says, and nothing writes them.
                    unsafe { reduce(kind, &program, &[address], layout, cut, &mut results, &mut scratch) };
                    for (at, result) in results.iter().enumerate() {
                        let element = |step| values[(at / inner * reduced + step) * inner + at % inner];
                        let all = (0..reduced).map(element);
                        let want = all.reduce(|a, b| one(kind, a, b)).unwrap_or_default();
                        assert_eq!(*result, want, "{kind:?} {at} of {layout:?} by {cut:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn big_reductions_are_cut_along_the_axis_that_has_room() {
        let cut = |outer, reduced, inner| Cut::new(Layout { outer, reduced, inner }, 4);
        assert_eq!(cut(32, 10, 1), Cut { outer: 1, reduced: 1, inner: 1 });
        assert_eq!(cut(10_000, 1000, 1), Cut { outer: 64, reduced: 1, inner: 1 });
        assert_eq!(cut(1, 10_000, 512), Cut { outer: 1, reduced: 39, inner: 1 });
        assert_eq!(cut(1, 128, 100_000), Cut { outer: 1, reduced: 1, inner: 64 });
        assert_eq!(cut(4, 10, 1_000_000), Cut { outer: 4, reduced: 1, inner: 16 });
    }

    #[test]
    fn a_row_sums_to_the_same_bits_wherever_it_stands() {
        let program = Program::identity();
        for reduced in [1, 10, 15, 16, 17, 100, 255, 256, 257, 1000] {
            let row: Vec<f32> = (0..reduced).map(|at| (at as f32 * 0.7).sin()).collect();
            let sums = |rows: usize| {
                let (values, layout) = (row.repeat(rows), Layout { outer: rows, reduced, inner: 1 });
                let mut results = vec![0.0; rows];
                let cut = Cut::new(layout, 1);
                // SAFETY: the values are as many as the layout says, and nothing writes them.
                unsafe {
                    reduce(
                        Reduction::Sum,
                        &program,
                        &[values.as_ptr().cast_mut().cast()],
                        layout,
                        cut,
                        &mut results,
                        &mut [],
                    );
                }
                results
            };
            let alone = sums(1)[0].to_bits();
            assert!(sums(300).iter().all(|sum| sum.to_bits() == alone), "rows of {reduced}");
        }
    }
}
