//! `ColumnTransformer`: another transformer for other columns.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::transformer::{learned, no_column, saved_as};
use crate::data::Table;
use crate::{Error, Result};

/// Columns by name or by place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// By place, counted from 0.
    Indices(Vec<usize>),
    /// By name.
    Names(Vec<String>),
}

impl<const N: usize> From<[usize; N]> for Columns {
    fn from(indices: [usize; N]) -> Self {
        Columns::Indices(indices.into())
    }
}

impl<const N: usize> From<[&str; N]> for Columns {
    fn from(names: [&str; N]) -> Self {
        Columns::Names(names.map(String::from).into())
    }
}

impl From<Vec<usize>> for Columns {
    fn from(indices: Vec<usize>) -> Self {
        Columns::Indices(indices)
    }
}

impl From<Vec<String>> for Columns {
    fn from(names: Vec<String>) -> Self {
        Columns::Names(names)
    }
}

/// What becomes of columns that no transformer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remainder {
    /// They are left out.
    #[default]
    Drop,
    /// They follow the others as they are.
    Passthrough,
}

/// Gives each of its transformers its own columns and puts what they make side by side.
///
/// New columns are called `TRANSFORMER__COLUMN`, unless `verbose_feature_names_out` is turned off. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.compose.ColumnTransformer.html>.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::preprocessing::{ColumnTransformer, OneHotEncoder, StandardScaler, Transformer};
/// let table = Table::new([("age", Column::from([20.0, 40.0])), ("city", Column::from(["Oslo", "Paris"]))])?;
/// let mut columns = ColumnTransformer::new()
///     .transformer("num", StandardScaler::new(), ["age"])
///     .transformer("cat", OneHotEncoder::new(), ["city"]);
/// let made = columns.fit_transform(&table)?;
/// assert_eq!(made.names().collect::<Vec<_>>(), ["num__age", "cat__city_Oslo", "cat__city_Paris"]);
/// assert_eq!(made.to_tensor()?.to_vec::<f64>(), [-1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColumnTransformer {
    transformers: Vec<Entry>,
    remainder: Remainder,
    verbose_feature_names_out: bool,
    learned: Option<Learned>,
}

/// A transformer with its columns; without one they pass through.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    name: String,
    transformer: Option<Box<dyn Transformer>>,
    columns: Columns,
}

/// The columns of each entry by name, and those left over.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Learned {
    columns: Vec<Vec<String>>,
    remainder: Vec<String>,
}

impl Default for ColumnTransformer {
    fn default() -> Self {
        ColumnTransformer {
            transformers: Vec::new(),
            remainder: Remainder::Drop,
            verbose_feature_names_out: true,
            learned: None,
        }
    }
}

impl ColumnTransformer {
    /// No transformers, all columns left out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a transformer under a name, for columns by name, `["age"]`, or by place, `[0usize, 2]`.
    #[must_use]
    pub fn transformer(
        self,
        name: impl Into<String>,
        transformer: impl Transformer + 'static,
        columns: impl Into<Columns>,
    ) -> Self {
        self.entry(name.into(), Some(Box::new(transformer)), columns.into())
    }

    /// Takes columns as they are.
    #[must_use]
    pub fn passthrough(self, name: impl Into<String>, columns: impl Into<Columns>) -> Self {
        self.entry(name.into(), None, columns.into())
    }

    fn entry(mut self, name: String, transformer: Option<Box<dyn Transformer>>, columns: Columns) -> Self {
        self.transformers.push(Entry { name, transformer, columns });
        self
    }

    crate::setters! {
        /// What becomes of all other columns.
        remainder: Remainder;
        /// Whether new names begin with the transformer's.
        verbose_feature_names_out: bool;
    }
}

impl Columns {
    fn resolve(&self, of: &str, x: &Table) -> Result<Vec<String>> {
        match self {
            Columns::Names(names) => Ok(names.clone()),
            Columns::Indices(indices) => indices
                .iter()
                .map(|&at| {
                    let name = x.names().nth(at).map(String::from);
                    let message = || format!("`{of}` wants column {at} of {}", x.width());
                    name.ok_or_else(|| Error::argument("ColumnTransformer", message()))
                })
                .collect(),
        }
    }
}

impl Transformer for ColumnTransformer {
    saved_as!("ColumnTransformer");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let mut columns = Vec::new();
        for Entry { name, transformer, columns: wanted } in &mut self.transformers {
            let names = wanted.resolve(name, x)?;
            let chosen = choose(&names, x)?;
            if let Some(transformer) = transformer {
                transformer.fit_table(&chosen)?;
            }
            columns.push(names);
        }
        let left = |name: &&str| !columns.iter().flatten().any(|taken| taken == name);
        let remainder = match self.remainder {
            Remainder::Drop => Vec::new(),
            Remainder::Passthrough => x.names().filter(left).map(String::from).collect(),
        };
        self.learned = Some(Learned { columns, remainder });
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let what = "ColumnTransformer";
        let Learned { columns, remainder } = learned(what, &self.learned)?;
        let mut parts = Vec::new();
        for (Entry { name, transformer, .. }, columns) in self.transformers.iter().zip(columns) {
            parts.push((name.as_str(), part(transformer.as_deref(), columns, x)?));
        }
        parts.push(("remainder", part(None, remainder, x)?));
        let mut made = Table::rows_alone(x.row_count());
        for (name, part) in parts {
            let part =
                if self.verbose_feature_names_out { part.prefixed(&format!("{name}__")) } else { part };
            made = made.beside(&part)?;
        }
        Ok(made)
    }
}

fn part(transformer: Option<&dyn Transformer>, columns: &[String], x: &Table) -> Result<Table> {
    let chosen = choose(columns, x)?;
    match transformer {
        Some(transformer) if !columns.is_empty() => transformer.transform_table(&chosen),
        _ => Ok(chosen),
    }
}

/// The columns of these names; others beside them do not matter.
fn choose(names: &[String], x: &Table) -> Result<Table> {
    if let Some(name) = names.iter().find(|name| !x.names().any(|known| known == *name)) {
        return Err(no_column("ColumnTransformer", name, x));
    }
    x.select(names)
}
