//! `StringTensor`: strings in rows and columns.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::{Error, Result, Shape};

/// An n-dimensional array of strings, row-major: what a model is fed whose `Input` is of dtype `"string"`.
///
/// The engine computes with numbers alone; `StringLookup`, `TextVectorization` and `Hashing` make them of strings.
/// Cloning one copies no string, nor does looking at some of its rows.
///
/// ```
/// use cornu::StringTensor;
/// let cities = StringTensor::from([["Paris"], ["Oslo"]]);
/// assert_eq!(cities.shape(), [2, 1]);
/// assert_eq!(cities.as_slice()[1], "Oslo");
/// ```
#[derive(Clone)]
pub struct StringTensor {
    data: Arc<[String]>,
    /// Where its own elements begin in the shared ones.
    offset: usize,
    shape: Vec<usize>,
}

impl StringTensor {
    /// A tensor of this shape from its elements in row-major order.
    ///
    /// # Errors
    /// If the shape does not hold exactly `data.len()` elements.
    pub fn new(data: impl Into<Vec<String>>, shape: impl Into<Vec<usize>>) -> Result<Self> {
        StringTensor::from(data.into()).reshape(shape)
    }

    /// The lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in row-major order.
    pub fn as_slice(&self) -> &[String] {
        &self.data[self.offset..self.offset + self.len()]
    }

    /// A view of a range of rows; nothing is copied.
    ///
    /// # Errors
    /// If the range does not lie within the rows.
    ///
    /// ```
    /// use cornu::StringTensor;
    /// let cities = StringTensor::from([["Paris"], ["Oslo"], ["Rome"]]);
    /// assert_eq!(cities.rows(1..3)?, StringTensor::from([["Oslo"], ["Rome"]]));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    pub fn rows(&self, range: Range<usize>) -> Result<Self> {
        let rows = self.shape.first().copied().unwrap_or(0);
        if range.start > range.end || range.end > rows {
            return Err(Error::data(format!("rows {range:?} do not lie within the {rows} rows of strings")));
        }
        let width: usize = self.shape.iter().skip(1).product();
        let mut shape = self.shape.clone();
        shape[0] = range.len();
        Ok(StringTensor { data: self.data.clone(), offset: self.offset + range.start * width, shape })
    }

    /// The same elements under another shape.
    ///
    /// # Errors
    /// If the new shape holds another number of elements.
    pub fn reshape(&self, shape: impl Into<Vec<usize>>) -> Result<Self> {
        let shape = shape.into();
        let wanted = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).unwrap_or(usize::MAX);
        if wanted != self.len() {
            let (got, shape) = (self.len(), Shape::known(&shape));
            return Err(Error::data(format!(
                "{got} strings cannot fill the shape {shape}, which holds {wanted}"
            )));
        }
        Ok(StringTensor { data: self.data.clone(), offset: self.offset, shape })
    }

    /// A new tensor of the rows with these indices, in that order.
    ///
    /// # Errors
    /// If an index lies outside the rows.
    pub fn take(&self, indices: &[usize]) -> Result<Self> {
        let rows = self.shape.first().copied().unwrap_or(0);
        let width: usize = self.shape.iter().skip(1).product();
        let own = self.as_slice();
        let mut data = Vec::with_capacity(indices.len() * width);
        for &at in indices {
            let row = (at < rows).then(|| own.get(at * width..(at + 1) * width)).flatten();
            data.extend_from_slice(row.ok_or_else(|| {
                Error::data(format!("row {at} lies outside a tensor of strings with {rows} rows"))
            })?);
        }
        let shape = std::iter::once(indices.len()).chain(self.shape.iter().skip(1).copied()).collect();
        Ok(StringTensor { data: data.into(), offset: 0, shape })
    }
}

impl PartialEq for StringTensor {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.as_slice() == other.as_slice()
    }
}

impl Eq for StringTensor {}

impl fmt::Debug for StringTensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        write!(f, "StringTensor({}, ", Shape::known(&self.shape))?;
        f.debug_list().entries(self.as_slice().iter().take(SHOWN)).finish()?;
        f.write_str(if self.len() > SHOWN { " and more)" } else { ")" })
    }
}

impl From<Vec<String>> for StringTensor {
    fn from(data: Vec<String>) -> Self {
        let shape = vec![data.len()];
        StringTensor { data: data.into(), offset: 0, shape }
    }
}

impl From<Vec<&str>> for StringTensor {
    fn from(data: Vec<&str>) -> Self {
        data.into_iter().map(String::from).collect::<Vec<_>>().into()
    }
}

impl From<&[String]> for StringTensor {
    fn from(data: &[String]) -> Self {
        data.to_vec().into()
    }
}

impl From<&[&str]> for StringTensor {
    fn from(data: &[&str]) -> Self {
        data.to_vec().into()
    }
}

impl<const A: usize> From<[&str; A]> for StringTensor {
    fn from(data: [&str; A]) -> Self {
        data.to_vec().into()
    }
}

impl<const A: usize, const B: usize> From<[[&str; B]; A]> for StringTensor {
    fn from(data: [[&str; B]; A]) -> Self {
        let flat = StringTensor::from(data.as_flattened());
        StringTensor { shape: vec![A, B], ..flat }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_shape_is_an_error() {
        let words = StringTensor::from(["a", "b", "c"]);
        let error = words.reshape([2, 2]).unwrap_err().to_string();
        assert_eq!(error, "3 strings cannot fill the shape (2, 2), which holds 4");
        assert_eq!(words.reshape([3, 1]).unwrap(), StringTensor::from([["a"], ["b"], ["c"]]));
        assert!(StringTensor::new(vec![String::new()], [usize::MAX, 2]).is_err());
    }

    #[test]
    fn rows_are_taken() {
        let words = StringTensor::from([["a", "b"], ["c", "d"]]);
        assert_eq!(words.take(&[1, 1]).unwrap(), StringTensor::from([["c", "d"], ["c", "d"]]));
        let error = words.take(&[2]).unwrap_err().to_string();
        assert_eq!(error, "row 2 lies outside a tensor of strings with 2 rows");
    }
}
