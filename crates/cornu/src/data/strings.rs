//! `StringTensor`: strings in rows and columns.

use std::fmt;
use std::sync::Arc;

use crate::{Error, Result, Shape};

/// An n-dimensional array of strings, row-major: what a model is fed whose `Input` is of dtype `"string"`.
///
/// The engine computes with numbers alone; `StringLookup`, `TextVectorization` and `Hashing` make them of strings.
/// Cloning one copies no string.
///
/// ```
/// use cornu::StringTensor;
/// let cities = StringTensor::from([["Paris"], ["Oslo"]]);
/// assert_eq!(cities.shape(), [2, 1]);
/// assert_eq!(cities.as_slice()[1], "Oslo");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StringTensor {
    data: Arc<[String]>,
    shape: Vec<usize>,
}

impl StringTensor {
    /// A tensor of this shape from its elements in row-major order.
    ///
    /// # Errors
    /// If the shape does not hold exactly `data.len()` elements.
    pub fn new(data: impl Into<Vec<String>>, shape: impl Into<Vec<usize>>) -> Result<Self> {
        StringTensor { data: data.into().into(), shape: Vec::new() }.reshape(shape)
    }

    /// The lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The elements in row-major order.
    pub fn as_slice(&self) -> &[String] {
        &self.data
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
        Ok(StringTensor { data: self.data.clone(), shape })
    }
}

impl fmt::Debug for StringTensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        write!(f, "StringTensor({}, ", Shape::known(&self.shape))?;
        f.debug_list().entries(self.data.iter().take(SHOWN)).finish()?;
        f.write_str(if self.len() > SHOWN { " and more)" } else { ")" })
    }
}

impl From<Vec<String>> for StringTensor {
    fn from(data: Vec<String>) -> Self {
        let shape = vec![data.len()];
        StringTensor { data: data.into(), shape }
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
}
