//! `Data`: numbers or strings.

use std::ops::Range;

use super::StringTensor;
use crate::{DType, Result, Shape, Tensor};

/// What a model can be fed and a preprocessing layer can learn from.
///
/// ```
/// use cornu::{Data, StringTensor, Tensor};
/// let ages = Data::from(Tensor::from([31i64, 45]));
/// let cities = Data::from(["Paris", "Oslo"]);
/// assert_eq!((ages.shape(), cities.shape()), (&[2][..], &[2][..]));
/// assert_eq!(cities.strings(), Some(&StringTensor::from(["Paris", "Oslo"])));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Numbers.
    Numbers(Tensor),
    /// Strings.
    Strings(StringTensor),
}

impl Data {
    /// The lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        match self {
            Data::Numbers(tensor) => tensor.shape(),
            Data::Strings(strings) => strings.shape(),
        }
    }

    /// The shape in the form graphs use.
    pub fn to_shape(&self) -> Shape {
        Shape::known(self.shape())
    }

    /// The length of the first axis: the number of samples. A scalar has one row.
    pub fn row_count(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// The numbers, if that is what it holds.
    pub fn tensor(&self) -> Option<&Tensor> {
        match self {
            Data::Numbers(tensor) => Some(tensor),
            Data::Strings(_) => None,
        }
    }

    /// The strings, if that is what it holds.
    pub fn strings(&self) -> Option<&StringTensor> {
        match self {
            Data::Numbers(_) => None,
            Data::Strings(strings) => Some(strings),
        }
    }

    /// The element type; strings have none that the engine knows.
    pub fn dtype(&self) -> Option<DType> {
        self.tensor().map(Tensor::dtype)
    }

    /// A view of a range of rows; nothing is copied.
    ///
    /// # Errors
    /// If the range does not lie within the rows.
    pub fn rows(&self, range: Range<usize>) -> Result<Data> {
        Ok(match self {
            Data::Numbers(tensor) => tensor.rows(range)?.into(),
            Data::Strings(strings) => strings.rows(range)?.into(),
        })
    }

    /// The same elements under another shape.
    ///
    /// # Errors
    /// If the new shape holds another number of elements.
    pub fn reshape(&self, shape: impl Into<Vec<usize>>) -> Result<Data> {
        Ok(match self {
            Data::Numbers(tensor) => tensor.reshape(shape)?.into(),
            Data::Strings(strings) => strings.reshape(shape)?.into(),
        })
    }
}

impl From<Tensor> for Data {
    fn from(tensor: Tensor) -> Self {
        Data::Numbers(tensor)
    }
}

impl From<&Tensor> for Data {
    fn from(tensor: &Tensor) -> Self {
        Data::Numbers(tensor.clone())
    }
}

impl From<StringTensor> for Data {
    fn from(strings: StringTensor) -> Self {
        Data::Strings(strings)
    }
}

impl From<&StringTensor> for Data {
    fn from(strings: &StringTensor) -> Self {
        Data::Strings(strings.clone())
    }
}

impl From<&Data> for Data {
    fn from(data: &Data) -> Self {
        data.clone()
    }
}

impl<const A: usize> From<[&str; A]> for Data {
    fn from(strings: [&str; A]) -> Self {
        Data::Strings(strings.into())
    }
}

impl<const A: usize, const B: usize> From<[[&str; B]; A]> for Data {
    fn from(strings: [[&str; B]; A]) -> Self {
        Data::Strings(strings.into())
    }
}
