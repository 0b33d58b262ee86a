//! `Record`: an element of a dataset.

use super::{Data, Fields, StringTensor};
use crate::{Result, Tensor};

/// An element of a [dataset](super::Dataset): inputs, targets and sample weights, each one tensor or several. It is one
/// sample, or, after [`batch`](super::Dataset::batch), a batch of them.
///
/// ```
/// use cornu::Tensor;
/// use cornu::data::Record;
/// let sample = Record::from((Tensor::from([1.0f32, 2.0]), Tensor::scalar(3.0f32)));
/// assert_eq!(sample.x.tensor(), Some(&Tensor::from([1.0f32, 2.0])));
/// assert!(sample.sample_weight.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Record<T = Data> {
    /// Inputs.
    pub x: Fields<T>,
    /// Targets; none where there is nothing to learn.
    pub y: Fields<T>,
    /// Weights of the samples; none where all weigh the same.
    pub sample_weight: Fields<T>,
}

impl<T> Record<T> {
    /// All fields: inputs, targets, weights.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &T> {
        let parts = self.x.iter().chain(self.y.iter()).chain(self.sample_weight.iter());
        parts.map(|(_, field)| field)
    }

    pub(crate) fn fields_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.x.iter_mut().chain(self.y.iter_mut()).chain(self.sample_weight.iter_mut())
    }

    /// Each field made into something else.
    pub(crate) fn map<U>(&self, mut make: impl FnMut(&T) -> U) -> Record<U> {
        Record {
            x: self.x.map(&mut make),
            y: self.y.map(&mut make),
            sample_weight: self.sample_weight.map(make),
        }
    }

    /// As [`Record::map`], giving the fields away.
    pub(crate) fn into_map<U>(self, mut make: impl FnMut(T) -> U) -> Record<U> {
        Record {
            x: self.x.into_map(&mut make),
            y: self.y.into_map(&mut make),
            sample_weight: self.sample_weight.into_map(make),
        }
    }

    /// Each field made into something else, if all can.
    pub(crate) fn try_map<U>(&self, make: impl FnMut(&T) -> Result<U>) -> Result<Record<U>> {
        self.map(make).transpose()
    }

    /// What a field is called in messages: `x`, or ``x `age` `` where it has a name, by its place among all.
    pub(crate) fn called(&self, place: usize) -> String {
        let part = |what: &'static str, fields: &Fields<T>| {
            let names: Vec<String> = fields
                .iter()
                .enumerate()
                .map(|(at, (name, _))| match name {
                    Some(name) => format!("{what} `{name}`"),
                    None if fields.len() == 1 => what.to_owned(),
                    None => format!("{what}[{at}]"),
                })
                .collect();
            names
        };
        let parts = [("x", &self.x), ("y", &self.y), ("sample_weight", &self.sample_weight)];
        parts.into_iter().flat_map(|(what, fields)| part(what, fields)).nth(place).unwrap_or_default()
    }
}

impl<T> Record<Result<T>> {
    /// The fields, or what went wrong with the first that has none.
    pub(crate) fn transpose(self) -> Result<Record<T>> {
        Ok(Record {
            x: self.x.transpose()?,
            y: self.y.transpose()?,
            sample_weight: self.sample_weight.transpose()?,
        })
    }
}

impl Record {
    /// Whether the fields are as many as another's, with rows of the same shapes and kinds.
    pub(crate) fn has_rows_like(&self, other: &Record) -> bool {
        let parts = |record: &Record| [record.x.len(), record.y.len(), record.sample_weight.len()];
        let mut pairs = self.fields().zip(other.fields());
        parts(self) == parts(other)
            && pairs.all(|(a, b)| a.dtype() == b.dtype() && a.shape().get(1..) == b.shape().get(1..))
    }
}

/// Inputs alone.
macro_rules! inputs_alone {
    ($($type:ty),*) => {$(
        impl From<$type> for Record {
            fn from(x: $type) -> Self {
                Record { x: x.into(), y: Fields::default(), sample_weight: Fields::default() }
            }
        }
    )*};
}

inputs_alone!(Fields, Data, Tensor, &Tensor, StringTensor, &StringTensor);

/// Inputs and targets.
impl<X: Into<Fields>, Y: Into<Fields>> From<(X, Y)> for Record {
    fn from((x, y): (X, Y)) -> Self {
        Record { x: x.into(), y: y.into(), sample_weight: Fields::default() }
    }
}

/// Inputs, targets and sample weights.
impl<X: Into<Fields>, Y: Into<Fields>, W: Into<Fields>> From<(X, Y, W)> for Record {
    fn from((x, y, sample_weight): (X, Y, W)) -> Self {
        Record { x: x.into(), y: y.into(), sample_weight: sample_weight.into() }
    }
}
