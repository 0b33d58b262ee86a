//! How a network's work is divided: what is done with data once, and what the graph does with numbers.

use std::any::Any;

use super::network::{CallNode, Network, Results, TensorRef, input_shape, input_type, is_input};
use crate::data::Data;
use crate::graph::{Builder, Var};
use crate::layers::{Ahead, Layer, Operation, Spec, alone};
use crate::{DType, Result, Tensor};

/// Which part of a network's calls is done where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Division {
    /// What the graph is fed, in order.
    pub(super) fed: Vec<Fed>,
    /// Whether the graph has each call.
    traced: Vec<bool>,
    /// Whether a layer that works on data reads the results of each call.
    read_ahead: Vec<bool>,
    /// Whether any layer works on data.
    works_on_data: bool,
    /// Keras' name of what each call gives.
    dtypes: Vec<&'static str>,
}

/// A value the graph is fed: an input of the model, or a part of what a layer has made of data.
#[derive(Debug, Clone)]
pub(super) struct Fed {
    call: usize,
    part: usize,
    pub(super) spec: Spec,
}

/// What is known of a value while the network is built.
#[derive(Debug, Clone)]
pub(super) struct Known<'g> {
    /// What stands for it. For strings it has their shape and is computed with by nobody.
    pub(super) var: Var<'g>,
    pub(super) strings: bool,
}

impl<'g> Known<'g> {
    /// A value to be fed.
    fn fed(builder: &'g Builder, name: String, spec: &Spec) -> Self {
        let dtype = spec.dtype.unwrap_or(DType::I64);
        Known { var: builder.input(name, spec.shape.clone(), dtype), strings: spec.dtype.is_none() }
    }

    /// What an `Input` gives.
    pub(super) fn of_input(builder: &'g Builder, layer: &dyn Layer) -> Self {
        let spec = Spec { shape: input_shape(layer), dtype: input_type(layer) };
        Self::fed(builder, layer.base().name().to_owned(), &spec)
    }

    fn spec(&self) -> Spec {
        Spec { shape: self.var.shape(), dtype: (!self.strings).then(|| self.var.dtype()) }
    }
}

impl Division {
    /// Whether the graph has a call.
    pub(super) fn traces(&self, call: usize) -> bool {
        self.traced.get(call).copied().unwrap_or(true)
    }

    /// The numbers, among what is fed, of the values a call is given instead of those it reads.
    pub(super) fn fed_to(&self, call: usize) -> impl Iterator<Item = usize> {
        self.fed.iter().enumerate().filter(move |(_, fed)| fed.call == call).map(|(at, _)| at)
    }
}

impl Network {
    /// What a call of a layer that works on data gives its graph, for inputs that are yet to come; what it reads for
    /// all other layers.
    ///
    /// # Errors
    /// If strings come where numbers must, or the inputs do not suit the layer.
    pub(super) fn specified<'g>(
        &self,
        at: usize,
        builder: &'g Builder,
        inputs: Vec<Known<'g>>,
    ) -> Result<Vec<Known<'g>>> {
        let layer = self.layers[self.calls[at].layer].as_ref();
        let Some(ahead) = layer.ahead() else {
            if let Some(source) = self.source_of_strings(&self.calls[at].inputs, &inputs) {
                return Err(layer.error(format!(
                    "reads numbers, but `{source}` gives strings: put `StringLookup`, `TextVectorization` or `Hashing` \
                     between them"
                )));
            }
            return Ok(inputs);
        };
        let specs: Vec<Spec> = inputs.iter().map(Known::spec).collect();
        let name = |part: usize| format!("{at}/{part} of {}", layer.base().name());
        let prepared = ahead.specs(&specs)?;
        Ok(prepared.iter().enumerate().map(|(part, spec)| Known::fed(builder, name(part), spec)).collect())
    }

    /// The name of the layer that gives the first of these values that is strings.
    fn source_of_strings(&self, from: &[TensorRef], values: &[Known<'_>]) -> Option<&str> {
        let (at, _) = from.iter().zip(values).find(|(_, value)| value.strings)?;
        Some(self.layers[self.calls[at.call].layer].base().name())
    }

    /// Divides the work. `prepared` is what each call is given, from [`Network::specified`]; inputs give themselves.
    ///
    /// # Errors
    /// If a layer that works on data reads what one with weights computes, or the model would give strings.
    pub(super) fn divide(&mut self, prepared: &[Vec<Known<'_>>], results: &Results<'_>) -> Result<()> {
        let count = self.calls.len();
        let layer_of = |call: usize| self.layers[self.calls[call].layer].as_ref();
        let ahead = |call: usize| layer_of(call).ahead();
        let mut division = Division {
            works_on_data: (0..count).any(|call| ahead(call).is_some()),
            traced: vec![false; count],
            read_ahead: vec![false; count],
            fed: Vec::new(),
            dtypes: Vec::new(),
        };
        for (call, given) in prepared.iter().enumerate() {
            let given = given.iter().any(|known| known.strings).then_some("string");
            // What else a call gives is `float32` to Keras.
            let operation = (layer_of(call) as &dyn Any).is::<Operation>();
            let exact = operation || ahead(call).is_some() || is_input(layer_of(call));
            let result = results.value(&TensorRef { call, output: 0 }).filter(|_| exact);
            division.dtypes.push(given.or(result.map(|var| var.dtype().name())).unwrap_or(DType::F32.name()));
        }
        for at in &self.outputs {
            division.traced[at.call] = true;
            let known = &prepared[at.call];
            if (ahead(at.call).is_some() || is_input(layer_of(at.call)))
                && known.iter().any(|known| known.strings)
            {
                let message = "gives strings, which a model's output cannot be: apply the layer to what the model gives";
                return Err(layer_of(at.call).error(message));
            }
        }
        // Calls come after all they read.
        for call in (0..count).rev() {
            let CallNode { inputs, arguments, .. } = &self.calls[call];
            let (traced, read) = (division.traced[call], division.read_ahead[call]);
            for (_, at) in arguments.tensors.iter().filter(|_| traced) {
                division.traced[at.call] = true;
            }
            for at in inputs {
                division.traced[at.call] |= traced && ahead(call).is_none();
                division.read_ahead[at.call] |= read || (traced && ahead(call).is_some());
            }
            if read && !self.weights[self.calls[call].layer].is_empty() {
                let message =
                    "has weights: a layer that works on data before the first step cannot read its results";
                return Err(layer_of(call).error(message));
            }
        }
        let fed = |call: usize| {
            let known = prepared[call].iter().enumerate();
            known.map(move |(part, known)| Fed { call, part, spec: known.spec() })
        };
        // Inputs come in their own order; without work on data also those that nothing reads.
        let inputs = self.inputs.iter().filter(|call| division.traced[**call] || !division.works_on_data);
        division.fed.extend(inputs.flat_map(|call| fed(*call)));
        let others = (0..count).filter(|call| division.traced[*call] && ahead(*call).is_some());
        division.fed.extend(others.flat_map(fed));
        self.division = division;
        Ok(())
    }

    /// Keras' name of the type of what a call gives.
    pub(super) fn dtype_of(&self, call: usize) -> &'static str {
        self.division.dtypes.get(call).copied().unwrap_or(DType::F32.name())
    }

    /// Whether a layer works on data before there is a graph.
    pub(crate) fn works_on_data(&self) -> bool {
        self.division.works_on_data
    }

    /// What the graph is fed for the inputs of the model, in order: they themselves, and what layers make of them.
    ///
    /// # Errors
    /// If the data does not suit a layer that works on it.
    pub(crate) fn prepare(&self, inputs: Vec<Data>) -> Result<Vec<Tensor>> {
        let mut values: Vec<Vec<Data>> = vec![Vec::new(); self.calls.len()];
        for (call, data) in self.inputs.iter().zip(inputs) {
            values[*call] = vec![data];
        }
        let mut prepared: Vec<Vec<Data>> = vec![Vec::new(); self.calls.len()];
        for (at, call) in self.calls.iter().enumerate() {
            let layer = self.layers[call.layer].as_ref();
            if is_input(layer) {
                prepared[at] = values[at].clone();
                continue;
            }
            let of = |at: &TensorRef| values[at.call].get(at.output).cloned();
            let given = || call.inputs.iter().filter_map(of).collect::<Vec<Data>>();
            let (read, traced) = (self.division.read_ahead[at], self.division.traces(at));
            match layer.ahead() {
                Some(ahead) if traced || read => prepared[at] = ahead.prepare(&given())?,
                _ => {}
            }
            if read {
                values[at] = alone::apply(layer, &given(), &[])?;
            }
        }
        let fed = self.division.fed.iter().map(|fed| {
            let data = prepared[fed.call].get(fed.part).and_then(Data::tensor);
            let layer = self.layers[self.calls[fed.call].layer].as_ref();
            data.cloned().ok_or_else(|| layer.error("expects numbers, got strings"))
        });
        fed.collect()
    }

    /// The layer that gives a value the graph is fed.
    pub(crate) fn fed_layer(&self, at: usize) -> &dyn Layer {
        let fed = &self.division.fed[at];
        match self.inputs.iter().position(|input| *input == fed.call) {
            Some(input) => self.input_layer(input),
            None => self.layers[self.calls[fed.call].layer].as_ref(),
        }
    }
}

/// A network whose layers work on data does as much as a layer of another.
impl Ahead for Network {
    fn specs(&self, _inputs: &[Spec]) -> Result<Vec<Spec>> {
        Ok(self.division.fed.iter().map(|fed| fed.spec.clone()).collect())
    }

    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>> {
        Ok(Network::prepare(self, inputs.to_vec())?.into_iter().map(Data::Numbers).collect())
    }

    fn input_dtype(&self) -> &'static str {
        let first =
            self.inputs.first().and_then(|call| input_type(self.layers[self.calls[*call].layer].as_ref()));
        first.map_or("string", DType::name)
    }
}
