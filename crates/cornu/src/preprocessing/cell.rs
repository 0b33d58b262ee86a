//! `Cell`: one value of a column.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::data::Column;
use crate::{Data, Error, Result};

/// A number, a string, or nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string.
    Text(String),
    /// What is missing.
    Missing,
}

impl Cell {
    /// The value in a row; what lies outside is missing.
    pub(super) fn at(column: &Column, row: usize) -> Cell {
        let found = match column {
            Column::Floats(values) => {
                values.get(row).filter(|value| !value.is_nan()).map(|&value| Cell::Float(value))
            }
            Column::Ints(values) => values.get(row).map(|&value| Cell::Int(value)),
            Column::Strings(values) => values.get(row).cloned().flatten().map(Cell::Text),
        };
        found.unwrap_or(Cell::Missing)
    }

    /// All values of a column; infinite ones are refused, for files have no word for them.
    pub(super) fn all(what: &str, name: &str, column: &Column) -> Result<Vec<Cell>> {
        let cells: Vec<Cell> = (0..column.len()).map(|row| Cell::at(column, row)).collect();
        match cells.iter().position(|cell| matches!(cell, Cell::Float(value) if value.is_infinite())) {
            Some(row) => Err(Error::data(format!("{what}: column `{name}` is infinite in row {row}"))),
            None => Ok(cells),
        }
    }

    /// By what it is found: 3 is 3.0, and 0 is -0.
    pub(super) fn key(&self) -> Key {
        match self {
            Cell::Int(value) => Key::Number(order(*value as f64)),
            Cell::Float(value) => Key::Number(order(*value)),
            Cell::Text(text) => Key::Text(text.clone()),
            Cell::Missing => Key::Missing,
        }
    }

    /// By what it is found among strings: a column of few rows may have been taken for numbers.
    pub(super) fn text_key(&self) -> Key {
        match self {
            Cell::Int(_) | Cell::Float(_) => Key::Text(self.to_string()),
            _ => self.key(),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Int(value) => value.fmt(f),
            Cell::Float(value) => write!(f, "{value:?}"),
            Cell::Text(text) => f.write_str(text),
            Cell::Missing => f.write_str("nan"),
        }
    }
}

/// Cells in the order scikit-learn sorts categories: what is missing comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Number(i64),
    Text(String),
    Missing,
}

/// Integers in the order of numbers.
fn order(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The distinct cells in order, each with how often it occurs.
pub(super) fn counted(cells: Vec<Cell>) -> Vec<(Cell, usize)> {
    let mut found: BTreeMap<Key, (Cell, usize)> = BTreeMap::new();
    for cell in cells {
        found.entry(cell.key()).or_insert((cell, 0)).1 += 1;
    }
    found.into_values().collect()
}

/// Cells as a column of the narrowest kind that holds them all.
pub(super) fn to_column(cells: Vec<Cell>) -> Column {
    if cells.iter().any(|cell| matches!(cell, Cell::Text(_))) {
        let text = |cell: Cell| (cell != Cell::Missing).then(|| cell.to_string());
        return Column::Strings(cells.into_iter().map(text).collect());
    }
    let whole = |cell: &Cell| if let Cell::Int(value) = cell { Some(*value) } else { None };
    if let Some(ints) = cells.iter().map(whole).collect() {
        return Column::Ints(ints);
    }
    let float = |cell: &Cell| match cell {
        Cell::Int(value) => *value as f64,
        Cell::Float(value) => *value,
        Cell::Text(_) | Cell::Missing => f64::NAN,
    };
    Column::Floats(cells.iter().map(float).collect())
}

/// Labels `(n,)` or `(n, 1)` as cells.
pub(super) fn of_labels(what: &str, labels: &Data) -> Result<Vec<Cell>> {
    if !matches!(labels.shape(), [_] | [_, 1]) {
        let shape = labels.to_shape();
        return Err(Error::argument(what, format!("wants a label a row, shape (n,) or (n, 1), got {shape}")));
    }
    let column = match labels {
        Data::Strings(strings) => Column::Strings(strings.as_slice().iter().cloned().map(Some).collect()),
        Data::Numbers(tensor) if tensor.dtype().is_float() => Column::Floats(tensor.to_vec()),
        Data::Numbers(tensor) => Column::Ints(tensor.to_vec()),
    };
    let cells = Cell::all(what, "y", &column)?;
    match cells.iter().position(|cell| *cell == Cell::Missing) {
        Some(row) => Err(Error::argument(what, format!("the label of row {row} is missing"))),
        None => Ok(cells),
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Cell::Int(value)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        if value.is_nan() { Cell::Missing } else { Cell::Float(value) }
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Cell::Text(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_cells() {
        let cells = [-2.5, -1.0, -0.0, 1.5, 1e300].map(Cell::Float).into_iter();
        let cells: Vec<Cell> = cells.chain(["a".into(), "b".into(), Cell::Missing]).collect();
        assert!(cells.is_sorted_by_key(Cell::key));
        assert_eq!(Cell::Int(-1).key(), Cell::Float(-1.0).key());
        assert_eq!(Cell::Int(0).key(), Cell::Float(-0.0).key());
    }

    #[test]
    fn cells_come_back_from_json() {
        let cells = vec![Cell::Int(3), Cell::Float(0.5), Cell::Float(2.0), "x".into(), Cell::Missing];
        let text = serde_json::to_string(&cells).unwrap();
        assert_eq!(text, r#"[3,0.5,2.0,"x",null]"#);
        assert_eq!(serde_json::from_str::<Vec<Cell>>(&text).unwrap(), cells);
    }
}
