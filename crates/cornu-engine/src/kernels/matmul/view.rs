//! Matrices as a product takes and leaves them.

use std::marker::PhantomData;
use std::ops::Range;

/// A matrix to read: `data[i * row_stride + j * col_stride]` is row `i`, column `j`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a> {
    pub(super) data: &'a [f32],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) row_stride: usize,
    pub(super) col_stride: usize,
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
    pub(super) data: &'a mut [f32],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) row_stride: usize,
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
        let needed = if rows == 0 || cols == 0 {
            0
        } else {
            (rows - 1).saturating_mul(row_stride).saturating_add(cols)
        };
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
    /// A part of the matrix that starts at `matrix`.
    ///
    /// # Safety
    ///
    /// The part is inside the matrix, and nobody else touches it as long as the block lives.
    pub(super) unsafe fn new(
        matrix: *mut f32,
        row_stride: usize,
        rows: Range<usize>,
        cols: Range<usize>,
    ) -> Self {
        // SAFETY: the part is inside the matrix.
        let data = unsafe { matrix.add(rows.start * row_stride + cols.start) };
        Self { data, row_stride, rows, cols, owner: PhantomData }
    }

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
