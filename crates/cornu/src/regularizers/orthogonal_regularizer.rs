//! `OrthogonalRegularizer`: the angles between the rows or columns of a matrix.

use cornu_engine::Error;

use super::{Regularizer, check_factor};
use crate::graph::Var;
use crate::registry::{Fields, words};

/// The largest factor a row is normalised with, so that a row of zeros stays one: 1 / `keras.epsilon()`.
const LARGEST_INVERSE_NORM: f64 = 1e7;

/// `factor` times the mean magnitude of the cosines between the rows (or columns) of a matrix: 0 when they are
/// orthogonal to each other.
///
/// Source: <https://keras.io/api/layers/regularizers/#orthogonalregularizer-class>.
///
/// ```
/// use cornu::{Tensor, regularizers::{OrthogonalMode, OrthogonalRegularizer, Regularizer}};
/// let weight = Tensor::from([[1.0f32, 1.0], [0.0, 0.0]]);
/// let columns = OrthogonalRegularizer::new(0.5).mode(OrthogonalMode::Columns);
/// assert_eq!(columns.evaluate(&weight)?, Tensor::scalar(0.5f32));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct OrthogonalRegularizer {
    /// In single precision, as Keras keeps and writes it.
    factor: f32,
    mode: OrthogonalMode,
}

/// What is to be orthogonal to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrthogonalMode {
    /// The rows.
    #[default]
    Rows,
    /// The columns.
    Columns,
}

words! { OrthogonalMode { Rows = "rows", Columns = "columns", } }

impl Default for OrthogonalRegularizer {
    fn default() -> Self {
        Self::new(0.01)
    }
}

impl OrthogonalRegularizer {
    /// A penalty on rows with this factor (Keras' default is 0.01).
    pub fn new(factor: f64) -> Self {
        OrthogonalRegularizer { factor: factor as f32, mode: OrthogonalMode::Rows }
    }

    crate::setters! {
        /// What is to be orthogonal (default the rows).
        mode: OrthogonalMode;
    }
}

impl Regularizer for OrthogonalRegularizer {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let shape = weight.shape();
        let columns = self.mode == OrthogonalMode::Columns;
        let (along, size) = match (shape.dims(), columns) {
            (&[Some(rows), Some(_)], false) => (1, rows),
            (&[Some(_), Some(columns)], true) => (0, columns),
            _ => {
                let message = format!("wants a matrix, got {shape}");
                return weight.builder().fail(Error::shape("OrthogonalRegularizer", message));
            }
        };
        let inverse_norm = weight.square().sum(&[along], true).rsqrt().minimum(LARGEST_INVERSE_NORM);
        let unit = weight * inverse_norm;
        let cosines = unit.matmul_with(columns, unit, !columns);
        let builder = weight.builder();
        let others = builder.iota([size, size], 0).not_equal(builder.iota([size, size], 1));
        let off_diagonal = cosines * others.cast(weight.dtype());
        let pairs = size as f64 * (size as f64 - 1.0) / 2.0;
        off_diagonal.abs().sum_all() * (f64::from(self.factor) * 0.5) / pairs
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_factor("factor", self.factor.into())
    }
}
