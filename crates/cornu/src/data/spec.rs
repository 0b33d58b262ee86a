//! `FieldSpec`: what the elements of a dataset look like before there is one.

use super::{Data, Record};
use crate::{DType, Shape};

/// The shape of a field and what it holds: tf.data's `TensorSpec`.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSpec {
    /// The shape; dimensions that differ from element to element are unknown.
    pub shape: Shape,
    /// The type of numbers; strings have none.
    pub dtype: Option<DType>,
}

/// What the elements of a dataset look like: tf.data's `element_spec`.
pub type ElementSpec = Record<FieldSpec>;

impl FieldSpec {
    /// Of data that is there.
    pub fn of(data: &Data) -> Self {
        FieldSpec { shape: data.to_shape(), dtype: data.dtype() }
    }

    fn with_shape(&self, shape: Shape) -> Self {
        FieldSpec { shape, dtype: self.dtype }
    }
}

impl ElementSpec {
    /// Of an element that is there.
    pub fn of(element: &Record) -> Self {
        element.map(FieldSpec::of)
    }

    /// Of elements stacked, so many of them if that is known.
    pub(crate) fn stacked(&self, count: Option<usize>) -> Self {
        self.map(|field| {
            let dims: Vec<_> = [count].into_iter().chain(field.shape.dims().iter().copied()).collect();
            field.with_shape(Shape::from(dims))
        })
    }

    /// Of the rows of elements.
    pub(crate) fn row(&self) -> Self {
        self.map(|field| field.with_shape(field.shape.sample()))
    }

    /// The length of the first axis, if there is one and it is known.
    pub(crate) fn rows(&self) -> Option<usize> {
        self.x.at(0)?.shape.dims().first().copied().flatten()
    }

    /// Of elements that are like those of one dataset or those of another.
    pub(crate) fn or(&self, other: &Self) -> Option<Self> {
        let parts = |e: &Self| (e.x.len(), e.y.len(), e.sample_weight.len());
        let mut others = other.fields();
        let alike = |(a, b): (&FieldSpec, &FieldSpec)| a.dtype == b.dtype && a.shape.rank() == b.shape.rank();
        if parts(self) != parts(other) || !self.fields().zip(other.fields()).all(alike) {
            return None;
        }
        Some(self.map(|field| {
            let dims = others.next().map_or(&[][..], |other| other.shape.dims());
            let common = field.shape.dims().iter().zip(dims).map(|(a, b)| a.filter(|_| a == b));
            field.with_shape(Shape::from(common.collect::<Vec<_>>()))
        }))
    }
}
