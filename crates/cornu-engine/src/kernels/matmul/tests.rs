//! The products against plain loops over doubles.

use std::sync::atomic::{AtomicU8, Ordering};

use proptest::prelude::*;

use super::*;
use crate::kernels::simd;

/// Numbers between -1 and 1 that look random.
fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(12345);
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Rows,
    Columns,
    PaddedRows,
    PaddedColumns,
    Scattered,
}

impl Layout {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            Just(Self::Rows),
            Just(Self::Columns),
            Just(Self::PaddedRows),
            Just(Self::PaddedColumns),
            Just(Self::Scattered)
        ]
    }

    fn strides(self, rows: usize, cols: usize) -> (usize, usize) {
        match self {
            Self::Rows => (cols, 1),
            Self::Columns => (1, rows),
            Self::PaddedRows => (cols.next_multiple_of(512), 1),
            Self::PaddedColumns => (1, rows + 5),
            Self::Scattered => (3, 3 * rows + 1),
        }
    }
}

struct Case {
    dims: (usize, usize, usize),
    a: (Vec<f32>, usize, usize),
    b: (Vec<f32>, usize, usize),
    c: (Vec<f32>, usize),
    accumulate: bool,
}

impl Case {
    fn new(dims: (usize, usize, usize), layouts: (Layout, Layout), c_pad: usize, accumulate: bool) -> Self {
        let (m, k, n) = dims;
        let matrix = |layout: Layout, rows: usize, cols: usize, seed| {
            let (row, col) = layout.strides(rows, cols);
            let len = if rows * cols == 0 { 0 } else { (rows - 1) * row + (cols - 1) * col + 1 };
            (numbers(len, seed), row, col)
        };
        let c_len = if m * n == 0 { 0 } else { (m - 1) * (n + c_pad) + n };
        Self {
            dims,
            a: matrix(layouts.0, m, k, 1),
            b: matrix(layouts.1, k, n, 2),
            c: (numbers(c_len, 3), n + c_pad),
            accumulate,
        }
    }

    /// The product at `level`; checks that every element, and nothing else, was handed over exactly once.
    fn run(&self, level: Level) -> Vec<f32> {
        let (m, k, n) = self.dims;
        let a = MatRef::strided(&self.a.0, m, k, self.a.1, self.a.2);
        let b = MatRef::strided(&self.b.0, k, n, self.b.1, self.b.2);
        let mut c = self.c.0.clone();
        let mut scratch = vec![f32::NAN; scratch_len(m, k, n, self.a.2 != 1, self.b.2 != 1)];
        let seen: Vec<_> = (0..m * n).map(|_| AtomicU8::new(0)).collect();
        gemm(
            level,
            a,
            b,
            MatMut::strided(&mut c, m, n, self.c.1),
            self.accumulate,
            &mut scratch,
            &|mut block| {
                for row in block.rows() {
                    let cols = block.cols();
                    let values = block.row_mut(row);
                    assert_eq!(values.len(), cols.len());
                    values.iter_mut().for_each(|value| *value += 1.0);
                    cols.for_each(|col| {
                        seen[row * n + col].fetch_add(1, Ordering::Relaxed);
                    });
                }
                let (rows, cols) = (block.rows().len(), block.cols().len());
                if let Some(all) = block.as_contiguous_mut() {
                    assert_eq!(all.len(), rows * cols);
                }
            },
        );
        assert!(seen.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{:?}", self.dims);
        c
    }

    /// The same in plain loops, and the sum of the magnitudes behind each element.
    fn expected(&self) -> Vec<(f64, f64)> {
        let (m, k, n) = self.dims;
        let mut c: Vec<_> = self.c.0.iter().map(|&c| (f64::from(c), 0.0)).collect();
        for i in 0..m {
            for j in 0..n {
                let (value, size) = &mut c[i * self.c.1 + j];
                *value = 1.0 + if self.accumulate { *value } else { 0.0 };
                *size = 1.0 + value.abs();
                for p in 0..k {
                    let a = f64::from(self.a.0[i * self.a.1 + p * self.a.2]);
                    let b = f64::from(self.b.0[p * self.b.1 + j * self.b.2]);
                    *value += a * b;
                    *size += (a * b).abs();
                }
            }
        }
        c
    }

    fn check(&self) {
        let expected = self.expected();
        for level in Level::available() {
            for (i, (&got, &(value, size))) in self.run(level).iter().zip(&expected).enumerate() {
                let error = (f64::from(got) - value).abs();
                let bound = size * f64::from(f32::EPSILON) * (self.dims.1 as f64).sqrt().max(4.0);
                assert!(error <= bound, "{level:?} {:?}: element {i} is {got}, not {value}", self.dims);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn small_products_match_plain_loops(
        m in 0usize..40, k in 0usize..40, n in 0usize..70,
        a in Layout::any(), b in Layout::any(),
        c_pad in 0usize..3, accumulate: bool,
    ) {
        Case::new((m, k, n), (a, b), c_pad, accumulate).check();
    }

    #[test]
    fn vectors_match_plain_loops(
        len in 1usize..300, k in 1usize..70, column: bool,
        a in Layout::any(), b in Layout::any(),
        c_pad in 0usize..3, accumulate: bool,
    ) {
        let dims = if column { (len, k, 1) } else { (1, k, len) };
        Case::new(dims, (a, b), c_pad, accumulate).check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn deep_products_of_transposed_operands_match_plain_loops(
        m in 128usize..160, k in 500usize..600, n in 120usize..160,
        a in prop_oneof![Just(Layout::Columns), Just(Layout::PaddedColumns)], b in Layout::any(),
    ) {
        Case::new((m, k, n), (a, b), 0, false).check();
    }

    #[test]
    fn large_products_match_plain_loops(
        m in 100usize..220, k in 250usize..1100, n in 64usize..140,
        a in Layout::any(), b in Layout::any(), accumulate: bool,
    ) {
        Case::new((m, k, n), (a, b), 0, accumulate).check();
    }
}

#[test]
fn every_number_of_rows_and_of_odd_columns_is_right() {
    for m in 1..30 {
        for n in [2, 15, 16, 17, 31, 33] {
            Case::new((m, 5, n), (Layout::Rows, Layout::Rows), 1, true).check();
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let shapes = [(128, 784, 256), (200, 600, 700), (1, 1100, 2100), (32, 784, 300)];
    let layouts = [(Layout::Rows, Layout::Rows), (Layout::Columns, Layout::Columns)];
    for (dims, layouts) in shapes.into_iter().zip(layouts.into_iter().cycle()) {
        let case = Case::new(dims, layouts, 0, true);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| case.run(simd::level()))
        };
        let alone = on(1);
        for threads in [2, 5] {
            assert!(alone.iter().zip(on(threads)).all(|(a, b)| a.to_bits() == b.to_bits()), "{dims:?}");
        }
    }
}

#[test]
fn a_row_of_c_does_not_depend_on_the_rows_around_it() {
    let (k, n) = (600, 90);
    let (a, b) = (numbers(40 * k, 1), numbers(k * n, 2));
    for level in Level::available() {
        let product = |m: usize| {
            let mut c = vec![0.0; m * n];
            let (a, b) = (MatRef::new(&a[..m * k], m, k), MatRef::new(&b, k, n));
            gemm(level, a, b, MatMut::new(&mut c, m, n), false, &mut [], &|_| {});
            c
        };
        assert_eq!(product(40)[..7 * n], product(7), "{level:?}");
    }
}

#[test]
fn nan_and_infinity_reach_their_row_and_column_only() {
    let (m, k, n) = (20, 9, 37);
    for level in Level::available() {
        for transposed in [false, true] {
            let (mut a, mut b, mut c) = (vec![1.0; m * k], vec![1.0; k * n], vec![0.0; m * n]);
            a[3 * k + 2] = f32::NAN;
            a[7 * k] = f32::INFINITY;
            b[if transposed { 36 * k + 4 } else { 4 * n + 36 }] = f32::NEG_INFINITY;
            let b_view = if transposed { MatRef::new(&b, n, k).t() } else { MatRef::new(&b, k, n) };
            let mut scratch = vec![f32::NAN; scratch_len(m, k, n, false, transposed)];
            gemm(
                level,
                MatRef::new(&a, m, k),
                b_view,
                MatMut::new(&mut c, m, n),
                false,
                &mut scratch,
                &|_| {},
            );
            for (i, row) in c.chunks(n).enumerate() {
                for (j, &value) in row.iter().enumerate() {
                    let wanted = match (i, j) {
                        (3, _) | (7, 36) => f32::NAN,
                        (7, _) => f32::INFINITY,
                        (_, 36) => f32::NEG_INFINITY,
                        _ => k as f32,
                    };
                    assert!(
                        value == wanted || (value.is_nan() && wanted.is_nan()),
                        "{level:?} ({i}, {j}): {value}"
                    );
                }
            }
        }
    }
}

#[test]
fn overwriting_forgets_what_was_there() {
    for (m, k, n) in [(3, 0, 4), (1, 0, 4), (3, 2, 1), (1, 2, 4), (3, 2, 4)] {
        for level in Level::available() {
            let (a, b, mut c) = (vec![1.0; m * k], vec![1.0; k * n], vec![f32::NAN; m * n]);
            let (a, b) = (MatRef::new(&a, m, k), MatRef::new(&b, k, n));
            gemm(level, a, b, MatMut::new(&mut c, m, n), false, &mut [], &|_| {});
            assert_eq!(c, vec![k as f32; m * n], "{level:?} ({m}, {k}, {n})");
        }
    }
}

#[test]
#[should_panic(expected = "a 3 x 4 matrix needs 12 floats, got 11")]
fn too_few_numbers_are_refused() {
    MatRef::new(&[0.0; 11], 3, 4);
}

#[test]
#[should_panic(expected = "[2, 3] times [2, 3] into [2, 3]")]
fn shapes_that_do_not_fit_are_refused() {
    let a = [0.0; 6];
    let a = MatRef::new(&a, 2, 3);
    gemm(simd::level(), a, a, MatMut::new(&mut [0.0; 6], 2, 3), false, &mut [], &|_| {});
}

#[test]
#[should_panic(expected = "144 floats of scratch are needed, got 0")]
fn too_little_scratch_is_refused() {
    let a = [0.0; 16];
    let a = MatRef::new(&a, 4, 4);
    gemm(simd::level(), a, a.t(), MatMut::new(&mut [0.0; 16], 4, 4), false, &mut [], &|_| {});
}
