//! `Normalizer`: each row of length one.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::transformer::{columns_named, learned, numbers, saved_as};
use crate::data::{Column, Table};
use crate::{Error, Result};

/// The length a [`Normalizer`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// The sum of magnitudes.
    L1,
    /// Euclid's.
    #[default]
    L2,
    /// The greatest magnitude.
    Max,
}

/// Divides each row by its length. Rows of zeros stay.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.Normalizer.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{Normalizer, Transformer};
/// let rows = Normalizer::new().fit_transform(&Tensor::from([[3.0f32, 4.0], [0.0, 0.0]]))?;
/// assert_eq!(rows, Tensor::from([[0.6f32, 0.8], [0.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Normalizer {
    norm: Norm,
    /// The columns a row is made of.
    learned: Option<Vec<String>>,
}

impl Normalizer {
    /// By Euclid's length.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Which length.
        norm: Norm;
    }
}

impl Transformer for Normalizer {
    saved_as!("Normalizer");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        self.learned = Some(x.names().map(String::from).collect());
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let names = learned("Normalizer", &self.learned)?;
        let found = columns_named("Normalizer", names.iter().map(String::as_str), x)?;
        let mut lengths = vec![0.0f64; x.row_count()];
        let columns: Vec<Vec<f64>> = names
            .iter()
            .zip(found)
            .map(|(name, column)| numbers("Normalizer", name, column))
            .collect::<Result<_>>()?;
        for (name, column) in names.iter().zip(&columns) {
            for (row, (length, value)) in lengths.iter_mut().zip(column).enumerate() {
                match self.norm {
                    _ if value.is_nan() => {
                        let message =
                            format!("Normalizer: column `{name}` is missing in row {row}: impute it first");
                        return Err(Error::data(message));
                    }
                    Norm::L1 => *length += value.abs(),
                    Norm::L2 => *length += value * value,
                    Norm::Max => *length = length.max(value.abs()),
                }
            }
        }
        if self.norm == Norm::L2 {
            lengths.iter_mut().for_each(|length| *length = length.sqrt());
        }
        let divided = |column: Vec<f64>| {
            let of = |(value, &length): (f64, &f64)| if length == 0.0 { value } else { value / length };
            Column::Floats(column.into_iter().zip(&lengths).map(of).collect())
        };
        Table::new(names.iter().zip(columns.into_iter().map(divided)))
    }
}
