//! `Outline`: what a picture of a model shows.

use super::Model;
use super::model::Kind;
use super::nested::NestedModel;
use super::network::{Network, is_input};
use crate::layers::Layer;
use crate::registry::Configured;
use crate::{Result, Shape};

/// Layers and what flows between them, as plain data.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    /// In Keras' order; a sequential model does not count its `Input`.
    pub(crate) layers: Vec<OutlinedLayer>,
    /// In Keras' order: of each layer the calls, of each call what it reads.
    pub(crate) edges: Vec<Edge>,
    /// The layer that each input of the model is, or the first one where inputs do not count.
    pub(crate) inputs: Vec<usize>,
    /// The layer that each output of the model is of, and which of its results.
    pub(crate) outputs: Vec<(usize, usize)>,
}

/// A layer as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct OutlinedLayer {
    pub(crate) name: String,
    pub(crate) class_name: String,
    pub(crate) activation: Option<String>,
    /// The shapes of what it reads at its first call.
    pub(crate) inputs: Vec<Shape>,
    /// The shapes of what it gives then, and Keras' name of their type.
    pub(crate) outputs: Vec<Shape>,
    pub(crate) dtype: &'static str,
    /// Whether training changes its weights, if it has some.
    pub(crate) trainable: Option<bool>,
    /// The model that the layer is, if it is one.
    pub(crate) inner: Option<Outline>,
}

impl OutlinedLayer {
    pub(crate) fn is_input(&self) -> bool {
        self.inputs.is_empty()
    }
}

/// One result of a layer read by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    /// Which of its results.
    pub(crate) output: usize,
    pub(crate) to: usize,
    /// As which of its inputs.
    pub(crate) input: usize,
}

impl Model {
    /// What a picture of the model shows.
    ///
    /// # Errors
    /// If the model is not built.
    pub(crate) fn outline(&self) -> Result<Outline> {
        Ok(outline(self.kind, self.network()?, true))
    }
}

fn outline(kind: Kind, network: &Network, trainable: bool) -> Outline {
    // The number of each layer in the picture.
    let mut count = 0..;
    let mut number = |layer: &dyn Layer| {
        let shown = kind == Kind::Functional || !is_input(layer);
        shown.then(|| count.next()).flatten()
    };
    let numbers: Vec<Option<usize>> = network.layers.iter().map(|layer| number(layer.as_ref())).collect();
    let shown = (0..network.layers.len()).filter(|at| numbers[*at].is_some());
    let layers = shown.map(|at| outlined(network, at, trainable)).collect();

    let mut edges = Vec::new();
    for call in &network.calls {
        let named = call.arguments.tensors.iter().map(|(_, at)| at);
        for (input, read) in call.inputs.iter().chain(named).enumerate() {
            let from = numbers[network.calls[read.call].layer];
            if let (Some(from), Some(to)) = (from, numbers[call.layer]) {
                edges.push(Edge { from, output: read.output, to, input });
            }
        }
    }
    edges.sort_by_key(|edge| edge.to);
    Outline {
        layers,
        edges,
        inputs: network
            .inputs
            .iter()
            .map(|call| numbers[network.calls[*call].layer].unwrap_or_default())
            .collect(),
        outputs: network
            .outputs
            .iter()
            .filter_map(|at| Some((numbers[network.calls[at.call].layer]?, at.output)))
            .collect(),
    }
}

fn outlined(network: &Network, at: usize, trainable: bool) -> OutlinedLayer {
    let layer = network.layers[at].as_ref();
    let trainable = trainable && layer.base().trainable;
    let first = network.calls.iter().position(|call| call.layer == at);
    let inputs = first.map(|call| {
        let call = &network.calls[call];
        let named = call.arguments.tensors.iter().map(|(_, at)| at);
        let read = call.inputs.iter().chain(named);
        read.filter_map(|at| network.shapes[at.call].get(at.output).cloned()).collect()
    });
    let activation = layer.config().get("activation").and_then(|activation| {
        let of_object = || activation.get("config")?.get("name").or(activation.get("class_name"))?.as_str();
        activation.as_str().or_else(of_object).map(String::from)
    });
    OutlinedLayer {
        name: layer.base().name().into(),
        class_name: Configured::class_name(layer).into(),
        activation,
        inputs: inputs.unwrap_or_default(),
        outputs: first.map(|call| network.shapes[call].clone()).unwrap_or_default(),
        dtype: first.map_or("float32", |call| network.dtype_of(call)),
        trainable: network.weights_of(at).next().map(|_| trainable),
        inner: NestedModel::of(layer).map(|nested| outline(nested.kind(), nested.network(), trainable)),
    }
}
