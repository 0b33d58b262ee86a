//! `OrdinalEncoder`: categories as numbers.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::cell::{Cell, counted, to_column};
use super::float;
use super::one_hot_encoder::{Lookup, unknown_category};
use super::transformer::{columns_named, learned, numbers, saved_as};
use crate::data::{Column, Table};
use crate::{Error, Result};

/// Numbers the categories of each column, of strings or of numbers, from 0 in sorted order. What is missing stays
/// missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.OrdinalEncoder.html>.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::preprocessing::{OrdinalEncoder, Transformer};
/// let sizes = Table::new([("size", Column::from(["S", "L", "M"]))])?;
/// let mut encoder = OrdinalEncoder::new().categories([["S", "M", "L"]]);
/// let encoded = encoder.fit_transform(&sizes)?;
/// assert_eq!(encoded.column("size")?, &Column::from([0.0, 2.0, 1.0]));
/// assert_eq!(encoder.inverse_transform(&encoded)?, sizes);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrdinalEncoder {
    categories: Option<Vec<Vec<Cell>>>,
    /// The number of categories not seen before; they are errors without.
    unknown_value: Option<f64>,
    #[serde(with = "float")]
    encoded_missing_value: f64,
    learned: Option<Vec<(String, Vec<Cell>)>>,
}

impl Default for OrdinalEncoder {
    fn default() -> Self {
        OrdinalEncoder {
            categories: None,
            unknown_value: None,
            encoded_missing_value: f64::NAN,
            learned: None,
        }
    }
}

impl OrdinalEncoder {
    /// All categories that occur; others are errors.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The number of categories not seen before: scikit-learn's `handle_unknown="use_encoded_value"`.
        unknown_value: some f64;
        /// The number of what is missing; NaN by default.
        encoded_missing_value: f64;
    }

    /// The categories of each column, instead of those that occur, in the order of their numbers.
    #[must_use]
    pub fn categories<C: Into<Cell>, const N: usize>(
        mut self,
        categories: impl IntoIterator<Item = [C; N]>,
    ) -> Self {
        self.categories = Some(categories.into_iter().map(|of| of.map(Into::into).into()).collect());
        self
    }

    fn fitted<'s, 't>(&'s self, x: &'t Table) -> Result<Vec<(&'s str, &'s [Cell], &'t Column)>> {
        let fitted = learned("OrdinalEncoder", &self.learned)?;
        let columns = columns_named("OrdinalEncoder", fitted.iter().map(|(name, _)| name.as_str()), x)?;
        Ok(fitted
            .iter()
            .zip(columns)
            .map(|((name, cells), column)| (name.as_str(), &cells[..], column))
            .collect())
    }
}

impl Transformer for OrdinalEncoder {
    saved_as!("OrdinalEncoder");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let of = |(at, (name, column)): (usize, (&str, &Column))| {
            let cells = match &self.categories {
                Some(given) => given.get(at).cloned().ok_or_else(|| {
                    let message = format!("categories are given for {at} columns; `{name}` has none");
                    Error::argument("OrdinalEncoder", message)
                })?,
                None => counted(Cell::all("OrdinalEncoder", name, column)?)
                    .into_iter()
                    .map(|(cell, _)| cell)
                    .filter(|cell| *cell != Cell::Missing)
                    .collect(),
            };
            Ok((name.to_owned(), cells))
        };
        self.learned = Some(x.columns().enumerate().map(of).collect::<Result<_>>()?);
        // A category that is not among those given is found now rather than later.
        self.transform_table(x).map(drop)
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let encode = |(name, cells, column): (&str, &[Cell], &Column)| {
            let lookup = Lookup::new(cells.iter());
            let number = |cell: &Cell| match (lookup.find(cell), cell, self.unknown_value) {
                (Some(at), ..) => Ok(at as f64),
                (None, Cell::Missing, _) => Ok(self.encoded_missing_value),
                (None, _, Some(unknown)) => Ok(unknown),
                (None, _, None) => Err(unknown_category("OrdinalEncoder", name, cell)),
            };
            let cells = Cell::all("OrdinalEncoder", name, column)?;
            Ok((name.to_owned(), Column::Floats(cells.iter().map(number).collect::<Result<_>>()?)))
        };
        Table::new(self.fitted(x)?.into_iter().map(encode).collect::<Result<Vec<_>>>()?)
    }

    fn inverse_transform_table(&self, x: &Table) -> Result<Table> {
        let decode = |(name, cells, column): (&str, &[Cell], &Column)| {
            let of = |number: f64| match cells.get(number as usize).filter(|_| number >= 0.0) {
                Some(cell) => cell.clone(),
                None => Cell::Missing,
            };
            let numbers = numbers("OrdinalEncoder", name, column)?;
            Ok((name.to_owned(), to_column(numbers.into_iter().map(of).collect())))
        };
        Table::new(self.fitted(x)?.into_iter().map(decode).collect::<Result<Vec<_>>>()?)
    }
}
