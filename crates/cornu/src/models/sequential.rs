//! `Sequential`: a plain stack of layers.

use std::ops::{Deref, DerefMut};
use std::panic::Location;

use super::Model;
use crate::layers::Layer;

/// A model whose layers follow one another.
///
/// ```
/// use cornu::{Sequential, layers::{Dense, Flatten, Input}};
/// let mut model = Sequential::new()
///     .add(Input::new([28, 28]))
///     .add(Flatten::new())
///     .add(Dense::new(300).activation("relu"))
///     .add(Dense::new(10).activation("softmax"));
/// model.build([None, Some(28), Some(28)])?;
/// assert_eq!(model.count_params()?, 238_510);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Everything else a model can do is in [`Model`], to which it dereferences.
pub struct Sequential {
    model: Model,
}

impl Default for Sequential {
    fn default() -> Self {
        Self::new()
    }
}

impl Sequential {
    /// A model without layers.
    pub fn new() -> Self {
        Sequential { model: Model::sequential("sequential".into(), Vec::new()) }
    }

    /// A model of these layers; [`layers!`](crate::layers!) makes the list.
    #[track_caller]
    pub fn from_layers(layers: Vec<Box<dyn Layer>>) -> Self {
        let mut model = Self::new();
        for layer in layers {
            model.push(layer, Location::caller());
        }
        model
    }

    /// The model's name; `sequential` by default.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.model.name = name.into();
        self
    }

    /// Puts a layer on top. Never fails: what is wrong with it is reported, with the line of this call, when the
    /// model is built.
    #[must_use]
    #[track_caller]
    #[allow(clippy::should_implement_trait)] // Keras' name
    pub fn add(mut self, layer: impl Layer) -> Self {
        self.push(Box::new(layer), Location::caller());
        self
    }

    fn push(&mut self, mut layer: Box<dyn Layer>, at: &'static Location<'static>) {
        layer.base_mut().at = Some(at);
        self.model.layers.push(layer);
    }

    /// The model, of the type that [`load_model`](crate::load_model) also gives.
    pub fn into_model(self) -> Model {
        self.model
    }
}

impl From<Sequential> for Model {
    fn from(sequential: Sequential) -> Self {
        sequential.model
    }
}

impl Deref for Sequential {
    type Target = Model;
    fn deref(&self) -> &Model {
        &self.model
    }
}

impl DerefMut for Sequential {
    fn deref_mut(&mut self) -> &mut Model {
        &mut self.model
    }
}
