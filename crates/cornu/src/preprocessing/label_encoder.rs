//! `LabelEncoder`: labels as numbers of classes.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, counted, of_labels, to_column};
use super::one_hot_encoder::Lookup;
use super::transformer::learned;
use crate::{Data, Error, Result, Tensor};

/// Numbers labels from 0 in sorted order: what a loss such as `sparse_categorical_crossentropy` wants.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.LabelEncoder.html>.
///
/// ```
/// use cornu::{Data, Tensor, preprocessing::LabelEncoder};
/// let mut encoder = LabelEncoder::new();
/// let y = encoder.fit_transform(["paris", "oslo", "paris"])?;
/// assert_eq!(y, Tensor::from([1i64, 0, 1]));
/// assert_eq!(encoder.inverse_transform(&y)?, Data::from(["paris", "oslo", "paris"]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LabelEncoder {
    classes: Option<Vec<Cell>>,
}

impl LabelEncoder {
    /// Not fitted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The classes in order.
    ///
    /// # Errors
    /// If it is not fitted.
    pub fn classes(&self) -> Result<&[Cell]> {
        Ok(learned("LabelEncoder", &self.classes)?)
    }

    /// Learns the classes of labels.
    ///
    /// # Errors
    /// If they are not one a row, or one is missing.
    pub fn fit(&mut self, y: impl Into<Data>) -> Result<()> {
        let cells = of_labels("LabelEncoder", &y.into())?;
        self.classes = Some(counted(cells).into_iter().map(|(cell, _)| cell).collect());
        Ok(())
    }

    /// The number of each label's class: int64 `(n,)`.
    ///
    /// # Errors
    /// If it is not fitted, or a label is of no class it knows.
    pub fn transform(&self, y: impl Into<Data>) -> Result<Tensor> {
        let classes = self.classes()?;
        let lookup = Lookup::new(classes.iter());
        let number = |cell: &Cell| {
            let at = lookup.find(cell).ok_or_else(|| {
                let known: Vec<String> = classes.iter().map(ToString::to_string).collect();
                Error::data(format!("LabelEncoder: `{cell}` is none of the classes {}", known.join(", ")))
            });
            Ok(at? as i64)
        };
        Ok(Tensor::from(
            of_labels("LabelEncoder", &y.into())?.iter().map(number).collect::<Result<Vec<i64>>>()?,
        ))
    }

    /// [`LabelEncoder::fit`], then [`LabelEncoder::transform`].
    ///
    /// # Errors
    /// As these.
    pub fn fit_transform(&mut self, y: impl Into<Data>) -> Result<Tensor> {
        let y = y.into();
        self.fit(&y)?;
        self.transform(y)
    }

    /// The labels of class numbers.
    ///
    /// # Errors
    /// If it is not fitted, or there is no class of a number.
    pub fn inverse_transform(&self, y: &Tensor) -> Result<Data> {
        let classes = self.classes()?;
        let label = |number: i64| {
            let class = usize::try_from(number).ok().and_then(|at| classes.get(at));
            let count = classes.len();
            class
                .cloned()
                .ok_or_else(|| Error::data(format!("LabelEncoder: class {number} is not one of {count}")))
        };
        let labels: Vec<Cell> = y.to_vec::<i64>().into_iter().map(label).collect::<Result<_>>()?;
        Ok(to_column(labels).to_data())
    }
}
