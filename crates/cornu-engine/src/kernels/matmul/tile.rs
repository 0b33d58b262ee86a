//! The innermost loops of a product, compiled for each instruction set.

use super::vector::{self, Vector};
use crate::kernels::simd::{Isa, Level};

/// The most rows of a strip at any level.
pub(super) const MAX_ROWS: usize = 14;

/// A few rows of A times a whole strip of B, into as many rows of C.
pub(super) struct Strip {
    /// Terms of each sum.
    pub(super) k: usize,
    /// The first element of A, its distance from row to row, and along `k`. One of the two is 1, or there is one row.
    pub(super) a: *const f32,
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    /// The first element of B, its distance along `k`, and from panel to panel of two registers' width.
    pub(super) b: *const f32,
    pub(super) b_step: usize,
    pub(super) b_panel: usize,
    /// Whether the last panel of B is padded to its full width.
    pub(super) b_padded: bool,
    /// The first element of C and its distance from row to row.
    pub(super) c: *mut f32,
    pub(super) c_row: usize,
    /// Columns of the strip.
    pub(super) cols: usize,
    /// Whether to add to C instead of overwriting it.
    pub(super) accumulate: bool,
}

/// One row times a transposed B: a dot product for every column.
pub(super) struct Dots {
    pub(super) k: usize,
    /// The row, contiguous.
    pub(super) x: *const f32,
    /// The columns of B, each contiguous, and their distance.
    pub(super) b: *const f32,
    pub(super) b_col: usize,
    /// The results and their distance.
    pub(super) y: *mut f32,
    pub(super) y_step: usize,
    pub(super) cols: usize,
    pub(super) accumulate: bool,
}

/// Up to two registers' width of columns of B, to copy into one padded panel.
pub(super) struct Panel {
    pub(super) k: usize,
    pub(super) b: *const f32,
    pub(super) b_row: usize,
    pub(super) b_col: usize,
    pub(super) cols: usize,
    /// `k` rows of two registers' width.
    pub(super) panel: *mut f32,
}

/// The loops compiled for one instruction set.
///
/// The function pointers are unsafe: the machine must have the set, and the pointers of the argument must be good
/// for every element its sizes and distances reach.
pub(super) struct Kernels {
    /// Floats in a register; a panel of B is two registers wide.
    pub(super) lanes: usize,
    /// The most rows of a strip.
    pub(super) rows: usize,
    /// Computes a strip of so many rows.
    pub(super) strip: unsafe fn(usize, &Strip),
    pub(super) dots: unsafe fn(&Dots),
    pub(super) pack: unsafe fn(&Panel),
}

/// The loops for `level`.
pub(super) fn kernels(level: Level) -> &'static Kernels {
    match level.isa() {
        Isa::Portable => &portable::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => &avx2::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => &avx512::KERNELS,
        #[cfg(target_arch = "aarch64")]
        Isa::Neon => &neon::KERNELS,
    }
}

/// Compiles the generic loops for one instruction set, strips once for each number of rows.
macro_rules! compile {
    ($set:ident, $vector:ty, [$($feature:meta)?], $($rows:literal)*) => {
        mod $set {
            use super::{Dots, Kernels, Panel, Strip, Vector};

            type Register = $vector;

            pub(super) static KERNELS: Kernels =
                Kernels { lanes: Register::LANES, rows: Register::ROWS, strip, dots, pack };

            unsafe fn strip(rows: usize, strip: &Strip) {
                // SAFETY: passed on to the caller.
                unsafe {
                    match rows {
                        $($rows => strip_of::<$rows>(strip),)*
                        _ => debug_assert!(rows == 0, "no strip has {rows} rows"),
                    }
                }
            }

            $(#[$feature])?
            unsafe fn strip_of<const ROWS: usize>(strip: &Strip) {
                // SAFETY: passed on to the caller.
                unsafe { super::strip::<Register, ROWS>(strip) }
            }

            $(#[$feature])?
            unsafe fn dots(dots: &Dots) {
                // SAFETY: passed on to the caller.
                unsafe { super::dots::<Register>(dots) }
            }

            $(#[$feature])?
            unsafe fn pack(panel: &Panel) {
                // SAFETY: passed on to the caller.
                unsafe { super::pack::<Register>(panel) }
            }
        }
    };
}

compile!(portable, super::vector::Portable, [], 1 2 3 4);
#[cfg(target_arch = "x86_64")]
compile!(avx2, super::vector::x86::Avx2, [target_feature(enable = "avx2,fma")], 1 2 3 4 5 6);
#[cfg(target_arch = "x86_64")]
compile!(
    avx512,
    super::vector::x86::Avx512,
    [target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")],
    1 2 3 4 5 6 7 8 9 10 11 12 13 14
);
#[cfg(target_arch = "aarch64")]
compile!(neon, super::vector::arm::Neon, [], 1 2 3 4 5 6 7 8 9 10);

/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn strip<V: Vector, const M: usize>(s: &Strip) {
    // SAFETY: passed on to the caller.
    unsafe { if M == 1 || s.a_row == 1 { tiles::<V, M, true>(s) } else { tiles::<V, M, false>(s) } }
}

/// Cuts a strip into tiles. `BY_COLUMN` says that A's rows, not its columns, are next to each other.
///
/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn tiles<V: Vector, const M: usize, const BY_COLUMN: bool>(s: &Strip) {
    let mut col = 0;
    // SAFETY: every tile stays within the strip.
    unsafe {
        // One or two rows alone would wait for each sum: more columns keep the multipliers busy.
        if !s.b_padded && M == 1 {
            while s.cols - col >= 8 * V::LANES {
                tile::<V, M, 8, BY_COLUMN>(s, col, V::LANES);
                col += 8 * V::LANES;
            }
        }
        if !s.b_padded && M <= 2 {
            while s.cols - col >= 4 * V::LANES {
                tile::<V, M, 4, BY_COLUMN>(s, col, V::LANES);
                col += 4 * V::LANES;
            }
        }
        while s.cols - col > V::LANES {
            let last = (s.cols - col - V::LANES).min(V::LANES);
            tile::<V, M, 2, BY_COLUMN>(s, col, last);
            col += V::LANES + last;
        }
        if col < s.cols {
            tile::<V, M, 1, BY_COLUMN>(s, col, s.cols - col);
        }
    }
}

/// `M` rows by `N` registers of C from column `col` on, `last` lanes in the last register.
///
/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn tile<V: Vector, const M: usize, const N: usize, const BY_COLUMN: bool>(
    s: &Strip,
    col: usize,
    last: usize,
) {
    // SAFETY: the strip vouches for `M` rows, `k` steps and the masked columns from `col` on.
    unsafe {
        let (a_row, a_step) = if BY_COLUMN { (1, s.a_step) } else { (s.a_row, 1) };
        let full = V::mask(V::LANES);
        let c_mask = V::mask(last);
        let b_mask = if s.b_padded { full } else { c_mask };
        let mut a = s.a;
        let mut b = s.b.add(col / (2 * V::LANES) * s.b_panel);
        let mut sums = [[V::splat(0.0); N]; M];
        for _ in 0..s.k {
            let mut row = [V::splat(0.0); N];
            for (j, part) in row.iter_mut().enumerate() {
                *part = V::load(b.add(j * V::LANES), if j + 1 == N { b_mask } else { full });
            }
            for (i, sums) in sums.iter_mut().enumerate() {
                let scale = V::splat(*a.add(i * a_row));
                for (sum, &part) in sums.iter_mut().zip(&row) {
                    *sum = sum.add_product(scale, part);
                }
            }
            a = a.add(a_step);
            b = b.add(s.b_step);
        }
        for (i, sums) in sums.iter().enumerate() {
            for (j, &sum) in sums.iter().enumerate() {
                let c = s.c.add(i * s.c_row + col + j * V::LANES);
                let mask = if j + 1 == N { c_mask } else { full };
                let sum = if s.accumulate { V::load(c, mask).add(sum) } else { sum };
                sum.store(c, mask);
            }
        }
    }
}

/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn dots<V: Vector>(d: &Dots) {
    let mut col = 0;
    // SAFETY: every group of columns is within the `cols` the argument vouches for.
    unsafe {
        while d.cols - col >= 8 {
            dot_group::<V, 8>(d, col);
            col += 8;
        }
        while col < d.cols {
            dot_group::<V, 1>(d, col);
            col += 1;
        }
    }
}

/// The dot products of `N` columns from `col` on.
///
/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn dot_group<V: Vector, const N: usize>(d: &Dots, col: usize) {
    // SAFETY: the argument vouches for `k` floats of the row and of each column.
    unsafe {
        let b = d.b.add(col * d.b_col);
        let mut sums = [V::splat(0.0); N];
        let mut p = 0;
        while p < d.k {
            let mask = V::mask((d.k - p).min(V::LANES));
            let x = V::load(d.x.add(p), mask);
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum = sum.add_product(x, V::load(b.add(j * d.b_col + p), mask));
            }
            p += V::LANES;
        }
        for (j, sum) in sums.iter().enumerate() {
            let y = d.y.add((col + j) * d.y_step);
            *y = if d.accumulate { *y + sum.sum() } else { sum.sum() };
        }
    }
}

/// # Safety
///
/// As for [`Kernels`].
#[inline(always)]
unsafe fn pack<V: Vector>(s: &Panel) {
    let width = 2 * V::LANES;
    // SAFETY: the argument vouches for `k` rows of `cols` columns and for the whole panel.
    unsafe {
        if s.b_col == 1 {
            let masks = [V::mask(s.cols.min(V::LANES)), V::mask(s.cols.saturating_sub(V::LANES))];
            for p in 0..s.k {
                for (half, mask) in masks.into_iter().enumerate() {
                    let to = s.panel.add(p * width + half * V::LANES);
                    // `wrapping_add`: the second half of a narrow panel may start beyond the data, and reads none.
                    let from = s.b.wrapping_add(p * s.b_row + half * V::LANES);
                    V::load(from, mask).store(to, V::mask(V::LANES));
                }
            }
            return;
        }
        // What lies beyond the last column is multiplied too, then dropped: any number will do.
        for first in [0, V::LANES] {
            let last = s.cols - 1;
            let mut p = 0;
            if s.b_row == 1 {
                while s.k - p >= 4 {
                    let (columns, last) = if first <= last { (first, last - first) } else { (last, 0) };
                    let from = s.b.add(columns * s.b_col + p);
                    V::transpose4(from, s.b_col, last, s.panel.add(p * width + first), width);
                    p += 4;
                }
            }
            for p in p..s.k {
                for j in first..first + V::LANES {
                    *s.panel.add(p * width + j) = *s.b.add(j.min(last) * s.b_col + p * s.b_row);
                }
            }
        }
    }
}
