//! `Ahead`: what a layer does with data before there is a graph.

use crate::data::Data;
use crate::{DType, Result, Shape};

/// The part of a layer that works on data, ahead of the graph.
///
/// The engine computes with numbers alone, and what looks up words has nothing to differentiate. So a layer such as
/// `StringLookup` does this part once, for all samples, before the first step; its [`Layer::call`](super::Layer::call)
/// is given the results, which are fed to the graph like inputs of the model.
pub trait Ahead {
    /// What [`Ahead::prepare`] gives for inputs like these, whose dimensions may be unknown.
    ///
    /// # Errors
    /// If the inputs do not suit the layer.
    fn specs(&self, inputs: &[Spec]) -> Result<Vec<Spec>>;

    /// The results for data.
    ///
    /// # Errors
    /// If the data does not suit the layer, or the layer has not learned yet what it needs to know.
    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>>;

    /// The dtype of the `Input` that a sequential model puts before such a layer.
    fn input_dtype(&self) -> &'static str;
}

/// The shape of data to be, and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The shape.
    pub shape: Shape,
    /// The type of numbers; strings have none.
    pub dtype: Option<DType>,
}

impl Spec {
    /// Of data that is there.
    pub fn of(data: &Data) -> Self {
        Spec { shape: data.to_shape(), dtype: data.dtype() }
    }
}
