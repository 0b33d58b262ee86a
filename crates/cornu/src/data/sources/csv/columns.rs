//! Columns: what their text becomes, and where it goes.

use std::sync::Arc;

use crate::data::buffer::Slot;
use crate::data::{ElementSpec, FieldSpec, Fields, Record};
use crate::{DType, Shape};

/// What a column of a CSV file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum CsvColumn {
    /// Numbers of a type, none of them missing.
    Required(DType),
    /// Text, which is never empty.
    RequiredText,
    /// Numbers of a type, and the one that stands for a missing one.
    Number(DType, f64),
    /// Text, and what stands for a missing one.
    Text(String),
}

impl Default for CsvColumn {
    fn default() -> Self {
        CsvColumn::Number(DType::F32, 0.0)
    }
}

impl From<DType> for CsvColumn {
    fn from(dtype: DType) -> Self {
        CsvColumn::Required(dtype)
    }
}

impl From<&str> for CsvColumn {
    fn from(missing: &str) -> Self {
        CsvColumn::Text(missing.into())
    }
}

/// Numbers by the value of a missing one.
macro_rules! numbers {
    ($($type:ty, $dtype:ident;)*) => {$(
        impl From<$type> for CsvColumn {
            fn from(missing: $type) -> Self {
                CsvColumn::Number(DType::$dtype, missing as f64)
            }
        }
    )*};
}

numbers! {
    f32, F32;
    f64, F64;
    i32, I32;
    i64, I64;
}

impl CsvColumn {
    /// The type of its numbers; text has none.
    fn dtype(&self) -> Option<DType> {
        match self {
            CsvColumn::Required(dtype) | CsvColumn::Number(dtype, _) => Some(*dtype),
            CsvColumn::RequiredText | CsvColumn::Text(_) => None,
        }
    }

    /// The narrowest that holds these values, of which those that are missing are left out.
    pub(super) fn of_values<'v>(values: impl Iterator<Item = &'v [u8]> + Clone) -> Self {
        let all = |fits: fn(&str) -> bool| {
            values.clone().all(|value| std::str::from_utf8(value).is_ok_and(|value| fits(value.trim())))
        };
        if values.clone().next().is_none() {
            CsvColumn::default()
        } else if all(|value| value.parse::<i32>().is_ok()) {
            CsvColumn::Number(DType::I32, 0.0)
        } else if all(|value| value.parse::<i64>().is_ok()) {
            CsvColumn::Number(DType::I64, 0.0)
        } else if all(|value| value.parse::<f64>().is_ok()) {
            CsvColumn::default()
        } else {
            CsvColumn::Text(String::new())
        }
    }
}

/// A column that is read.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Its place in the row.
    pub(super) column: usize,
    pub(super) name: Arc<str>,
    pub(super) holds: CsvColumn,
}

/// Where the cells of a row go.
#[derive(Debug)]
pub(super) struct Layout {
    cells: Vec<Cell>,
    /// The field of each cell, the place in it, and how many it has.
    places: Vec<(usize, usize, usize)>,
    spec: ElementSpec,
}

impl Layout {
    pub(super) fn new(features: Vec<Cell>, label: Option<Cell>, named: bool) -> Result<Self, String> {
        if features.is_empty() {
            return Err("has no column left for features".into());
        }
        for cell in features.iter().chain(&label) {
            match cell.holds.dtype() {
                Some(DType::U8 | DType::Bool) => {
                    return Err(format!(
                        "column `{}`: only float32, float64, int32 and int64 can be read",
                        cell.name
                    ));
                }
                None if !named && label.as_ref().is_none_or(|label| label.column != cell.column) => {
                    return Err(format!(
                        "column `{}` holds text, which cannot be in one tensor with numbers: leave it out by \
                         `select_columns`, or make each column an input by `named(true)`",
                        cell.name
                    ));
                }
                _ => {}
            }
        }
        let scalar = |cell: &Cell| FieldSpec { shape: Shape::scalar(), dtype: cell.holds.dtype() };
        let (width, fields) = (features.len(), if named { features.len() } else { 1 });
        let mut places: Vec<(usize, usize, usize)> =
            (0..width).map(|at| if named { (at, 0, 1) } else { (0, at, width) }).collect();
        places.extend(label.iter().map(|_| (fields, 0, 1)));
        let x = match named {
            true => {
                Fields::named(features.iter().map(|cell| (Some(cell.name.clone()), scalar(cell))).collect())
            }
            false => {
                Fields::named(vec![(None, FieldSpec { shape: [width].into(), dtype: Some(DType::F32) })])
            }
        };
        let y = Fields::named(label.iter().map(|cell| (None, scalar(cell))).collect());
        let cells = features.into_iter().chain(label).collect();
        Ok(Layout { cells, places, spec: Record { x, y, sample_weight: Fields::default() } })
    }

    /// What a row looks like.
    pub(super) fn spec(&self) -> ElementSpec {
        self.spec.clone()
    }

    /// Writes the cells of a row to where they belong.
    ///
    /// # Errors
    /// What is wrong with a cell, after its column's name.
    pub(super) fn write(
        &self,
        fields: &csv::ByteRecord,
        row: usize,
        na_value: &[u8],
        slots: &mut [Slot<'_>],
    ) -> Result<(), String> {
        for (cell, (slot, place, width)) in self.cells.iter().zip(&self.places) {
            let text = fields.get(cell.column).unwrap_or_default();
            let missing = text.is_empty() || text == na_value;
            let at = row * width + place;
            let wrong = |kind: &str| wrong(cell, text, missing, kind);
            let given = |default: f64| match (missing, &cell.holds) {
                (true, CsvColumn::Number(..)) => Some(default),
                _ => None,
            };
            let default = if let CsvColumn::Number(_, value) = cell.holds { value } else { 0.0 };
            match &mut slots[*slot] {
                Slot::F32(to) => {
                    let known = given(default).map(|value| value as f32);
                    to[at] = known.or_else(|| float(text)).ok_or_else(|| wrong("a number"))?;
                }
                Slot::F64(to) => {
                    to[at] = given(default).or_else(|| float(text)).ok_or_else(|| wrong("a number"))?;
                }
                Slot::I32(to) => {
                    let known = given(default).map(|value| value as i32);
                    to[at] = known.or_else(|| whole(text)).ok_or_else(|| wrong("a whole number (int32)"))?;
                }
                Slot::I64(to) => {
                    let known = given(default).map(|value| value as i64);
                    to[at] = known.or_else(|| whole(text)).ok_or_else(|| wrong("a whole number (int64)"))?;
                }
                Slot::Strings(to) => {
                    let text = match &cell.holds {
                        CsvColumn::Text(default) if missing => default.as_str(),
                        _ if missing => return Err(wrong("text")),
                        _ => std::str::from_utf8(text).map_err(|_| wrong("text (UTF-8)"))?,
                    };
                    to[at].clear();
                    to[at].push_str(text);
                }
            }
        }
        Ok(())
    }
}

/// A float with spaces around it or without.
fn float<T: fast_float2::FastFloat>(text: &[u8]) -> Option<T> {
    fast_float2::parse(text).or_else(|_| fast_float2::parse(text.trim_ascii())).ok()
}

/// A whole number with spaces around it or without.
fn whole<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// What is wrong with a cell.
fn wrong(cell: &Cell, text: &[u8], missing: bool, kind: &str) -> String {
    let name = &cell.name;
    if missing {
        return format!(
            "column `{name}` is missing: give what stands for it, as `column(\"{name}\", 0.0f32)`"
        );
    }
    const SHOWN: usize = 40;
    let text: String = String::from_utf8_lossy(text).chars().take(SHOWN).collect();
    format!("column `{name}` holds `{text}`, not {kind}; `column(\"{name}\", ..)` sets what it holds")
}
