//! `Transformer`: what learns from columns how to make others of them.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{
    ColumnTransformer, MaxAbsScaler, MinMaxScaler, MissingIndicator, Normalizer, OneHotEncoder,
    OrdinalEncoder, Pipeline, RobustScaler, SimpleImputer, StandardScaler, TfidfVectorizer,
};
use crate::data::{Column, Table};
use crate::{Error, Result, Tensor};

/// A scaler, an encoder, or several of them in a [`Pipeline`] or [`ColumnTransformer`]; yours, too, if you like.
///
/// [`fit`](Transformer::fit), [`transform`](Transformer::transform) and their kin take a [`Table`] or a [`Tensor`] of
/// numbers and give the like. Columns go by name: those of a table may come in another order than the transformer was
/// fitted to, and others beside them do not matter.
pub trait Transformer: fmt::Debug + Send + Sync {
    /// Its name in files and messages.
    fn class_name(&self) -> &'static str;

    /// Learns from the columns of a table.
    ///
    /// # Errors
    /// If they do not suit it.
    fn fit_table(&mut self, x: &Table) -> Result<()>;

    /// Makes new columns of those it was fitted to.
    ///
    /// # Errors
    /// If it is not fitted, a column is missing, or its values do not suit.
    fn transform_table(&self, x: &Table) -> Result<Table>;

    /// Makes the columns it was fitted to of those it made.
    ///
    /// # Errors
    /// If it is not fitted, or there is no way back.
    fn inverse_transform_table(&self, _x: &Table) -> Result<Table> {
        Err(Error::model(format!("{}: there is no way back from what it makes", self.class_name())))
    }

    /// Arguments and what was learned, as a file holds them; `None` where it cannot be saved.
    fn config(&self) -> Option<Value> {
        None
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn Transformer>;

    /// Learns from a table or tensor.
    ///
    /// # Errors
    /// As [`Transformer::fit_table`].
    fn fit<X: Tabular>(&mut self, x: &X) -> Result<()>
    where
        Self: Sized,
    {
        self.fit_table(&x.to_table()?)
    }

    /// Makes a new table or tensor of one.
    ///
    /// # Errors
    /// As [`Transformer::transform_table`].
    fn transform<X: Tabular>(&self, x: &X) -> Result<X>
    where
        Self: Sized,
    {
        x.like(self.transform_table(&x.to_table()?)?)
    }

    /// Learns from a table or tensor, then makes a new one of it.
    ///
    /// # Errors
    /// As [`Transformer::fit_table`] and [`Transformer::transform_table`].
    fn fit_transform<X: Tabular>(&mut self, x: &X) -> Result<X>
    where
        Self: Sized,
    {
        let table = x.to_table()?;
        self.fit_table(&table)?;
        x.like(self.transform_table(&table)?)
    }

    /// Goes back from what [`Transformer::transform`] made.
    ///
    /// # Errors
    /// As [`Transformer::inverse_transform_table`].
    fn inverse_transform<X: Tabular>(&self, x: &X) -> Result<X>
    where
        Self: Sized,
    {
        x.like(self.inverse_transform_table(&x.to_table()?)?)
    }
}

/// What transformers take: a [`Table`], or a [`Tensor`] `(n,)` or `(n, columns)`.
pub trait Tabular: Sized {
    /// As a table; the columns of a tensor are `x0`, `x1`, ….
    ///
    /// # Errors
    /// If a tensor has other axes.
    fn to_table(&self) -> Result<Table>;

    /// A table in the form of this: float32 if this is a tensor of float32, float64 if it is another tensor.
    ///
    /// # Errors
    /// If a tensor is asked for and the table holds strings.
    fn like(&self, table: Table) -> Result<Self>;
}

impl Tabular for Table {
    fn to_table(&self) -> Result<Table> {
        Ok(self.clone())
    }

    fn like(&self, table: Table) -> Result<Self> {
        Ok(table)
    }
}

impl Tabular for Tensor {
    fn to_table(&self) -> Result<Table> {
        Table::from_tensor(self)
    }

    fn like(&self, table: Table) -> Result<Self> {
        table.to_tensor_like(self)
    }
}

impl Clone for Box<dyn Transformer> {
    fn clone(&self) -> Self {
        self.as_ref().boxed()
    }
}

/// Makes a transformer of a config.
type FromConfig = fn(Value) -> serde_json::Result<Box<dyn Transformer>>;

fn of<T: Transformer + DeserializeOwned + 'static>(
    config: Value,
) -> serde_json::Result<Box<dyn Transformer>> {
    Ok(Box::new(serde_json::from_value::<T>(config)?))
}

/// Those that files can hold.
const CLASSES: [(&str, FromConfig); 12] = [
    ("StandardScaler", of::<StandardScaler>),
    ("MinMaxScaler", of::<MinMaxScaler>),
    ("MaxAbsScaler", of::<MaxAbsScaler>),
    ("RobustScaler", of::<RobustScaler>),
    ("Normalizer", of::<Normalizer>),
    ("OneHotEncoder", of::<OneHotEncoder>),
    ("OrdinalEncoder", of::<OrdinalEncoder>),
    ("SimpleImputer", of::<SimpleImputer>),
    ("MissingIndicator", of::<MissingIndicator>),
    ("TfidfVectorizer", of::<TfidfVectorizer>),
    ("ColumnTransformer", of::<ColumnTransformer>),
    ("Pipeline", of::<Pipeline>),
];

impl Serialize for dyn Transformer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.class_name();
        let config =
            self.config().filter(|_| CLASSES.iter().any(|(known, _)| *known == name)).ok_or_else(|| {
                serde::ser::Error::custom(format!(
                    "`{name}` is not one of Cornu's transformers: files cannot hold it"
                ))
            })?;
        serde_json::json!({"class_name": name, "config": config}).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Box<dyn Transformer> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Object {
            class_name: String,
            config: Value,
        }
        let Object { class_name, config } = Object::deserialize(deserializer)?;
        let known = CLASSES.iter().find(|(known, _)| *known == class_name);
        let (_, from_config) = known.ok_or_else(|| {
            let names = CLASSES.iter().map(|(name, _)| (*name).to_owned());
            serde::de::Error::custom(Error::unknown_name("transformer", &class_name, names))
        })?;
        from_config(config).map_err(|e| serde::de::Error::custom(format!("{class_name}: {e}")))
    }
}

/// The parts of [`Transformer`] that all of Cornu's own share.
macro_rules! saved_as {
    ($name:literal) => {
        fn class_name(&self) -> &'static str {
            $name
        }

        fn config(&self) -> Option<serde_json::Value> {
            serde_json::to_value(self).ok()
        }

        fn boxed(&self) -> Box<dyn $crate::preprocessing::Transformer> {
            Box::new(self.clone())
        }
    };
}
pub(super) use saved_as;

/// What was learned, or the error that nothing was.
pub(super) fn learned<'l, T>(what: &str, learned: &'l Option<T>) -> Result<&'l T> {
    learned.as_ref().ok_or_else(|| Error::model(format!("{what}: call `fit` before it is used")))
}

/// The columns of these names; what has no names must have as many columns.
pub(super) fn columns_named<'t, 'n>(
    what: &str,
    names: impl ExactSizeIterator<Item = &'n str> + Clone,
    x: &'t Table,
) -> Result<Vec<&'t Column>> {
    if x.is_numbered() && x.width() != names.len() {
        return Err(Error::data(format!("{what}: was fitted to {} columns, got {}", names.len(), x.width())));
    }
    names
        .map(|name| {
            let found = x.columns().find(|(known, _)| *known == name);
            found.map(|(_, column)| column).ok_or_else(|| no_column(what, name, x))
        })
        .collect()
}

/// The error that a column is missing.
pub(super) fn no_column(what: &str, name: &str, x: &Table) -> Error {
    let there = x.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Error::data(format!("{what}: wants the column `{name}`; there are {there}"))
}

/// A column's numbers; what it holds instead is named.
pub(super) fn numbers(what: &str, name: &str, column: &Column) -> Result<Vec<f64>> {
    column.to_floats().ok_or_else(|| {
        let Column::Strings(values) = column else { return Error::data(String::new()) };
        let of = |(row, value): (usize, &Option<String>)| {
            let text = value.as_ref().filter(|text| text.parse::<f64>().is_err())?;
            Some(format!("{text:?} in row {row}"))
        };
        let found = values.iter().enumerate().find_map(of).unwrap_or_else(|| "strings".into());
        Error::data(format!("{what}: column `{name}` must hold numbers, but holds {found}"))
    })
}
