//! The product of two matrices.
//!
//! C\[m, n\] = A\[m, k\] · B\[k, n\]. Rows of C are cut into strips as tall as the register file allows; a strip is
//! computed tile by tile, each tile held in registers over a run of `k`. B is read where it lies while that is
//! fast, else copied once into panels as wide as a tile (the scheme of Goto and van de Geijn, "Anatomy of
//! high-performance matrix multiplication", 2008). The sum behind an element of C always runs over `k` in the
//! same order: neither the threads nor the cut into tasks can change a bit of it.

mod tile;
mod vector;

#[cfg(test)]
mod tests;

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::parallel::for_each_task;
use super::simd::Level;
use tile::{Dots, Kernels, MAX_ROWS, Panel, Strip};

/// The longest run of `k` a tile is kept in registers for: two registers' width of B over it fills half a first
/// level cache.
const RUN: usize = 512;
/// Floating point operations worth a task of their own: about 30 µs.
const TASK_FLOPS: usize = 4 << 20;
/// The most tasks a product is cut into.
const MAX_TASKS: usize = 256;
/// Columns of B whose run of `k` still leaves room in a second level cache.
const TASK_COLS: usize = 512;
/// Fewer rows than these make flat strips, fewer columns make short ones.
const MIN_TASK_ROWS: usize = 24;
const MIN_TASK_COLS: usize = 64;
/// Bytes of a matrix worth a task when it meets a single vector: then memory is what takes the time.
const TASK_BYTES: usize = 2 << 20;
/// Elements of C handed over at once while they are hot.
const DONE_ELEMENTS: usize = 4096;

/// A matrix to read: `data[i * row_stride + j * col_stride]` is row `i`, column `j`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> MatRef<'a> {
    /// A matrix whose rows follow one another.
    ///
    /// # Panics
    ///
    /// If `data` is too short.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols, 1)
    }

    /// A matrix with any distance between rows and between columns; 0 repeats one of them.
    ///
    /// # Panics
    ///
    /// If `data` is too short.
    pub fn strided(data: &'a [f32], rows: usize, cols: usize, row_stride: usize, col_stride: usize) -> Self {
        let needed =
            if rows == 0 || cols == 0 { 0 } else { (rows - 1) * row_stride + (cols - 1) * col_stride + 1 };
        assert!(data.len() >= needed, "a {rows} x {cols} matrix needs {needed} floats, got {}", data.len());
        Self { data, rows, cols, row_stride, col_stride }
    }

    /// The transposed matrix; nothing moves.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
}

/// A matrix to write: row `i` is `data[i * row_stride..][..cols]`.
#[derive(Debug)]
pub struct MatMut<'a> {
    data: &'a mut [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
}

impl<'a> MatMut<'a> {
    /// A matrix whose rows follow one another.
    ///
    /// # Panics
    ///
    /// If `data` is too short.
    pub fn new(data: &'a mut [f32], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// A matrix with any distance of at least `cols` between rows.
    ///
    /// # Panics
    ///
    /// If `data` is too short, or the rows overlap.
    pub fn strided(data: &'a mut [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        let needed = if rows == 0 || cols == 0 { 0 } else { (rows - 1) * row_stride + cols };
        assert!(data.len() >= needed, "a {rows} x {cols} matrix needs {needed} floats, got {}", data.len());
        assert!(rows <= 1 || row_stride >= cols, "rows of {cols} floats, {row_stride} apart, overlap");
        Self { data, rows, cols, row_stride }
    }
}

/// A finished part of C, still hot in the cache: the one who gets it owns it.
#[derive(Debug)]
pub struct Block<'a> {
    data: *mut f32,
    row_stride: usize,
    rows: Range<usize>,
    cols: Range<usize>,
    owner: PhantomData<&'a mut [f32]>,
}

impl Block<'_> {
    /// Which rows of C.
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// Which columns of C.
    pub fn cols(&self) -> Range<usize> {
        self.cols.clone()
    }

    /// The columns [`Block::cols`] of row `row` of C.
    ///
    /// # Panics
    ///
    /// If the row is not one of [`Block::rows`].
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        assert!(self.rows.contains(&row), "row {row} is not in the block of rows {:?}", self.rows);
        let first = (row - self.rows.start) * self.row_stride;
        // SAFETY: a block owns its columns of its rows.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(first), self.cols.len()) }
    }

    /// The whole block, row after row, if its rows follow one another without a gap.
    pub fn as_contiguous_mut(&mut self) -> Option<&mut [f32]> {
        let (rows, cols) = (self.rows.len(), self.cols.len());
        // SAFETY: a block owns its columns of its rows, and there is nothing between them.
        (rows == 1 || self.row_stride == cols)
            .then(|| unsafe { std::slice::from_raw_parts_mut(self.data, rows * cols) })
    }
}

/// How many floats of scratch [`gemm`] needs for C\[m, n\] = A\[m, k\] · B\[k, n\].
///
/// `b_transposed` says that B's columns, not its rows, are contiguous (`B.t()` of a plain matrix).
pub fn scratch_len(m: usize, k: usize, n: usize, b_transposed: bool) -> usize {
    // The widest panel of any level, and what aligning the first to a cache line may skip.
    if m > 1 && n > 1 && packs(m, k, n, b_transposed) { k * n.next_multiple_of(32) + 16 } else { 0 }
}

/// Whether B, of more than one row of C, is copied into panels first.
fn packs(m: usize, k: usize, n: usize, b_transposed: bool) -> bool {
    b_transposed || (m >= 192 && k * n >= 1 << 16)
}

/// C = A · B, or C += A · B if `accumulate`.
///
/// `scratch` holds at least [`scratch_len`] floats; nothing is allocated. `done` gets every element of C exactly
/// once, in finished blocks of whole row segments, from the thread that computed them.
///
/// Runs on the threads of the current rayon pool if there is enough to do; the bits of the result depend on
/// neither their number nor the cut.
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
        return vector_product(kernels, &a, &b, 1, &target, |cols| (0..1, cols));
    }
    if n == 1 {
        // A single column is a single row of the transposed product.
        return vector_product(kernels, &b.t(), &a.t(), c.row_stride, &target, |rows| (rows, 0..1));
    }

    let packed = packs(m, k, n, b.col_stride != 1);
    let width = 2 * kernels.lanes;
    let b = if packed {
        assert!(
            scratch.len() >= scratch_len(m, k, n, true),
            "scratch of {} floats is too short",
            scratch.len()
        );
        let skip = scratch.as_ptr().align_offset(64).min(16);
        pack(kernels, &b, &mut scratch[skip..])
    } else {
        Operand { data: b.data.as_ptr(), step: b.row_stride, panel: width, padded: false }
    };
    let product = Product { kernels, a: &a, b, target, k, n };
    let (row_tasks, col_tasks) = cut(m, k, n);
    for_each_task(row_tasks * col_tasks, |task| {
        let rows = share(m, 1, row_tasks, task / col_tasks);
        let cols = share(n, width, col_tasks, task % col_tasks);
        product.run(rows, cols);
    });
}

/// C where there is nothing to sum.
fn empty_sums(c: MatMut<'_>, accumulate: bool, done: &(dyn Fn(Block<'_>) + Sync)) {
    let (rows, cols, row_stride) = (0..c.rows, 0..c.cols, c.row_stride);
    let mut block = Block { data: c.data.as_mut_ptr(), row_stride, rows, cols, owner: PhantomData };
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

/// The part `index` of `len` things, taken `unit` at a time and cut evenly into `parts`.
fn share(len: usize, unit: usize, parts: usize, index: usize) -> Range<usize> {
    let units = len.div_ceil(unit);
    let at = |index: usize| (units * index / parts * unit).min(len);
    at(index)..at(index + 1)
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
        // SAFETY: the part is inside C.
        let data = unsafe { self.data.add(rows.start * self.row_stride + cols.start) };
        (self.done)(Block { data, row_stride: self.row_stride, rows, cols, owner: PhantomData });
    }
}

/// B as the strips read it.
struct Operand {
    data: *const f32,
    /// Distance along `k`.
    step: usize,
    /// Distance between panels of two registers' width.
    panel: usize,
    padded: bool,
}

// SAFETY: B is only read.
unsafe impl Sync for Operand {}

/// Copies B into panels of two registers' width, each with all of `k`.
fn pack(kernels: &Kernels, b: &MatRef<'_>, scratch: &mut [f32]) -> Operand {
    struct Panels(*mut f32);
    // SAFETY: every task writes panels of its own.
    unsafe impl Sync for Panels {}

    let (k, n) = (b.rows, b.cols);
    let width = 2 * kernels.lanes;
    let count = n.div_ceil(width);
    assert!(scratch.len() >= count * k * width, "the panels fit the scratch");
    let panels = &Panels(scratch.as_mut_ptr());
    let tasks = (k * n * size_of::<f32>() / TASK_BYTES * 4).clamp(1, count.min(MAX_TASKS));
    for_each_task(tasks, |task| {
        for panel in share(count, 1, tasks, task) {
            let col = panel * width;
            // SAFETY: the panel's columns are inside B, its copy inside the scratch, and the level is the machine's.
            unsafe {
                (kernels.pack)(&Panel {
                    k,
                    b: b.data.as_ptr().add(col * b.col_stride),
                    b_row: b.row_stride,
                    b_col: b.col_stride,
                    cols: (n - col).min(width),
                    panel: panels.0.add(panel * k * width),
                });
            }
        }
    });
    Operand { data: panels.0, step: width, panel: k * width, padded: true }
}

/// What all tasks of a product share.
struct Product<'a> {
    kernels: &'static Kernels,
    a: &'a MatRef<'a>,
    b: Operand,
    target: Target<'a>,
    k: usize,
    n: usize,
}

impl Product<'_> {
    /// Computes and hands over a part of C; `cols` starts at a panel.
    fn run(&self, rows: Range<usize>, cols: Range<usize>) {
        if rows.is_empty() || cols.is_empty() {
            return;
        }
        let strips = rows.len().div_ceil(self.kernels.rows);
        let runs = self.k.div_ceil(RUN).max(1);
        for run in 0..runs {
            let steps = share(self.k, 1, runs, run);
            let mut first_open = rows.start;
            for strip in 0..strips {
                let part = share(rows.len(), 1, strips, strip);
                let part = rows.start + part.start..rows.start + part.end;
                let end = part.end;
                self.strip(part, cols.clone(), steps.clone());
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
        let a = self.a;
        let by_row = a.col_stride == 1;
        let by_column = a.row_stride == 1 || rows.len() == 1;
        // Rows a multiple of 2 KiB apart fall on one another in the first level cache.
        let colliding = by_row && rows.len() > 4 && a.row_stride.is_multiple_of(512) && cols.len() >= 128;
        if (by_row || by_column) && !colliding {
            // SAFETY: the strip is inside A.
            let first =
                unsafe { a.data.as_ptr().add(rows.start * a.row_stride + steps.start * a.col_stride) };
            self.strip_from(first, a.row_stride, a.col_stride, rows, cols, steps);
        } else {
            self.strip_copied(rows, cols, steps);
        }
    }

    /// Computes one strip from a copy of its part of A whose rows do not collide.
    #[inline(never)]
    fn strip_copied(&self, rows: Range<usize>, cols: Range<usize>, steps: Range<usize>) {
        const STRIDE: usize = RUN + 16;
        let mut copy = [const { MaybeUninit::<f32>::uninit() }; MAX_ROWS * STRIDE];
        let a = self.a;
        for (to, i) in copy.chunks_exact_mut(STRIDE).zip(rows.clone()) {
            let from = &a.data[i * a.row_stride + steps.start * a.col_stride..];
            if a.col_stride == 1 {
                for (to, &from) in to.iter_mut().zip(&from[..steps.len()]) {
                    to.write(from);
                }
            } else {
                for (p, to) in to[..steps.len()].iter_mut().enumerate() {
                    to.write(from[p * a.col_stride]);
                }
            }
        }
        self.strip_from(copy.as_ptr().cast(), STRIDE, 1, rows, cols, steps);
    }

    /// Computes one strip, the part of A it needs starting at `a`.
    fn strip_from(
        &self,
        a: *const f32,
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
                    a,
                    a_row,
                    a_step,
                    b: self.b.data.add(cols.start / width * self.b.panel + steps.start * self.b.step),
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

/// `y = x · B` for a row `x`, each element of B read once where it lies.
///
/// `y_stride` is the distance of the results in memory, `place` where the columns of `y` are in C.
fn vector_product(
    kernels: &Kernels,
    x: &MatRef<'_>,
    b: &MatRef<'_>,
    y_stride: usize,
    target: &Target<'_>,
    place: fn(Range<usize>) -> (Range<usize>, Range<usize>),
) {
    let (k, n) = (b.rows, b.cols);
    let pieces = k * n * size_of::<f32>() / TASK_BYTES;
    for_each_task(pieces.clamp(1, MAX_TASKS), |task| {
        let cols = share(n, 8 * kernels.lanes, pieces.clamp(1, MAX_TASKS), task);
        if cols.is_empty() {
            return;
        }
        let first = b.data[cols.start * b.col_stride..].as_ptr();
        // SAFETY: the columns are inside B and C, no other task writes them, and the kernels are of a level of this
        // machine.
        unsafe {
            let y = target.data.add(cols.start * y_stride);
            if (b.col_stride == 1 && y_stride == 1) || n == 1 {
                let strip = Strip {
                    k,
                    a: x.data.as_ptr(),
                    a_row: 1,
                    a_step: x.col_stride,
                    b: first,
                    b_step: b.row_stride,
                    b_panel: 2 * kernels.lanes,
                    b_padded: false,
                    c: y,
                    c_row: 0,
                    cols: cols.len(),
                    accumulate: target.accumulate,
                };
                (kernels.strip)(1, &strip);
            } else if (b.row_stride == 1 && x.col_stride == 1) || k == 1 {
                let dots = Dots {
                    k,
                    x: x.data.as_ptr(),
                    b: first,
                    b_col: b.col_stride,
                    y,
                    y_step: y_stride,
                    cols: cols.len(),
                    accumulate: target.accumulate,
                };
                (kernels.dots)(&dots);
            } else {
                for j in 0..cols.len() {
                    let terms = (0..k).map(|p| {
                        x.data[p * x.col_stride] * b.data[p * b.row_stride + (cols.start + j) * b.col_stride]
                    });
                    let y = y.add(j * y_stride);
                    *y = if target.accumulate { *y } else { 0.0 } + terms.sum::<f32>();
                }
            }
            let (rows, cols) = place(cols);
            target.finish(rows, cols);
        }
    });
}
