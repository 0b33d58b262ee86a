//! `LayerRef`: a layer in its model, with its weights.

use super::Model;
use super::network::Network;
use crate::layers::Layer;
use crate::registry::{Config, Configured};
use crate::{Shape, Tensor};

/// A layer of a built model.
///
/// ```
/// use cornu::{Sequential, layers::{Dense, Input}};
/// let mut model = Sequential::new().add(Input::new([4])).add(Dense::new(3).name("hidden"));
/// model.build([None, Some(4)])?;
/// let hidden = model.get_layer("hidden")?;
/// assert_eq!(hidden.count_params(), 15);
/// assert_eq!(hidden.output_shape().to_string(), "(None, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct LayerRef<'m> {
    model: &'m Model,
    layer: &'m dyn Layer,
    network: &'m Network,
    at: usize,
    shape: Option<&'m Shape>,
}

impl<'m> LayerRef<'m> {
    /// The layer number `at` of a model's network.
    pub(super) fn new(model: &'m Model, network: &'m Network, at: usize) -> Self {
        let call = network.calls.iter().position(|call| call.layer == at);
        let shape = call.and_then(|call| network.shapes[call].first());
        LayerRef { model, layer: network.layers[at].as_ref(), network, at, shape }
    }

    /// The layer's name.
    pub fn name(&self) -> &'m str {
        self.layer.base().name()
    }

    /// Keras' class name.
    pub fn class_name(&self) -> &'m str {
        Configured::class_name(self.layer)
    }

    /// Keras' `get_config()`.
    pub fn get_config(&self) -> Config {
        self.layer.config()
    }

    /// Whether training changes the layer's weights.
    pub fn trainable(&self) -> bool {
        self.layer.base().trainable
    }

    /// The shape of the layer's output, the batch axis included.
    pub fn output_shape(&self) -> Shape {
        self.shape.cloned().unwrap_or_default()
    }

    /// The layer's weights in Keras' order.
    pub fn get_weights(&self) -> Vec<Tensor> {
        self.network.weights_of(self.at).filter_map(|(path, _)| self.model.value(path)).cloned().collect()
    }

    /// The number of numbers in the layer's weights.
    pub fn count_params(&self) -> usize {
        self.network.weights_of(self.at).map(|(_, weight)| weight.shape.iter().product::<usize>()).sum()
    }

    /// The layer as plain data.
    pub fn layer(&self) -> &'m dyn Layer {
        self.layer
    }
}
