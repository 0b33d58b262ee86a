//! The operands of a product as its strips read them.

use super::MAX_TASKS;
use super::tile::{Kernels, Panel};
use super::view::MatRef;
use crate::kernels::parallel::{for_each_task, share};

/// Bytes worth a task when they are only copied.
const PACK_BYTES: usize = 512 << 10;

/// A as the strips read it.
pub(super) enum Left<'a> {
    /// Where it lies.
    InPlace(MatRef<'a>),
    /// One strip after the other; in each, the rows' elements side by side, step after step.
    Strips(&'a [f32]),
}

/// Copies A, step after step, into strips of `height` rows.
pub(super) fn strips<'a>(a: &MatRef<'_>, height: usize, scratch: &'a mut [f32]) -> Left<'a> {
    let (m, k) = (a.rows, a.cols);
    assert!(scratch.len() >= k * m, "the strips fit the scratch");
    let shared = Shared(scratch.as_mut_ptr());
    let tasks = (k * m * size_of::<f32>() / PACK_BYTES).clamp(1, MAX_TASKS);
    for_each_task(tasks, |task| {
        for p in share(k, 1, tasks, task) {
            for first in (0..m).step_by(height) {
                let rows = height.min(m - first);
                let from = &a.data[first * a.row_stride + p * a.col_stride..];
                for i in 0..rows {
                    // SAFETY: the strips before hold `first * k` elements; no other task writes this step of them.
                    unsafe { *shared.get().add(first * k + p * rows + i) = from[i * a.row_stride] };
                }
            }
        }
    });
    Left::Strips(scratch)
}

/// B as the strips read it.
pub(super) struct Right<'a> {
    pub(super) data: &'a [f32],
    /// Distance along `k`.
    pub(super) step: usize,
    /// Distance between panels of two registers' width.
    pub(super) panel: usize,
    /// Whether the last panel has its full width too.
    pub(super) padded: bool,
}

/// Copies B into panels of two registers' width, each with all of `k`.
pub(super) fn panels<'a>(kernels: &Kernels, b: &MatRef<'_>, scratch: &'a mut [f32]) -> Right<'a> {
    let (k, n) = (b.rows, b.cols);
    let width = 2 * kernels.lanes;
    let count = n.div_ceil(width);
    assert!(scratch.len() >= count * k * width, "the panels fit the scratch");
    let shared = Shared(scratch.as_mut_ptr());
    let tasks = (k * n * size_of::<f32>() / PACK_BYTES).clamp(1, count.min(MAX_TASKS));
    for_each_task(tasks, |task| {
        for panel in share(count, 1, tasks, task) {
            let col = panel * width;
            // SAFETY: the panel's columns are inside B, its copy inside the scratch, no other task writes it, and the
            // kernels are of a level of this machine.
            unsafe {
                (kernels.pack)(&Panel {
                    k,
                    b: b.data[col * b.col_stride..].as_ptr(),
                    b_row: b.row_stride,
                    b_col: b.col_stride,
                    cols: (n - col).min(width),
                    panel: shared.get().add(panel * k * width),
                });
            }
        }
    });
    Right { data: scratch, step: width, panel: k * width, padded: true }
}

/// Memory that tasks write side by side.
struct Shared(*mut f32);

// SAFETY: whoever writes through it sees to it that no two tasks write the same element.
unsafe impl Sync for Shared {}

impl Shared {
    /// A method, so that closures capture the whole and not the pointer in it.
    fn get(&self) -> *mut f32 {
        self.0
    }
}
