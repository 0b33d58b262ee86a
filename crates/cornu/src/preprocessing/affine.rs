//! `Affine`: a column shifted, then divided, which is what scalers learn.

use serde::{Deserialize, Serialize};

use super::float;
use super::transformer::{columns_named, learned, numbers};
use crate::Result;
use crate::data::{Column, Table};

/// `(x - center) / scale + offset` of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Affine {
    pub(super) column: String,
    #[serde(with = "float")]
    pub(super) center: f64,
    #[serde(with = "float")]
    pub(super) scale: f64,
    #[serde(with = "float")]
    pub(super) offset: f64,
}

/// What is learned of each column's numbers, the missing left out: center, scale and offset.
pub(super) fn fit(what: &str, x: &Table, learn: &dyn Fn(&[f64]) -> [f64; 3]) -> Result<Vec<Affine>> {
    x.columns()
        .map(|(name, column)| {
            let mut values = numbers(what, name, column)?;
            values.retain(|value| !value.is_nan());
            let [center, scale, offset] = if values.is_empty() { [f64::NAN; 3] } else { learn(&values) };
            Ok(Affine { column: name.into(), center, scale, offset })
        })
        .collect()
}

/// Each fitted column with `formula` of what was learned and its numbers.
pub(super) fn map(
    what: &str,
    fitted: &Option<Vec<Affine>>,
    x: &Table,
    formula: &dyn Fn(&Affine, f64) -> f64,
) -> Result<Table> {
    let fitted = learned(what, fitted)?;
    let columns = columns_named(what, fitted.iter().map(|affine| affine.column.as_str()), x)?;
    let of = |(affine, column): (&Affine, &Column)| {
        let mut values = numbers(what, &affine.column, column)?;
        values.iter_mut().for_each(|value| *value = formula(affine, *value));
        Ok((affine.column.clone(), Column::Floats(values)))
    };
    Table::new(fitted.iter().zip(columns).map(of).collect::<Result<Vec<_>>>()?)
}

impl Affine {
    pub(super) fn apply(&self, value: f64) -> f64 {
        (value - self.center) / self.scale + self.offset
    }

    pub(super) fn undo(&self, value: f64) -> f64 {
        (value - self.offset) * self.scale + self.center
    }
}

/// A scale that can be divided by: what is next to nothing becomes 1.
pub(super) fn divisor(scale: f64) -> f64 {
    if scale < 10.0 * f64::EPSILON { 1.0 } else { scale }
}

/// The parts of [`Transformer`](super::Transformer) that scalers share: `learn` of the scaler, then the formula.
macro_rules! scaler {
    ($type:ident, $name:literal) => {
        impl $crate::preprocessing::Transformer for $type {
            $crate::preprocessing::transformer::saved_as!($name);

            fn fit_table(&mut self, x: &$crate::data::Table) -> $crate::Result<()> {
                self.check()?;
                self.learned =
                    Some($crate::preprocessing::affine::fit($name, x, &|values| self.learn(values))?);
                Ok(())
            }

            fn transform_table(&self, x: &$crate::data::Table) -> $crate::Result<$crate::data::Table> {
                let formula =
                    |affine: &$crate::preprocessing::affine::Affine, value| self.bound(affine.apply(value));
                $crate::preprocessing::affine::map($name, &self.learned, x, &formula)
            }

            fn inverse_transform_table(
                &self,
                x: &$crate::data::Table,
            ) -> $crate::Result<$crate::data::Table> {
                $crate::preprocessing::affine::map(
                    $name,
                    &self.learned,
                    x,
                    &$crate::preprocessing::affine::Affine::undo,
                )
            }
        }

        impl $type {
            fn of_columns(
                &self,
                value: fn(&$crate::preprocessing::affine::Affine) -> f64,
            ) -> $crate::Result<Vec<f64>> {
                let learned = $crate::preprocessing::transformer::learned($name, &self.learned)?;
                Ok(learned.iter().map(value).collect())
            }

            /// What each column is divided by: scikit-learn's `scale_`, or its reciprocal for `MinMaxScaler`.
            ///
            /// # Errors
            /// If it is not fitted.
            pub fn scale(&self) -> $crate::Result<Vec<f64>> {
                self.of_columns(|affine| affine.scale)
            }
        }
    };
}
pub(super) use scaler;
