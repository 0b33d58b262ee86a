//! `MissingIndicator`: where values are missing.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::cell::Cell;
use super::transformer::{learned, no_column, saved_as};
use crate::Result;
use crate::data::{Column, Table};

/// Makes of each column that had missing values one called `missingindicator_NAME`, 1 where it is missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.impute.MissingIndicator.html>, with
/// `error_on_new=False`.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::preprocessing::{MissingIndicator, Transformer};
/// let table = Table::new([("cabin", Column::from([Some("C85"), None])), ("age", Column::from([22.0, 38.0]))])?;
/// let made = MissingIndicator::new().fit_transform(&table)?;
/// assert_eq!(made, Table::new([("missingindicator_cabin", Column::from([0.0, 1.0]))])?);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MissingIndicator {
    all: bool,
    learned: Option<Vec<String>>,
}

impl MissingIndicator {
    /// Of columns that have missing values.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether columns that had none are told of, too: scikit-learn's `features="all"`.
        all: bool;
    }
}

impl Transformer for MissingIndicator {
    saved_as!("MissingIndicator");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let told = x.columns().filter(|(_, column)| self.all || column.missing() > 0);
        self.learned = Some(told.map(|(name, _)| name.to_owned()).collect());
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let names = learned("MissingIndicator", &self.learned)?;
        let of = |name: &String| {
            let found = x.columns().find(|(known, _)| known == name);
            let (_, column) = found.ok_or_else(|| no_column("MissingIndicator", name, x))?;
            Ok((format!("missingindicator_{name}"), indicator(column)))
        };
        let made = Table::new(names.iter().map(of).collect::<Result<Vec<_>>>()?)?;
        if names.is_empty() { Ok(Table::rows_alone(x.row_count())) } else { Ok(made) }
    }
}

/// 1 where a column is missing.
pub(super) fn indicator(column: &Column) -> Column {
    let missing = (0..column.len()).map(|row| f64::from(Cell::at(column, row) == Cell::Missing));
    Column::Floats(missing.collect())
}
