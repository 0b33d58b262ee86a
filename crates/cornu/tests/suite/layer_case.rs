//! A call of a layer as the real Keras' fixtures record it (`tests/fixtures/layers/*.json`).

use std::collections::HashMap;
use std::sync::Arc;

use cornu::graph::{Builder, Var};
use cornu::layers::alone::{self, Given};
use cornu::layers::{Arguments, Layer, Weight};
use cornu::registry::Family;
use cornu::{DType, Dim, Shape, Tensor};
use cornu_engine::exec::{State, Workspace};
use cornu_engine::grad::gradients;
use cornu_engine::graph::Graph;
use cornu_engine::plan::Plan;
use cornu_engine::reference::evaluate;
use serde_json::Value;

use crate::common::{Engine, fixture, fixture_path, object, optional_tensor, tensor, text};

/// The items of a list; none where there is nothing.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A shape in which `null` is unknown.
pub(crate) fn dims(value: &Value) -> Vec<Dim> {
    list(value).iter().map(|dim| Some(dim.as_u64()? as usize)).collect()
}

/// The fixtures of all families of layers.
pub(crate) fn families() -> Vec<Value> {
    let folder = fixture_path("layers");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    assert!(!names.is_empty(), "no fixtures in {folder}");
    names.iter().map(|name| fixture(&format!("layers/{name}"))).collect()
}

/// Every recorded call.
pub(crate) fn cases() -> Vec<Case> {
    families()
        .iter()
        .flat_map(|family| list(&family["cases"]).iter().map(Case::new).collect::<Vec<_>>())
        .collect()
}

/// A layer with everything it is called with.
pub(crate) struct Case {
    pub(crate) json: Value,
    pub(crate) layer: Arc<dyn Layer>,
    pub(crate) training: bool,
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) masks: Vec<Option<Tensor>>,
    pub(crate) tensors: Vec<(String, Tensor)>,
    pub(crate) weights: Vec<Weight>,
    /// The weights' values before the call.
    pub(crate) values: Vec<Tensor>,
}

impl Case {
    fn new(json: &Value) -> Self {
        let layer = <dyn Layer>::from_class(text(json, "class"), object(json, "config"))
            .unwrap_or_else(|error| panic!("{}: {error}", json["config"]));
        let inputs: Vec<Tensor> = list(&json["inputs"]).iter().map(tensor).collect();
        let shapes: Vec<Shape> = inputs.iter().map(Tensor::to_shape).collect();
        let weights = alone::weights(layer.as_ref(), &shapes).unwrap();
        let mut given = list(&json["weights"]).iter().map(|weight| tensor(&weight["value"]).cast(DType::F32));
        // What lasts from batch to batch is no weight to Keras, and begins at 0.
        let value = |weight: &Weight| match weight.transient {
            true => Some(Tensor::zeros(weight.shape.clone(), DType::F32)),
            false => given.next(),
        };
        Case {
            values: weights.iter().filter_map(value).collect(),
            weights,
            training: json["training"] == true,
            masks: list(&json["masks"]).iter().map(optional_tensor).collect(),
            tensors: list(&json["tensors"])
                .iter()
                .map(|pair| (text_of(&pair[0]), tensor(&pair[1])))
                .collect(),
            json: json.clone(),
            layer,
            inputs,
        }
    }

    /// The case in messages.
    pub(crate) fn what(&self) -> String {
        format!("{} {} training={}", text(&self.json, "class"), self.json["config"], self.training)
    }

    /// How far results may be from Keras', which computes in single precision.
    pub(crate) fn tolerance(&self) -> f64 {
        self.json["tolerance"].as_f64().unwrap_or(1e-4)
    }

    /// Calls the layer on these inputs, with the case's masks and arguments as constants.
    pub(crate) fn call<'g>(
        &self,
        inputs: &[Var<'g>],
        values: &[Var<'g>],
        training: bool,
    ) -> alone::Called<'g> {
        let b = inputs[0].builder();
        // A constant would tell a batch that is unknown.
        let open = inputs[0].shape().dims().first().is_some_and(Option::is_none)
            && self.json["output_shapes"][0][0].is_null();
        let tensor = |(name, value): &(String, Tensor)| {
            let value = match open {
                true => {
                    let dims = std::iter::once(None).chain(value.shape().iter().skip(1).copied().map(Some));
                    b.input(format!("{name} given"), dims.collect::<Vec<Dim>>(), value.dtype())
                }
                false => b.constant(value.clone()),
            };
            (name.clone(), value)
        };
        self.call_on(inputs, self.tensors.iter().map(tensor).collect(), values, training)
    }

    fn call_on<'g>(
        &self,
        inputs: &[Var<'g>],
        tensors: Vec<(String, Var<'g>)>,
        values: &[Var<'g>],
        training: bool,
    ) -> alone::Called<'g> {
        let b = inputs[0].builder();
        // A constant would tell a batch that is unknown.
        let mask_of = |inputs: &[Var<'g>], at: usize, mask: &Tensor| {
            let batch = inputs.get(at).and_then(|x| x.shape().dims().first().copied());
            Some(match batch {
                Some(None) => {
                    let dims = std::iter::once(None).chain(mask.shape().iter().skip(1).copied().map(Some));
                    b.input(format!("mask{at}"), dims.collect::<Vec<Dim>>(), mask.dtype())
                }
                _ => b.constant(mask.clone()),
            })
        };
        let given = Given {
            seed: training.then(|| b.constant(Tensor::from([3i64, 1]))),
            masks: self
                .masks
                .iter()
                .enumerate()
                .map(|(at, mask)| mask_of(inputs, at, mask.as_ref()?))
                .collect(),
            arguments: Arguments { tensors, values: object(&self.json, "arguments") },
        };
        alone::call_with(self.layer.as_ref(), &self.weights, inputs, values, &given)
            .unwrap_or_else(|error| panic!("{}: {error}", self.what()))
    }

    /// The call with everything that follows from it: `y0`, `mask0`, `dx0`, `dtensor0`, `loss0`, and of the weight
    /// `kernel` the gradient `dkernel` and the value after it `kernel after`.
    fn graph(&self) -> Graph {
        let b = Builder::new();
        let input = |name: String, value: &Tensor| b.input(name, value.to_shape(), value.dtype());
        let inputs: Vec<Var<'_>> =
            self.inputs.iter().enumerate().map(|(at, x)| input(format!("x{at}"), x)).collect();
        let tensors: Vec<(String, Var<'_>)> = self
            .tensors
            .iter()
            .enumerate()
            .map(|(at, (name, value))| (name.clone(), input(format!("tensor{at}"), value)))
            .collect();
        let values: Vec<Var<'_>> =
            self.weights.iter().map(|w| b.input(w.name.clone(), w.shape.clone(), DType::F32)).collect();
        let called = self.call_on(&inputs, tensors.clone(), &values, self.training);
        // Where a layer changes what is trained, the changed value is what has a gradient.
        let mut values = values;
        for (weight, value) in self.weights.iter().zip(&mut values) {
            let update =
                called.updates.iter().rev().find(|(name, _)| *name == weight.name && weight.trainable);
            *value = update.map_or(*value, |(_, update)| *update);
        }

        for (at, (y, mask)) in called.outputs.iter().zip(&called.masks).enumerate() {
            b.output(format!("y{at}"), *y);
            if let Some(mask) = mask {
                b.output(format!("mask{at}"), *mask);
            }
        }
        let trained = |weight: &&Weight| self.layer.base().trainable && weight.trainable;
        let penalties = self.weights.iter().zip(&values).filter(|(weight, _)| trained(weight));
        let penalties = penalties
            .filter_map(|(weight, value)| Some(weight.regularizer.as_ref()?.get().unwrap().call(*value)));
        for (at, loss) in called.losses.iter().copied().chain(penalties).enumerate() {
            b.output(format!("loss{at}"), loss);
        }
        for (name, value) in called.updates {
            b.output(format!("{name} after"), value);
        }
        let upstream = list(&self.json["dy"]).iter().map(optional_tensor);
        let weighed =
            called.outputs.iter().zip(upstream).filter_map(|(y, dy)| Some((*y * b.constant(dy?)).sum_all()));
        if let Some(loss) = weighed.reduce(|a, b| a + b) {
            let names = (0..inputs.len()).map(|at| format!("dx{at}"));
            let names = names.chain((0..tensors.len()).map(|at| format!("dtensor{at}")));
            let names = names.chain(self.weights.iter().map(|weight| format!("d{}", weight.name)));
            let all = inputs
                .iter()
                .copied()
                .chain(tensors.iter().map(|(_, value)| *value))
                .chain(values.iter().copied());
            let (names, wrt): (Vec<String>, Vec<Var<'_>>) =
                names.zip(all).filter(|(_, value)| value.dtype().is_float()).unzip();
            for (name, gradient) in names.into_iter().zip(gradients(loss, &wrt).unwrap()) {
                b.output(name, gradient);
            }
        }
        b.finish().unwrap_or_else(|error| panic!("{}: {error}", self.what()))
    }

    fn feeds(&self, values: &[Tensor]) -> HashMap<String, Tensor> {
        let inputs = self.inputs.iter().enumerate().map(|(at, x)| (format!("x{at}"), x.clone()));
        let tensors =
            self.tensors.iter().enumerate().map(|(at, (_, value))| (format!("tensor{at}"), value.clone()));
        let weights =
            self.weights.iter().zip(values).map(|(weight, value)| (weight.name.clone(), value.clone()));
        inputs.chain(tensors).chain(weights).collect()
    }

    /// Everything the case's calls give by name, in the end; each goes on with the statistics of the one before.
    pub(crate) fn run(&self, engine: Engine) -> HashMap<String, Tensor> {
        let graph = self.graph();
        let mut values = self.values.clone();
        let mut found = HashMap::new();
        for _ in 0..self.json["calls"].as_u64().unwrap() {
            found = results(&graph, engine, &self.feeds(&values))
                .unwrap_or_else(|error| panic!("{}: {error}", self.what()));
            for (weight, value) in self.weights.iter().zip(&mut values) {
                let after = found.entry(format!("{} after", weight.name)).or_insert_with(|| value.clone());
                *value = after.clone();
            }
        }
        found
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn results(
    graph: &Graph,
    engine: Engine,
    feeds: &HashMap<String, Tensor>,
) -> cornu_engine::Result<HashMap<String, Tensor>> {
    match engine {
        Engine::Reference => {
            let found = evaluate(graph, feeds, &HashMap::new())?.outputs;
            found.into_iter().map(|(name, value)| Ok((name, value.to_tensor()?))).collect()
        }
        Engine::Plan => {
            let plan = Plan::new(graph)?;
            let slots: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
            let mut workspace = Workspace::new();
            plan.infer(&mut workspace, &State::default(), &slots)?;
            let names = graph.outputs().iter().map(|(name, _)| name);
            names.map(|name| Ok((name.clone(), plan.output(&workspace, name)?))).collect()
        }
    }
}
