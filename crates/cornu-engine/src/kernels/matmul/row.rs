//! The product of a single row with a matrix.

use std::ops::Range;

use super::tile::{Dots, Kernels, Strip};
use super::view::MatRef;
use super::{MAX_TASKS, Target};
use crate::kernels::parallel::{for_each_task, share};

/// Elements of the matrix worth a task: here it is memory that takes the time.
const TASK_FLOATS: usize = 512 << 10;

/// Where results of these numbers are in C: the rows, the columns.
type Place = fn(Range<usize>) -> (Range<usize>, Range<usize>);

/// `y = x · B` for a row `x`, each element of B read once where it lies.
///
/// `y_stride` is the distance of the results in memory, `place` where the columns of `y` are in C.
pub(super) fn product(
    kernels: &Kernels,
    x: &MatRef<'_>,
    b: &MatRef<'_>,
    y_stride: usize,
    target: &Target<'_>,
    place: Place,
) {
    let (k, n) = (b.rows, b.cols);
    let tasks = (k.saturating_mul(n) / TASK_FLOATS).clamp(1, MAX_TASKS);
    for_each_task(tasks, |task| {
        let cols = share(n, 8 * kernels.lanes, tasks, task);
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
