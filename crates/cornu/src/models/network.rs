//! Networks: which layer is called on what, and the weights they declared.

use std::any::Any;

use cornu_engine::exec::State;

use super::ahead::{Division, Known};
use crate::data::Data;
use crate::graph::{Builder, Var};
use crate::layers::{Arguments, Build, Call, Input, Layer, Weight, latest, readable};
use crate::registry::Configured;
use crate::saving::weights_h5::{own_name, to_snake_case};
use crate::{DType, Error, Result, Shape, Tensor};

/// Layers with their calls: what `Sequential` and functional models both come down to.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    /// Each layer once, in the order added; names are given and differ.
    pub(crate) layers: Vec<Box<dyn Layer>>,
    /// The calls, each after those it reads.
    pub(crate) calls: Vec<CallNode>,
    /// The calls of `Input` layers, in the order in which the model is fed.
    pub(crate) inputs: Vec<usize>,
    /// What is done with data, and what in the graph.
    pub(crate) division: Division,
    /// What the model gives.
    pub(crate) outputs: Vec<TensorRef>,
    /// The weights of each layer, with their paths.
    pub(crate) weights: Vec<Vec<(String, Weight)>>,
    /// The shape of each call's results with unknown dimensions.
    pub(crate) shapes: Vec<Vec<Shape>>,
}

/// One call of a layer.
#[derive(Debug, Clone)]
pub(crate) struct CallNode {
    pub(crate) layer: usize,
    pub(crate) inputs: Vec<TensorRef>,
    pub(crate) arguments: Arguments<TensorRef>,
}

/// One result of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TensorRef {
    pub(crate) call: usize,
    pub(crate) output: usize,
}

/// What tracing a network gives.
#[derive(Default)]
pub(crate) struct Results<'g> {
    /// The results of each call.
    values: Vec<Vec<Var<'g>>>,
    /// Their masks.
    masks: Vec<Vec<Option<Var<'g>>>>,
    /// Penalties layers added.
    pub(crate) losses: Vec<Var<'g>>,
    /// New values of running statistics.
    pub(crate) updates: Vec<(String, Var<'g>)>,
}

impl<'g> Results<'g> {
    /// A call that is not part of the graph.
    pub(super) fn skip(&mut self) {
        self.values.push(Vec::new());
        self.masks.push(Vec::new());
    }

    /// The results of each call.
    pub(crate) fn values(&self) -> &[Vec<Var<'g>>] {
        &self.values
    }

    /// One result of a call.
    pub(crate) fn value(&self, at: &TensorRef) -> Option<Var<'g>> {
        self.values.get(at.call)?.get(at.output).copied()
    }

    /// The mask a result carries.
    pub(crate) fn mask(&self, at: &TensorRef) -> Option<Var<'g>> {
        self.masks.get(at.call)?.get(at.output).copied().flatten()
    }
}

impl Network {
    /// A chain of layers, the first of which is an `Input`.
    ///
    /// # Errors
    /// If two layers share a name, a name or argument is unusable, or a layer does not suit its input.
    pub(crate) fn chain(layers: Vec<Box<dyn Layer>>) -> Result<Self> {
        let calls = (0..layers.len())
            .map(|layer| CallNode {
                layer,
                inputs: layer.checked_sub(1).map(|call| TensorRef { call, output: 0 }).into_iter().collect(),
                arguments: Arguments::default(),
            })
            .collect();
        let last = TensorRef { call: layers.len().saturating_sub(1), output: 0 };
        Self::new(layers, calls, vec![0], vec![last])
    }

    /// A network of layers and calls, each after those it reads.
    ///
    /// # Errors
    /// As for [`Network::chain`].
    pub(crate) fn new(
        layers: Vec<Box<dyn Layer>>,
        calls: Vec<CallNode>,
        inputs: Vec<usize>,
        outputs: Vec<TensorRef>,
    ) -> Result<Self> {
        let values = vec![Vec::new(); layers.len()];
        Self::with_values(layers, values, calls, inputs, outputs)
    }

    /// A network of layers, some of which have weights already.
    ///
    /// # Errors
    /// As for [`Network::chain`].
    pub(crate) fn with_values(
        mut layers: Vec<Box<dyn Layer>>,
        values: Vec<Vec<Tensor>>,
        calls: Vec<CallNode>,
        inputs: Vec<usize>,
        outputs: Vec<TensorRef>,
    ) -> Result<Self> {
        give_names(&mut layers);
        check_names(&layers)?;
        for layer in &layers {
            layer.check_arguments().map_err(|message| layer.error(message))?;
        }
        let weights = vec![Vec::new(); layers.len()];
        let mut network = Network {
            layers,
            calls,
            inputs,
            outputs,
            weights,
            shapes: Vec::new(),
            division: Division::default(),
        };
        if network.inputs.is_empty() || network.outputs.is_empty() {
            return Err(Error::model("a model needs at least one input and one output"));
        }
        for input in &network.inputs {
            let layer = network.layers[network.calls[*input].layer].as_ref();
            if !is_input(layer) {
                return Err(layer.error("is no InputLayer, though the model has it as an input"));
            }
        }
        for call in &network.calls {
            let layer = network.layers[call.layer].as_ref();
            if call.inputs.is_empty() != is_input(layer) {
                let how = if is_input(layer) {
                    "is called on a tensor: it takes none"
                } else {
                    "is called on nothing"
                };
                return Err(layer.error(how));
            }
            if !is_input(layer) {
                layer.check_input_count(call.inputs.len())?;
            }
        }
        network.build()?;
        for (weights, values) in network.weights.iter_mut().zip(values) {
            for ((_, weight), value) in weights.iter_mut().zip(values) {
                weight.value = Some(value);
            }
        }
        for at in &network.outputs {
            if at.output >= network.shapes[at.call].len() {
                let layer = &network.layers[network.calls[at.call].layer];
                return Err(layer.error(format!("has no output number {}, which the model gives", at.output)));
            }
        }
        Ok(network)
    }

    /// Lets each layer declare its weights at its first call, running the calls symbolically.
    fn build(&mut self) -> Result<()> {
        let builder = Builder::new();
        let mut results = Results::default();
        let mut built = vec![false; self.layers.len()];
        // What each call is given, and what the graph sees in its place.
        let mut strings: Vec<bool> = Vec::new();
        let mut prepared: Vec<Vec<Known<'_>>> = Vec::new();
        for (at, call) in self.calls.clone().iter().enumerate() {
            let layer = self.layers[call.layer].clone();
            let given = if is_input(layer.as_ref()) {
                vec![Known::of_input(&builder, layer.as_ref())]
            } else {
                let values = self.read(&call.inputs, &results, layer.as_ref())?;
                let known = values.into_iter().zip(&call.inputs);
                known.map(|(var, from)| Known { var, strings: strings[from.call] }).collect()
            };
            if !std::mem::replace(&mut built[call.layer], true) {
                let shapes: Vec<Shape> = given.iter().map(|input| input.var.shape()).collect();
                let sources = self.sources(call);
                let mut cx = Build::new(layer.as_ref(), &sources);
                layer.build(&mut cx, &shapes)?;
                let path = |weight: &Weight| format!("{}/{}", layer.base().name(), weight.name);
                self.weights[call.layer] =
                    cx.weights.into_iter().map(|weight| (path(&weight), weight)).collect();
            }
            let known = self.specified(at, &builder, given)?;
            let inputs = known.iter().map(|known| known.var).collect();
            self.call(call, &builder, None, inputs, &mut results)?;
            strings.push(known.iter().any(|known| known.strings));
            prepared.push(known);
        }
        self.divide(&prepared, &results)?;
        self.shapes =
            results.values.iter().map(|of| of.iter().map(|value| value.shape()).collect()).collect();
        Ok(())
    }

    /// The values that `of` refers to, for a layer to read.
    fn read<'g>(&self, of: &[TensorRef], results: &Results<'g>, reader: &dyn Layer) -> Result<Vec<Var<'g>>> {
        of.iter()
            .map(|at| {
                results.value(at).ok_or_else(|| {
                    let giver = self.calls.get(at.call).map(|call| self.layers[call.layer].base().name());
                    let (giver, number) = (giver.unwrap_or_default(), at.output);
                    reader.error(format!("is called on output number {number} of `{giver}`, which has none"))
                })
            })
            .collect()
    }

    /// The names of the layers whose values a call reads.
    fn sources(&self, call: &CallNode) -> Vec<String> {
        call.inputs.iter().map(|at| self.layers[self.calls[at.call].layer].base().name().to_owned()).collect()
    }

    /// Appends one call to a graph and its results to those of the calls before it.
    fn call<'g>(
        &self,
        call: &CallNode,
        builder: &'g Builder,
        seed: Option<Var<'g>>,
        inputs: Vec<Var<'g>>,
        results: &mut Results<'g>,
    ) -> Result<()> {
        let layer = self.layers[call.layer].as_ref();
        let weights = &self.weights[call.layer];
        let masks: Vec<Option<Var<'g>>> = call.inputs.iter().map(|at| results.mask(at)).collect();
        let named: Vec<TensorRef> = call.arguments.tensors.iter().map(|(_, at)| *at).collect();
        let mut named = self.read(&named, results, layer)?.into_iter();
        let arguments = call.arguments.map(|_| named.next().unwrap_or(inputs[0]));
        // A mask given by name stands for the one that comes with the input: Keras' files spell out both.
        let mut masks = masks;
        let given = arguments.tensors.iter().find(|(name, _)| name == "mask");
        if let (Some(first), Some((_, mask))) = (masks.first_mut(), given) {
            *first = Some(*mask);
        }
        let called = builder.scoped(layer.base().name(), || {
            let values: Vec<Var<'g>> = weights
                .iter()
                .map(|(path, weight)| {
                    latest(&results.updates, path)
                        .unwrap_or_else(|| builder.state(path, weight.shape.clone(), DType::F32))
                })
                .collect();
            let mut cx = Call {
                layer,
                path: layer.base().name(),
                frozen: false,
                sources: &self.sources(call),
                builder,
                seed,
                weights,
                values: &values,
                masks: &masks,
                arguments: &arguments,
                losses: Vec::new(),
                updates: Vec::new(),
                given_masks: None,
            };
            let outputs =
                layer.call(&mut cx, &readable(layer, &inputs)).map_err(|error| layer.blame(error))?;
            cx.refused()?;
            results.masks.push(cx.result_masks(outputs.0.len()));
            results.losses.append(&mut cx.losses);
            for (path, value) in cx.updates {
                results.updates.retain(|(known, _)| *known != path);
                results.updates.push((path, value));
            }
            Ok::<_, Error>(outputs.0)
        })?;
        results.values.push(called);
        Ok(())
    }

    /// Appends the network to a graph: `feeds` are the values that [`Network::prepare`] gives, `seed` the (seed, step) pair of a
    /// training step.
    ///
    /// # Errors
    /// If a layer does not suit its input.
    pub(crate) fn trace<'g>(
        &self,
        builder: &'g Builder,
        feeds: &[Var<'g>],
        seed: Option<Var<'g>>,
    ) -> Result<Results<'g>> {
        let mut results = Results::default();
        for (at, call) in self.calls.iter().enumerate() {
            let layer = self.layers[call.layer].as_ref();
            if !self.division.traces(at) {
                results.skip();
                continue;
            }
            let fed = self.division.fed_to(at).filter_map(|number| feeds.get(number).copied());
            let inputs = if is_input(layer) {
                fed.map(|feed| feed.cast(input_type(layer).unwrap_or(DType::F32))).collect()
            } else if layer.ahead().is_some() {
                fed.collect()
            } else {
                self.read(&call.inputs, &results, layer)?
            };
            self.call(call, builder, seed, inputs, &mut results)?;
        }
        // Penalties of trained weights, in Keras' order: after all activity penalties.
        for (path, weight) in self.trained() {
            if let Some(regularizer) = &weight.regularizer {
                // What a layer made of its weight first is what is punished.
                let value = latest(&results.updates, path)
                    .unwrap_or_else(|| builder.state(path, weight.shape.clone(), DType::F32));
                results.losses.push(builder.scoped(path, || Ok::<_, Error>(regularizer.get()?.call(value)))?);
            }
        }
        Ok(results)
    }

    /// All weights with their paths, in the order of the layers.
    pub(crate) fn all_weights(&self) -> impl Iterator<Item = &(String, Weight)> {
        (0..self.layers.len()).flat_map(|at| self.weights_of(at))
    }

    /// The weights of a layer with their paths; states that last from one batch to the next are none.
    pub(crate) fn weights_of(&self, at: usize) -> impl Iterator<Item = &(String, Weight)> {
        self.weights[at].iter().filter(|(_, weight)| !weight.transient)
    }

    /// The variables that last from one batch to the next.
    pub(crate) fn transients(&self) -> impl Iterator<Item = &(String, Weight)> {
        self.weights.iter().flatten().filter(|(_, weight)| weight.transient)
    }

    /// The weights training changes: trainable ones of layers that are not frozen.
    pub(crate) fn trained(&self) -> impl Iterator<Item = &(String, Weight)> {
        let unfrozen = self.layers.iter().zip(&self.weights).filter(|(layer, _)| layer.base().trainable);
        unfrozen.flat_map(|(_, weights)| weights).filter(|(_, weight)| weight.trainable)
    }

    /// The initial value of every weight.
    ///
    /// # Errors
    /// If an initializer does not suit its weight's shape.
    pub(crate) fn initial_state(&self, seed: u64) -> Result<State> {
        let mut state = State::default();
        for (at, layer) in self.layers.iter().enumerate() {
            for (path, weight) in &self.weights[at] {
                if let Some(value) = weight.value.as_ref().filter(|value| value.shape() == weight.shape) {
                    state.insert(path.clone(), value.clone());
                    continue;
                }
                let value = weight.initializer.get()?.call(&weight.shape, seed, path);
                let value =
                    value.map_err(|error| layer.error(format!("cannot begin `{}`: {error}", weight.name)))?;
                state.insert(path.clone(), value);
            }
        }
        Ok(state)
    }

    /// The names of the inputs.
    pub(crate) fn input_names(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|call| self.layers[self.calls[*call].layer].base().name())
    }

    /// The layer to name when what an input is fed is wrong: the `Input` itself, or, where the model made it, the
    /// first layer, which the user has added.
    pub(crate) fn input_layer(&self, input: usize) -> &dyn Layer {
        let call = self.inputs[input];
        let declared = self.layers[self.calls[call].layer].as_ref();
        let reads = |node: &&CallNode| node.inputs.iter().any(|at| at.call == call);
        let reader = self.calls.iter().find(reads).map(|node| self.layers[node.layer].as_ref());
        reader.filter(|reader| declared.base().at.is_none() && reader.base().at.is_some()).unwrap_or(declared)
    }

    /// The type of the numbers an input takes; strings have none.
    pub(crate) fn input_type(&self, input: usize) -> Option<DType> {
        input_type(self.layers[self.calls[self.inputs[input]].layer].as_ref())
    }

    /// The layer that gives an output of the model.
    pub(crate) fn output_layer(&self, output: usize) -> &dyn Layer {
        self.layers[self.calls[self.outputs[output].call].layer].as_ref()
    }

    /// Data of another shape or kind than an input has.
    pub(crate) fn misfit(&self, input: usize, data: &Data) -> Error {
        let wanted = &self.shapes[self.inputs[input]][0];
        let got = data.to_shape();
        let layer = self.input_layer(input);
        match (self.input_type(input), data) {
            (None, Data::Numbers(_)) => return layer.error("expects strings, got numbers"),
            (Some(_), Data::Strings(_)) => {
                return layer
                    .error("expects numbers, got strings: an `Input` of dtype \"string\" takes them");
            }
            _ => {}
        }
        if wanted.rank() != got.rank() {
            let rows = |rows: usize| wanted.with_batch(rows);
            let hint = if wanted.sample().accepts(&got) {
                format!("; a single sample needs a batch axis, as in {}", rows(1))
            } else if wanted.sample().elements() == Some(data.shape().iter().skip(1).product()) {
                format!("; the data can be reshaped to {}", rows(data.row_count()))
            } else {
                String::new()
            };
            return layer.error(format!("expects an input of shape {wanted}, got {got}{hint}"));
        }
        let differs = |at: &usize| wanted[*at].is_some_and(|length| got[*at] != Some(length));
        let at = (0..wanted.rank()).find(differs).unwrap_or_default();
        let axis = if at + 1 == wanted.rank() { "-1".into() } else { at.to_string() };
        let length = wanted[at].unwrap_or_default();
        layer.error(format!("expects axis {axis} of its input to be {length}, got {got}"))
    }

    /// The shapes of the inputs with unknown dimensions.
    pub(crate) fn input_shapes(&self) -> impl Iterator<Item = &Shape> {
        self.inputs.iter().map(|call| &self.shapes[*call][0])
    }

    /// The layers that give the outputs, by name.
    pub(crate) fn output_names(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|at| self.layers[self.calls[at.call].layer].base().name())
    }

    /// The shapes of the outputs with unknown dimensions.
    pub(crate) fn output_shapes(&self) -> impl Iterator<Item = &Shape> {
        self.outputs.iter().map(|at| &self.shapes[at.call][at.output])
    }

    /// The layer of this name.
    pub(crate) fn position(&self, name: &str) -> Result<usize> {
        self.layers.iter().position(|layer| layer.base().name() == name).ok_or_else(|| {
            Error::unknown_name("layer", name, self.layers.iter().map(|layer| layer.base().name().to_owned()))
        })
    }
}

/// The shape an `Input` layer declares.
pub(crate) fn input_shape(layer: &dyn Layer) -> Shape {
    let dims = layer.config().get("batch_shape").cloned();
    dims.and_then(|dims| serde_json::from_value::<Vec<Option<usize>>>(dims).ok()).unwrap_or_default().into()
}

/// The type of the numbers an `Input` layer declares; strings have none.
pub(crate) fn input_type(layer: &dyn Layer) -> Option<DType> {
    (layer as &dyn Any).downcast_ref::<Input>().map_or(Some(DType::F32), Input::element_type)
}

/// Whether a layer is an `Input`.
pub(crate) fn is_input(layer: &dyn Layer) -> bool {
    Configured::class_name(layer) == Configured::class_name(&Input::default())
}

/// Names for the nameless: the class in snake case, numbered from the second on. A given name does not count.
pub(super) fn give_names(layers: &mut [Box<dyn Layer>]) {
    let given: Vec<String> = layers.iter().filter_map(|layer| layer.base().name.clone()).collect();
    let mut counts: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for layer in layers.iter_mut() {
        if layer.base().name.is_some() {
            continue;
        }
        // Keras calls an `Input` without a name `input_layer`.
        let stem = to_snake_case(own_name(layer.class_name()));
        let name = loop {
            let count = counts.entry(stem.clone()).or_insert(0);
            let name = if *count == 0 { stem.clone() } else { format!("{stem}_{count}") };
            *count += 1;
            if !given.contains(&name) {
                break name;
            }
        };
        layer.base_mut().name = Some(name);
    }
}

/// Whether each layer has a usable name of its own.
fn check_names(layers: &[Box<dyn Layer>]) -> Result<()> {
    for (at, layer) in layers.iter().enumerate() {
        let name = layer.base().name();
        if name.is_empty() || name.contains('/') {
            return Err(
                layer.error(format!("cannot be called `{name}`: a name has at least one letter and no `/`"))
            );
        }
        if let Some(other) = layers[..at].iter().find(|other| other.base().name() == name) {
            return Err(layer.error(format!(
                "has the name of another layer ({}): names of layers in a model must differ",
                other.describe()
            )));
        }
    }
    Ok(())
}
