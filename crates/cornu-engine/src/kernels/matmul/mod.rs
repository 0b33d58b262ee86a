//! The product of two matrices.
//!
//! C\[m, n\] = A\[m, k\] · B\[k, n\]. The rows of C are cut into strips as tall as the register file allows; a strip
//! is computed tile by tile, each tile held in registers over a run of `k`. Both operands are read where they lie
//! while that is fast, else copied once into the order the tiles want (the scheme of Goto and van de Geijn, "Anatomy
//! of high-performance matrix multiplication", 2008). The sum behind an element of C always runs over `k` in the
//! same order: neither the threads nor the cut into tasks can change a bit of it.

mod pack;
mod row;
mod tile;
mod vector;
mod view;

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::parallel::{for_each_task, share};
use super::simd::Level;
use pack::{Left, Right};
use tile::{Kernels, MAX_ROWS, Strip};
pub use view::{Block, MatMut, MatRef};

/// The longest run of `k` a tile is kept in registers for: two registers' width of B over it fills half a first
/// level cache.
const RUN: usize = 512;
/// Floating point operations worth a task of their own: about 30 µs.
const TASK_FLOPS: usize = 4 << 20;
/// The most tasks a product is cut into.
const MAX_TASKS: usize = 64;
/// Columns of B whose run of `k` still leaves room in a second level cache.
const TASK_COLS: usize = 512;
/// Fewer rows than these make flat strips, fewer columns make short ones.
const MIN_TASK_ROWS: usize = 48;
const MIN_TASK_COLS: usize = 64;
/// Elements of C handed over at once while they are hot.
const DONE_ELEMENTS: usize = 4096;

/// How many floats of scratch [`gemm`] needs for C\[m, n\] = A\[m, k\] · B\[k, n\].
///
/// `a_transposed` and `b_transposed` say that the columns of the operand, not its rows, are contiguous (`a.t()` of
/// a plain matrix).
pub fn scratch_len(m: usize, k: usize, n: usize, a_transposed: bool, b_transposed: bool) -> usize {
    if m <= 1 || n <= 1 {
        return 0;
    }
    let a = if packs_a(m, k, n, a_transposed) { k.saturating_mul(m) } else { 0 };
    // The widest panel of any level, and what aligning the first to a cache line may skip.
    let b = if packs_b(m, k, n, b_transposed) { k.saturating_mul(n.next_multiple_of(32)) } else { 0 };
    if b > 0 { a.saturating_add(b).saturating_add(16) } else { a }
}

/// Whether A is copied into strips first: walking down a tall transposed matrix, every step is on a page of its
/// own, and there are more of them than a processor remembers the addresses of.
fn packs_a(m: usize, k: usize, n: usize, transposed: bool) -> bool {
    transposed && k >= 512 && m >= 128 && n >= 128
}

/// Whether B is copied into panels first: because it must be, or because enough rows read them.
fn packs_b(m: usize, k: usize, n: usize, transposed: bool) -> bool {
    transposed || (m >= 192 && k.saturating_mul(n) >= 1 << 16)
}

/// C = A · B, or C += A · B if `accumulate`.
///
/// `scratch` holds at least [`scratch_len`] floats; nothing is allocated. `done` gets every element of C exactly
/// once, in finished blocks, from the thread that computed them.
///
/// Runs on the threads of the current rayon pool if there is enough to do; the bits of the result depend on
/// neither their number nor the cut.
///
/// ```
/// use cornu_engine::kernels::matmul::{MatMut, MatRef, gemm};
/// use cornu_engine::kernels::simd::level;
///
/// let (x, weights, bias) = ([1.0, 2.0], [1.0, 0.0, -1.0, 0.0, 1.0, 1.0], [0.5, 0.5, 0.5]);
/// let mut y = [0.0; 3];
/// let (x, weights) = (MatRef::new(&x, 1, 2), MatRef::new(&weights, 2, 3));
/// gemm(level(), x, weights, MatMut::new(&mut y, 1, 3), false, &mut [], &|mut block| {
///     for row in block.rows() {
///         let bias = &bias[block.cols()];
///         block.row_mut(row).iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
///     }
/// });
/// assert_eq!(y, [1.5, 2.5, 1.5]);
/// ```
///
/// # Panics
///
/// If the shapes do not fit one another, or `scratch` is too short.
pub fn gemm(
    level: Level,
    a: MatRef<'_>,
    b: MatRef<'_>,
    c: MatMut<'_>,
    accumulate: bool,
    scratch: &mut [f32],
    done: &(dyn Fn(Block<'_>) + Sync),
) {
    let (m, k, n) = (a.rows, a.cols, b.cols);
    assert!(
        b.rows == k && c.rows == m && c.cols == n,
        "[{m}, {k}] times [{}, {n}] into [{}, {}]",
        b.rows,
        c.rows,
        c.cols
    );
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        return empty_sums(c, accumulate, done);
    }
    let kernels = tile::kernels(level);
    let target = Target { data: c.data.as_mut_ptr(), row_stride: c.row_stride, accumulate, done };
    if m == 1 {
        return row::product(kernels, &a, &b, 1, &target, |cols| (0..1, cols));
    }
    if n == 1 {
        // A single column is a single row of the transposed product.
        return row::product(kernels, &b.t(), &a.t(), c.row_stride, &target, |rows| (rows, 0..1));
    }

    let (a_transposed, b_transposed) = (a.col_stride != 1, b.col_stride != 1);
    let needed = scratch_len(m, k, n, a_transposed, b_transposed);
    assert!(scratch.len() >= needed, "{needed} floats of scratch are needed, got {}", scratch.len());
    let width = 2 * kernels.lanes;
    let height = m.div_ceil(m.div_ceil(kernels.rows));
    let (a_scratch, b_scratch) = scratch.split_at_mut(if packs_a(m, k, n, a_transposed) { k * m } else { 0 });
    let a = if a_scratch.is_empty() { Left::InPlace(a) } else { pack::strips(&a, height, a_scratch) };
    let b = if packs_b(m, k, n, b_transposed) {
        let skip = b_scratch.as_ptr().align_offset(64).min(16);
        pack::panels(kernels, &b, &mut b_scratch[skip..])
    } else {
        Right { data: b.data, step: b.row_stride, panel: width, padded: false }
    };
    let product = Product { kernels, a, b, target, height, k, n };
    let (row_tasks, col_tasks) = cut(m, k, n);
    for_each_task(row_tasks * col_tasks, |task| {
        let rows = share(m, height, row_tasks, task / col_tasks);
        let cols = share(n, width, col_tasks, task % col_tasks);
        product.run(rows, cols);
    });
}

/// C where there is nothing to sum.
fn empty_sums(c: MatMut<'_>, accumulate: bool, done: &(dyn Fn(Block<'_>) + Sync)) {
    // SAFETY: C is borrowed for as long as the block lives.
    let mut block = unsafe { Block::new(c.data.as_mut_ptr(), c.row_stride, 0..c.rows, 0..c.cols) };
    if !accumulate {
        block.rows().for_each(|row| block.row_mut(row).fill(0.0));
    }
    done(block);
}

/// Rows and columns are cut into how many tasks: a matter of the shape alone.
fn cut(m: usize, k: usize, n: usize) -> (usize, usize) {
    let tasks = (2 * m * k * n / TASK_FLOPS).clamp(1, MAX_TASKS).next_power_of_two();
    let col_runs = n.div_ceil(TASK_COLS);
    let row_tasks = tasks.min(1 << (m / MIN_TASK_ROWS).max(1).ilog2());
    let col_tasks = col_runs.max((tasks / row_tasks).min(n / MIN_TASK_COLS));
    (row_tasks, col_tasks.max(1))
}

/// Where a product goes.
struct Target<'a> {
    data: *mut f32,
    row_stride: usize,
    accumulate: bool,
    done: &'a (dyn Fn(Block<'_>) + Sync),
}

// SAFETY: every task writes, and hands over, elements of its own.
unsafe impl Sync for Target<'_> {}

impl Target<'_> {
    /// Hands over a part of C.
    ///
    /// # Safety
    ///
    /// The part is finished, is inside C, and no other task touches it.
    unsafe fn finish(&self, rows: Range<usize>, cols: Range<usize>) {
        // SAFETY: passed on to the caller.
        (self.done)(unsafe { Block::new(self.data, self.row_stride, rows, cols) });
    }
}

/// What all tasks of a product share.
struct Product<'a> {
    kernels: &'static Kernels,
    a: Left<'a>,
    b: Right<'a>,
    target: Target<'a>,
    /// Rows of a strip.
    height: usize,
    k: usize,
    n: usize,
}

impl Product<'_> {
    /// Computes and hands over a part of C; `rows` starts at a strip, `cols` at a panel.
    fn run(&self, rows: Range<usize>, cols: Range<usize>) {
        if rows.is_empty() || cols.is_empty() {
            return;
        }
        let runs = self.k.div_ceil(RUN);
        for run in 0..runs {
            let steps = share(self.k, 1, runs, run);
            let mut first_open = rows.start;
            for first in rows.clone().step_by(self.height) {
                let end = rows.end.min(first + self.height);
                self.strip(first..end, cols.clone(), steps.clone());
                let open = (end - first_open) * cols.len();
                if run + 1 == runs && (end == rows.end || open >= DONE_ELEMENTS) {
                    // SAFETY: these rows have seen all of `k`, and this task alone has these columns of them.
                    unsafe { self.target.finish(first_open..end, cols.clone()) };
                    first_open = end;
                }
            }
        }
    }

    /// Computes one strip over one run of `k`.
    fn strip(&self, rows: Range<usize>, cols: Range<usize>, steps: Range<usize>) {
        match &self.a {
            Left::Strips(strips) => {
                let first = &strips[rows.start * self.k + steps.start * rows.len()..];
                self.strip_from(first, 1, rows.len(), rows, cols, steps);
            }
            Left::InPlace(a) => {
                let first = &a.data[rows.start * a.row_stride + steps.start * a.col_stride..];
                if a.row_stride == 1 || a.col_stride == 1 || rows.len() == 1 {
                    self.strip_from(first, a.row_stride, a.col_stride, rows, cols, steps);
                } else {
                    self.strip_gathered(first, a, rows, cols, steps);
                }
            }
        }
    }

    /// Computes one strip from a copy of its part of A, whose rows and columns are both apart.
    #[inline(never)]
    fn strip_gathered(
        &self,
        first: &[f32],
        a: &MatRef<'_>,
        rows: Range<usize>,
        cols: Range<usize>,
        steps: Range<usize>,
    ) {
        let mut copy = [0.0; MAX_ROWS * RUN];
        for (i, row) in copy.chunks_exact_mut(RUN).take(rows.len()).enumerate() {
            for (p, to) in row[..steps.len()].iter_mut().enumerate() {
                *to = first[i * a.row_stride + p * a.col_stride];
            }
        }
        self.strip_from(&copy, RUN, 1, rows, cols, steps);
    }

    /// Computes one strip, the part of A it needs starting at `a`.
    fn strip_from(
        &self,
        a: &[f32],
        a_row: usize,
        a_step: usize,
        rows: Range<usize>,
        cols: Range<usize>,
        steps: Range<usize>,
    ) {
        let width = 2 * self.kernels.lanes;
        debug_assert!(cols.start.is_multiple_of(width) && cols.end <= self.n);
        // SAFETY: the rows, columns and steps are inside A, B and C, no other task writes these elements of C, and
        // the kernels are of a level of this machine.
        unsafe {
            (self.kernels.strip)(
                rows.len(),
                &Strip {
                    k: steps.len(),
                    a: a.as_ptr(),
                    a_row,
                    a_step,
                    b: self.b.data[cols.start / width * self.b.panel + steps.start * self.b.step..].as_ptr(),
                    b_step: self.b.step,
                    b_panel: self.b.panel,
                    b_padded: self.b.padded,
                    c: self.target.data.add(rows.start * self.target.row_stride + cols.start),
                    c_row: self.target.row_stride,
                    cols: cols.len(),
                    accumulate: self.target.accumulate || steps.start > 0,
                },
            );
        }
    }
}
