//! `SimpleImputer`: something in the place of what is missing.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::cell::{Cell, counted};
use super::missing_indicator::indicator;
use super::robust_scaler::percentile;
use super::transformer::{columns_named, learned, numbers, saved_as};
use crate::data::{Column, Table};
use crate::{Error, Result};

/// What an imputer puts where a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The column's mean.
    #[default]
    Mean,
    /// The column's median.
    Median,
    /// The column's most frequent value, the least of several.
    MostFrequent,
    /// `fill_value`: 0, or `missing_value` among strings, unless given.
    Constant,
}

/// Puts a statistic of the column, or a constant, where values are missing.
///
/// A column all of whose values are missing is left out, unless `keep_empty_features` keeps it as zeros. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.impute.SimpleImputer.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{SimpleImputer, Strategy, Transformer};
/// let x = Tensor::from([[1.0f32], [f32::NAN], [2.0], [9.0]]);
/// let mut imputer = SimpleImputer::new().strategy(Strategy::Median).add_indicator(true);
/// let filled = imputer.fit_transform(&x)?;
/// assert_eq!(filled, Tensor::from([[1.0f32, 0.0], [2.0, 1.0], [2.0, 0.0], [9.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SimpleImputer {
    strategy: Strategy,
    fill_value: Option<Cell>,
    add_indicator: bool,
    keep_empty_features: bool,
    learned: Option<Vec<Fill>>,
}

/// What is put into one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Fill {
    column: String,
    /// Nothing where the column is left out.
    value: Cell,
    /// Whether a column tells where it was missing.
    indicator: bool,
}

impl SimpleImputer {
    /// Means.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// What is put in.
        strategy: Strategy;
        /// The constant of [`Strategy::Constant`].
        fill_value: some into Cell;
        /// Whether a column `missingindicator_NAME` of zeros and ones is made for each that had missing values.
        add_indicator: bool;
        /// Whether columns all of whose values are missing are kept.
        keep_empty_features: bool;
    }

    fn learn(&self, name: &str, column: &Column) -> Result<Fill> {
        let what = "SimpleImputer";
        let missing = column.missing();
        let empty = missing == column.len();
        let value = match self.strategy {
            _ if empty && !self.keep_empty_features => Cell::Missing,
            Strategy::Constant => self.fill_value.clone().unwrap_or_else(|| match column.is_strings() {
                true => "missing_value".into(),
                false => Cell::Int(0),
            }),
            _ if empty => Cell::Int(0),
            Strategy::MostFrequent => {
                let counts = counted(Cell::all(what, name, column)?);
                let found = counts.into_iter().filter(|(cell, _)| *cell != Cell::Missing);
                let most = |a: (Cell, usize), b: (Cell, usize)| if b.1 > a.1 { b } else { a };
                found.reduce(most).map_or(Cell::Missing, |(cell, _)| cell)
            }
            Strategy::Mean | Strategy::Median => {
                let mut values = numbers(what, name, column)?;
                values.retain(|value| !value.is_nan());
                values.sort_by(f64::total_cmp);
                Cell::Float(match self.strategy {
                    Strategy::Median => percentile(&values, 50.0),
                    _ => values.iter().sum::<f64>() / values.len() as f64,
                })
            }
        };
        if !empty && value != Cell::Missing && column.is_strings() != matches!(value, Cell::Text(_)) {
            let (kind, wanted) =
                if column.is_strings() { ("strings", "a string") } else { ("numbers", "a number") };
            let message = format!("column `{name}` holds {kind}: fill_value must be {wanted}, got `{value}`");
            return Err(Error::argument(what, message));
        }
        Ok(Fill { column: name.into(), value, indicator: self.add_indicator && missing > 0 })
    }
}

impl Fill {
    /// The column with nothing missing.
    fn fill(&self, column: &Column) -> Result<Column> {
        Ok(match (column, &self.value) {
            (Column::Strings(values), Cell::Text(fill)) => {
                Column::Strings(values.iter().map(|v| Some(v.as_ref().unwrap_or(fill).clone())).collect())
            }
            // What was strings in training may look like numbers, or be missing altogether, in a short table.
            (_, Cell::Text(fill)) => {
                let text = |row| match Cell::at(column, row) {
                    Cell::Missing => Some(fill.clone()),
                    cell => Some(cell.to_string()),
                };
                Column::Strings((0..column.len()).map(text).collect())
            }
            (Column::Ints(values), _) => Column::Ints(values.clone()),
            (_, fill) => {
                let fill = match fill {
                    Cell::Int(value) => *value as f64,
                    Cell::Float(value) => *value,
                    Cell::Text(_) | Cell::Missing => f64::NAN,
                };
                let mut values = numbers("SimpleImputer", &self.column, column)?;
                values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = fill);
                Column::Floats(values)
            }
        })
    }
}

impl Transformer for SimpleImputer {
    saved_as!("SimpleImputer");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let fills = x.columns().map(|(name, column)| self.learn(name, column)).collect::<Result<_>>()?;
        self.learned = Some(fills);
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let fills = learned("SimpleImputer", &self.learned)?;
        let columns = columns_named("SimpleImputer", fills.iter().map(|fill| fill.column.as_str()), x)?;
        let (mut made, mut indicators) = (Vec::new(), Vec::new());
        for (fill, column) in fills.iter().zip(columns) {
            if fill.indicator {
                indicators.push((format!("missingindicator_{}", fill.column), indicator(column)));
            }
            if fill.value != Cell::Missing {
                made.push((fill.column.clone(), fill.fill(column)?));
            }
        }
        Table::new(made.into_iter().chain(indicators))
    }
}
