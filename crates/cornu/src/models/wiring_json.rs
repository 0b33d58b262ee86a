//! The calls of a functional model in Keras' JSON.

use std::any::Any;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::network::{CallNode, Network, TensorRef, is_input};
use crate::layers::{Arguments, Layer, Operation};
use crate::registry::Configured;
use crate::saving::format::{self, Argument, FunctionalConfig, InboundNode, KerasTensor, Tree};
use crate::{Error, Result};

/// A result of a call as Keras refers to it: the layer, which of its calls, which result.
pub(super) fn reference(network: &Network, at: &TensorRef) -> format::TensorRef {
    let layer = network.calls[at.call].layer;
    let earlier = network.calls[..at.call].iter().filter(|call| call.layer == layer).count();
    format::TensorRef(network.layers[layer].base().name().into(), earlier, at.output)
}

/// The calls of a layer.
pub(super) fn inbound_nodes(network: &Network, layer: usize) -> Vec<InboundNode> {
    let calls = network.calls.iter().filter(|call| call.layer == layer && !call.inputs.is_empty());
    calls.map(|call| inbound_node(network, call)).collect()
}

fn inbound_node(network: &Network, call: &CallNode) -> InboundNode {
    let layer = network.layers[call.layer].as_ref();
    let tensor = |at: &TensorRef| {
        Tree::Leaf(Argument::Tensor(KerasTensor {
            shape: network.shapes[at.call][at.output].dims().to_vec(),
            dtype: network.dtype_of(at.call).into(),
            keras_history: reference(network, at),
        }))
    };
    let tensors: Vec<Tree<Argument>> = call.inputs.iter().map(tensor).collect();
    let listed = tensors.len() > 1 && !layer.takes_inputs_apart();
    let args = match (layer as &dyn Any).downcast_ref::<Operation>() {
        Some(operation) if operation.takes_list() => vec![Tree::List(tensors)],
        Some(operation) => {
            let mut tensors = tensors.into_iter();
            let constant = |value: &Value| Tree::Leaf(Argument::Value(value.clone()));
            let mut args: Vec<Tree<Argument>> = Vec::new();
            for argument in operation.arguments() {
                args.extend(argument.as_ref().map(constant).or_else(|| tensors.next()));
            }
            args.into_iter().chain(tensors).collect()
        }
        None if listed => vec![Tree::List(tensors)],
        None => tensors,
    };
    let args = Tree::List(args);
    // What Keras notes of every call of such a layer.
    let mut kwargs: Vec<(String, Tree<Argument>)> = match Configured::class_name(layer) {
        "BatchNormalization" => vec![("mask".into(), Tree::Leaf(Argument::Value(Value::Null)))],
        "Dropout" => vec![("training".into(), Tree::Leaf(Argument::Value(json!(false))))],
        _ => Vec::new(),
    };
    for (name, at) in &call.arguments.tensors {
        match kwargs.iter_mut().find(|(known, _)| known == name) {
            Some((_, Tree::List(several))) => several.push(tensor(at)),
            Some((_, one)) => *one = Tree::List(vec![one.clone(), tensor(at)]),
            None => kwargs.push((name.clone(), tensor(at))),
        }
    }
    let values = call.arguments.values.iter();
    kwargs.extend(values.map(|(name, value)| (name.clone(), Tree::Leaf(Argument::Value(value.clone())))));
    InboundNode { args, kwargs: Tree::Dict(kwargs) }
}

/// The constants among the arguments of an operation's call, `None` where tensors stand.
pub(super) fn constants(node: &InboundNode) -> Vec<Option<Value>> {
    let Tree::List(args) = &node.args else { return Vec::new() };
    let is_tensor = |argument: &Argument| matches!(argument, Argument::Tensor(_));
    let tensors = |tree: &Tree<Argument>| tree.leaves().into_iter().filter(|leaf| is_tensor(leaf)).count();
    let of = |tree: &Tree<Argument>| match tensors(tree) {
        0 => vec![Some(json!(tree))],
        count => vec![None; count],
    };
    args.iter().flat_map(of).collect()
}

/// The network that a functional model's config describes.
///
/// # Errors
/// If a call names a layer or a result that is not there, or calls wait for each other.
pub(super) fn network(config: &FunctionalConfig, layers: Vec<Box<dyn Layer>>) -> Result<Network> {
    let names: Vec<String> = config
        .layers
        .iter()
        .map(|object| {
            let own = || object.config.get("name")?.as_str().map(str::to_owned);
            object.name.clone().or_else(own).unwrap_or_default()
        })
        .collect();
    let position: HashMap<&str, usize> =
        names.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
    let position = |name: &str| {
        position.get(name).copied().ok_or_else(|| {
            let message =
                format!("config: there is no layer `{name}`, which a call or an end of the model names");
            Error::data(message)
        })
    };
    // Calls wait until what they read is there; a round that calls nothing has met a cycle.
    let mut calls: Vec<CallNode> = Vec::new();
    let mut call_of: HashMap<(usize, usize), usize> = HashMap::new();
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    for (at, object) in config.layers.iter().enumerate() {
        let count = object.inbound_nodes.as_ref().map_or(0, Vec::len);
        waiting.extend((0..count.max(usize::from(is_input(layers[at].as_ref())))).map(|node| (at, node)));
    }
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut still = Vec::new();
        for (layer, number) in waiting {
            let node = config.layers[layer].inbound_nodes.as_ref().and_then(|nodes| nodes.get(number));
            let find = |tensor: &KerasTensor| -> Result<Option<TensorRef>> {
                let format::TensorRef(name, index, output) = &tensor.keras_history;
                let call = call_of.get(&(position(name)?, *index));
                Ok(call.map(|call| TensorRef { call: *call, output: *output }))
            };
            match node.map_or(Ok(Some((Vec::new(), Arguments::default()))), |node| read(node, &find))? {
                Some((inputs, arguments)) => {
                    call_of.insert((layer, number), calls.len());
                    calls.push(CallNode { layer, inputs, arguments });
                }
                None => still.push((layer, number)),
            }
        }
        if still.len() == before {
            let name = &names[still[0].0];
            return Err(Error::data(format!("config.layers: the calls of `{name}` wait for each other")));
        }
        waiting = still;
    }
    let ends = |refs: Vec<&format::TensorRef>| -> Result<Vec<TensorRef>> {
        refs.into_iter()
            .map(|format::TensorRef(name, index, output)| {
                let call = call_of.get(&(position(name)?, *index)).copied();
                let call =
                    call.ok_or_else(|| Error::data(format!("config: layer `{name}` has no call {index}")))?;
                Ok(TensorRef { call, output: *output })
            })
            .collect()
    };
    let inputs = ends(config.input_layers.leaves())?;
    let outputs = ends(config.output_layers.leaves())?;
    Network::new(layers, calls, inputs.iter().map(|at| at.call).collect(), outputs)
}

/// What a call reads, if all of it is there already.
fn read(
    node: &InboundNode,
    find: &dyn Fn(&KerasTensor) -> Result<Option<TensorRef>>,
) -> Result<Option<(Vec<TensorRef>, Arguments<TensorRef>)>> {
    let mut inputs = Vec::new();
    for argument in node.args.leaves() {
        if let Argument::Tensor(tensor) = argument {
            let Some(found) = find(tensor)? else { return Ok(None) };
            inputs.push(found);
        }
    }
    let mut arguments = Arguments { tensors: Vec::new(), values: Map::new() };
    let named = match &node.kwargs {
        Tree::Dict(named) => named.as_slice(),
        _ => &[],
    };
    for (name, tree) in named {
        for argument in tree.leaves() {
            match argument {
                Argument::Tensor(tensor) => {
                    let Some(found) = find(tensor)? else { return Ok(None) };
                    arguments.tensors.push((name.clone(), found));
                }
                // What was not given, and the mode, which is the model's to say.
                Argument::Value(Value::Null) => {}
                Argument::Value(_) if name == "training" => {}
                Argument::Value(value) => {
                    arguments.values.insert(name.clone(), value.clone());
                }
            }
        }
    }
    Ok(Some((inputs, arguments)))
}
