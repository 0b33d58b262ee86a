//! Functional models: networks from the tensors they begin and end with.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::model::Model;
use super::network::{CallNode, Network, TensorRef, is_input};
use super::symbolic::{Called, KerasTensor, Placed, SymbolicCall};
use crate::layers::Input;
use crate::{Error, Result, Shape, Tensor};

impl Model {
    /// The model that computes `outputs` from `inputs`: Keras' `keras.Model(inputs, outputs)`.
    ///
    /// An input is usually an [`Input`]; a tensor from the middle of other calls becomes one. Layers that come with
    /// weights, such as those of [`Model::tensors`], keep them.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Connect, Model};
    /// let x = Input::new([4]).tensor();
    /// let features = Dense::new(8).activation("relu").on(&x);
    /// let class = Dense::new(3).activation("softmax").name("class").on(&features);
    /// let size = Dense::new(1).name("size").on(&features);
    /// let model = Model::new(&x, [&class, &size])?;
    /// assert_eq!(model.output_names()?, ["class", "size"]);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If an output does not follow from the inputs, an input is given twice, two layers share a name, or a layer does
    /// not suit what it is called on; the message names the layer and the line that called it.
    pub fn new(inputs: impl Into<Called>, outputs: impl Into<Called>) -> Result<Model> {
        let network = connect(&inputs.into().into_inputs(), &outputs.into().into_inputs(), true)?;
        Self::functional("functional".into(), network)
    }

    /// The shape of a tensor, from all it is computed from.
    pub(super) fn traced(tensor: &KerasTensor) -> Result<Shape> {
        let network = connect(&[], std::slice::from_ref(tensor), false)?;
        Ok(network.output_shapes().next().cloned().unwrap_or_default())
    }

    /// The model's tensors with the weights as they are now, to make other models of: feature extraction, another
    /// head on a trained body.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Connect, Model, Sequential};
    /// let trained = Sequential::new()
    ///     .add(Input::new([4]))
    ///     .add(Dense::new(8).activation("relu").name("features"))
    ///     .add(Dense::new(1));
    /// let tensors = trained.tensors()?;
    /// let head = Dense::new(3).activation("softmax").on(tensors.layer("features")?);
    /// let model = Model::new(tensors.inputs().to_vec(), head)?;
    /// assert_eq!(model.get_layer("features")?.get_weights(), trained.get_layer("features")?.get_weights());
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not built.
    pub fn tensors(&self) -> Result<Tensors> {
        let network = self.network()?;
        let values = |at: usize| -> Vec<Tensor> {
            network.weights[at].iter().filter_map(|(path, _)| self.value(path)).cloned().collect()
        };
        let placed: Vec<Arc<Placed>> = network
            .layers
            .iter()
            .enumerate()
            .map(|(at, layer)| Arc::new(Placed { layer: layer.clone(), values: values(at) }))
            .collect();
        let mut calls: Vec<KerasTensor> = Vec::new();
        for call in &network.calls {
            let tensor = |at: &TensorRef| calls[at.call].output(at.output);
            let inputs = call.inputs.iter().map(tensor).collect();
            let arguments = call.arguments.map(tensor);
            calls.push(KerasTensor::of_call(placed[call.layer].clone(), inputs, arguments));
        }
        let end = |at: &TensorRef| calls[at.call].output(at.output);
        let first_call = |layer: usize| network.calls.iter().position(|call| call.layer == layer);
        Ok(Tensors {
            inputs: network.inputs.iter().map(|call| calls[*call].clone()).collect(),
            outputs: network.outputs.iter().map(end).collect(),
            layers: (0..network.layers.len())
                .filter_map(|at| {
                    Some((network.layers[at].base().name().to_owned(), calls[first_call(at)?].clone()))
                })
                .collect(),
        })
    }
}

/// The symbolic tensors of a model, with its weights: see [`Model::tensors`].
#[derive(Debug, Clone)]
pub struct Tensors {
    inputs: Vec<KerasTensor>,
    outputs: Vec<KerasTensor>,
    layers: Vec<(String, KerasTensor)>,
}

impl Tensors {
    /// What the model begins with.
    pub fn inputs(&self) -> &[KerasTensor] {
        &self.inputs
    }

    /// What the model gives.
    pub fn outputs(&self) -> &[KerasTensor] {
        &self.outputs
    }

    /// What the layer of this name gives at its first call.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn layer(&self, name: &str) -> Result<&KerasTensor> {
        self.layers.iter().find(|(known, _)| known == name).map(|(_, tensor)| tensor).ok_or_else(|| {
            Error::unknown_name("layer", name, self.layers.iter().map(|(known, _)| known.clone()))
        })
    }
}

/// The network between `inputs` and `outputs`. Unless `closed`, `Input`s met on the way are inputs as well.
fn connect(inputs: &[KerasTensor], outputs: &[KerasTensor], closed: bool) -> Result<Network> {
    let wiring = Wiring::new(inputs)?;
    let (entered, calls) = wiring.calls(outputs);
    let layers = layers_by_depth(&entered, &calls, &wiring);

    let layer_of = |call: &Arc<SymbolicCall>| {
        layers.iter().position(|known| Arc::ptr_eq(known, &call.layer)).unwrap_or_default()
    };
    let mut number: HashMap<CallId, usize> = HashMap::new();
    let mut nodes: Vec<CallNode> = Vec::new();
    let mut begins: Vec<usize> = Vec::new();
    for call in &calls {
        let layer = call.layer.layer.as_ref();
        if is_input(layer) {
            if closed && !wiring.begins.iter().any(|begin| id(&begin.call) == id(call)) {
                return Err(layer.error("is needed for the model's outputs, but is not among its inputs"));
            }
            begins.push(nodes.len());
        }
        // Calls come after all they read, so that what they read has its number.
        let reference = |tensor: &KerasTensor| {
            let tensor = wiring.resolve(tensor);
            TensorRef {
                call: number.get(&id(&tensor.call)).copied().unwrap_or_default(),
                output: tensor.output,
            }
        };
        nodes.push(CallNode {
            layer: layer_of(call),
            inputs: call.inputs.iter().map(reference).collect(),
            arguments: call.arguments.map(reference),
        });
        number.insert(id(call), nodes.len() - 1);
    }
    let end = |tensor: &KerasTensor| {
        let tensor = wiring.resolve(tensor);
        TensorRef { call: number.get(&id(&tensor.call)).copied().unwrap_or_default(), output: tensor.output }
    };
    let ends = outputs.iter().map(end).collect();
    if closed {
        begins = wiring.begins.iter().filter_map(|begin| number.get(&id(&begin.call)).copied()).collect();
    }
    let (boxed, values) = layers.iter().map(|placed| (placed.layer.clone(), placed.values.clone())).unzip();
    Network::with_values(boxed, values, nodes, begins, ends)
}

type CallId = *const SymbolicCall;

fn id(call: &Arc<SymbolicCall>) -> CallId {
    Arc::as_ptr(call)
}

/// What a network begins with.
struct Wiring {
    /// The results of `Input` layers.
    begins: Vec<KerasTensor>,
    /// Tensors from the middle of other calls, with the `Input` that stands for them.
    swapped: Vec<(KerasTensor, KerasTensor)>,
}

impl Wiring {
    fn new(inputs: &[KerasTensor]) -> Result<Self> {
        let mut wiring = Wiring { begins: Vec::new(), swapped: Vec::new() };
        for (at, input) in inputs.iter().enumerate() {
            let same =
                |other: &&KerasTensor| id(&other.call) == id(&input.call) && other.output == input.output;
            if inputs[..at].iter().find(same).is_some() {
                return Err(input.layer().error("is given twice among the model's inputs"));
            }
            if is_input(input.layer()) {
                wiring.begins.push(input.clone());
                continue;
            }
            let stand_in = Input::batch(input.shape()?).tensor();
            wiring.begins.push(stand_in.clone());
            wiring.swapped.push((input.clone(), stand_in));
        }
        Ok(wiring)
    }

    /// The tensor, or the `Input` that stands for it.
    fn resolve<'t>(&'t self, tensor: &'t KerasTensor) -> &'t KerasTensor {
        let same = |given: &KerasTensor| id(&given.call) == id(&tensor.call) && given.output == tensor.output;
        self.swapped.iter().find(|(given, _)| same(given)).map_or(tensor, |(_, stand_in)| stand_in)
    }

    /// The calls the outputs need and inputs that no output needs: in the order in which a walk from the outputs
    /// enters them, and each after those it reads.
    fn calls(&self, outputs: &[KerasTensor]) -> (Vec<Arc<SymbolicCall>>, Vec<Arc<SymbolicCall>>) {
        enum Visit {
            Enter(Arc<SymbolicCall>),
            Leave(Arc<SymbolicCall>),
        }
        let mut known: HashSet<CallId> = HashSet::new();
        let (mut entered, mut left) = (Vec::new(), Vec::new());
        // A stack of our own: networks may be deeper than the thread's.
        let ends = outputs.iter().chain(&self.begins).map(|tensor| self.resolve(tensor).call.clone());
        let mut stack: Vec<Visit> = ends.rev().map(Visit::Enter).collect();
        while let Some(visit) = stack.pop() {
            match visit {
                Visit::Enter(call) => {
                    if known.insert(id(&call)) {
                        entered.push(call.clone());
                        let reads = self.reads(&call);
                        stack.push(Visit::Leave(call));
                        stack.extend(reads.into_iter().rev().map(Visit::Enter));
                    }
                }
                Visit::Leave(call) => left.push(call),
            }
        }
        (entered, left)
    }

    /// The calls whose results a call reads.
    fn reads(&self, call: &SymbolicCall) -> Vec<Arc<SymbolicCall>> {
        let named = call.arguments.tensors.iter().map(|(_, tensor)| tensor);
        call.inputs.iter().chain(named).map(|tensor| self.resolve(tensor).call.clone()).collect()
    }
}

/// The layers in Keras' order, which is that of the weights: the deepest first, depth being the longest way to an
/// output; of the same depth as a walk from the outputs meets them (`map_graph` in `keras/src/ops/function.py`).
fn layers_by_depth(
    entered: &[Arc<SymbolicCall>],
    calls: &[Arc<SymbolicCall>],
    wiring: &Wiring,
) -> Vec<Arc<Placed>> {
    let layer = |call: &Arc<SymbolicCall>| Arc::as_ptr(&call.layer);
    let mut call_depth: HashMap<CallId, usize> = HashMap::new();
    let mut layer_depth: HashMap<*const Placed, usize> = HashMap::new();
    for call in calls.iter().rev() {
        let own = call_depth.get(&id(call)).copied().unwrap_or(0);
        let depth = own.max(layer_depth.get(&layer(call)).copied().unwrap_or(0));
        layer_depth.insert(layer(call), depth);
        call_depth.insert(id(call), depth);
        for read in wiring.reads(call) {
            let known = call_depth.entry(id(&read)).or_insert(0);
            *known = (*known).max(depth + 1);
        }
    }
    let mut found: Vec<Arc<Placed>> = Vec::new();
    for call in entered {
        if !found.iter().any(|known| Arc::ptr_eq(known, &call.layer)) {
            found.push(call.layer.clone());
        }
    }
    found
        .sort_by_key(|placed| std::cmp::Reverse(layer_depth.get(&Arc::as_ptr(placed)).copied().unwrap_or(0)));
    found
}
