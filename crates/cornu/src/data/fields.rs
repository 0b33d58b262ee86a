//! `Fields`: one tensor or several, by position or by name.

use std::sync::Arc;

use super::{Data, StringTensor};
use crate::{Result, Tensor};

/// The inputs, targets or weights of a [`Record`](super::Record): one tensor or several, each perhaps with a name.
///
/// ```
/// use cornu::data::Fields;
/// use cornu::{Data, Tensor};
/// let one = Fields::from(Tensor::from([1.0f32, 2.0]));
/// let age: Data = Tensor::scalar(31i64).into();
/// let several = Fields::from([("age", age), ("city", Data::from(["Oslo"]))]);
/// assert_eq!((one.len(), several.len()), (1, 2));
/// assert_eq!(several.get("city"), Some(&Data::from(["Oslo"])));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fields<T = Data>(Vec<(Name, T)>);

/// A field's name, shared by all elements that have it.
pub(crate) type Name = Option<Arc<str>>;

impl<T> Fields<T> {
    pub(crate) fn named(fields: Vec<(Name, T)>) -> Self {
        Fields(fields)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The field with this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known.as_deref() == Some(name)).map(|(_, field)| field)
    }

    /// The field at this position.
    pub fn at(&self, position: usize) -> Option<&T> {
        self.0.get(position).map(|(_, field)| field)
    }

    /// The field, if there is one alone.
    pub fn only(&self) -> Option<&T> {
        match self.0.as_slice() {
            [(_, field)] => Some(field),
            _ => None,
        }
    }

    /// The fields in order, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &T)> {
        self.0.iter().map(|(name, field)| (name.as_deref(), field))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, field)| field)
    }

    /// Each field made into something else under the same name.
    pub(crate) fn map<U>(&self, mut make: impl FnMut(&T) -> U) -> Fields<U> {
        Fields(self.0.iter().map(|(name, field)| (name.clone(), make(field))).collect())
    }

    /// As [`Fields::map`], giving the fields away.
    pub(crate) fn into_map<U>(self, mut make: impl FnMut(T) -> U) -> Fields<U> {
        Fields(self.0.into_iter().map(|(name, field)| (name, make(field))).collect())
    }

    /// The same fields behind one more.
    pub(crate) fn preceded_by(&self, first: T) -> Self
    where
        T: Clone,
    {
        Fields([(None, first)].into_iter().chain(self.0.iter().cloned()).collect())
    }
}

impl<T> Fields<Result<T>> {
    /// The fields, or what went wrong with the first that has none.
    pub(crate) fn transpose(self) -> Result<Fields<T>> {
        Ok(Fields(self.0.into_iter().map(|(name, field)| Ok((name, field?))).collect::<Result<_>>()?))
    }
}

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Fields(Vec::new())
    }
}

impl Fields {
    /// The numbers, if it is one tensor of them.
    pub fn tensor(&self) -> Option<&Tensor> {
        self.only()?.tensor()
    }

    /// The strings, if it is one tensor of them.
    pub fn strings(&self) -> Option<&StringTensor> {
        self.only()?.strings()
    }
}

/// None.
impl From<()> for Fields {
    fn from((): ()) -> Self {
        Fields::default()
    }
}

impl<D: Into<Data>> From<D> for Fields {
    fn from(data: D) -> Self {
        Fields(vec![(None, data.into())])
    }
}

impl<const N: usize> From<[Data; N]> for Fields {
    fn from(data: [Data; N]) -> Self {
        Vec::from(data).into()
    }
}

impl<const N: usize> From<[Tensor; N]> for Fields {
    fn from(tensors: [Tensor; N]) -> Self {
        Fields(tensors.into_iter().map(|tensor| (None, tensor.into())).collect())
    }
}

impl From<Vec<Data>> for Fields {
    fn from(data: Vec<Data>) -> Self {
        Fields(data.into_iter().map(|data| (None, data)).collect())
    }
}

impl<D: Into<Data>, const N: usize> From<[(&str, D); N]> for Fields {
    fn from(fields: [(&str, D); N]) -> Self {
        Fields(fields.into_iter().map(|(name, data)| (Some(name.into()), data.into())).collect())
    }
}

impl<D: Into<Data>> From<Vec<(String, D)>> for Fields {
    fn from(fields: Vec<(String, D)>) -> Self {
        Fields(fields.into_iter().map(|(name, data)| (Some(name.into()), data.into())).collect())
    }
}
