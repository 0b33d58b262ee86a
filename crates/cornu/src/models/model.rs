//! `Model`: a network with its weights, and what it was compiled with.

use std::sync::{Arc, OnceLock};

use cornu_engine::exec::{State, Workspace};

use super::network::{Network, give_names, input_shape, is_input};
use super::{LayerRef, Summary};
use crate::layers::{Ahead, Input, Layer};
use crate::optimizers;
use crate::training::{Compiled, Measures, Plans};
use crate::{Data, Error, Result, Shape, Tensor};

/// A model: layers, weights, and how they are trained.
///
/// Made by [`Sequential`](crate::Sequential) or [`load_model`](crate::load_model). It is built, with weights, as
/// soon as its input's shape is known: from an [`Input`] layer, or from the first data it sees.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Connect, Model};
/// let x = Input::new([4]).tensor();
/// let mut model = Model::new(&x, Dense::new(3).name("only").on(&x))?;
/// assert_eq!((model.input_shape()?.to_string(), model.output_shape()?.to_string()), ("(None, 4)".into(), "(None, 3)".into()));
/// model.set_layer_trainable("only", false)?;
/// assert!(!model.get_layer("only")?.trainable());
/// # Ok::<(), cornu::Error>(())
/// ```
pub struct Model {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The layers as the user added them, until the network is built.
    pub(crate) layers: Vec<Box<dyn Layer>>,
    /// The network and its numbers, made when they are first needed.
    pub(crate) built: OnceLock<Built>,
    pub(crate) compiled: Option<Compiled>,
    /// What follows random numbers from: initial weights, masks, shuffling.
    pub(crate) seed: u64,
    pub(crate) plans: Plans,
    pub(crate) workspace: Workspace,
    /// The losses and metrics of the pass at hand, or the last one.
    pub(crate) measured: Option<Arc<Measures>>,
    /// What a [`ModelPipeline`](super::ModelPipeline) keeps in the model's file.
    pub(crate) preprocessing: Option<serde_json::Value>,
    /// Set by a callback, ends the training after the batch or epoch at hand.
    pub stop_training: bool,
    /// Whether the training was ended from outside, to be taken up again.
    pub(crate) interrupted: bool,
}

/// A network with its numbers.
pub(crate) struct Built {
    pub(crate) network: Network,
    /// Weights, the optimizer's variables and the metrics' running state, by name.
    pub(crate) state: State,
}

/// Which of Keras' model classes a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sequential,
    Functional,
}

impl Model {
    /// A model of layers in a chain.
    pub(crate) fn sequential(name: String, layers: Vec<Box<dyn Layer>>) -> Self {
        Model {
            name,
            kind: Kind::Sequential,
            layers,
            built: OnceLock::new(),
            compiled: None,
            seed: crate::utils::next_seed(),
            plans: Plans::default(),
            workspace: Workspace::new(),
            measured: None,
            preprocessing: None,
            stop_training: false,
            interrupted: false,
        }
    }

    /// A model of a network that is built.
    pub(crate) fn functional(name: String, network: Network) -> Result<Self> {
        let model = Model { kind: Kind::Functional, ..Self::sequential(name, Vec::new()) };
        let state = network.initial_state(model.seed)?;
        Ok(Model { built: OnceLock::from(Built { network, state }), ..model })
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the input's shape is known, so that there are weights.
    pub fn is_built(&self) -> bool {
        self.built().is_ok()
    }

    /// Builds the model for inputs of this shape, the batch axis included: `[None, Some(784)]`. Models that begin
    /// with an `Input` layer, and those that are fitted to data, build themselves.
    ///
    /// # Errors
    /// If it is built for another shape already, or a layer does not suit its input.
    pub fn build(&mut self, batch_shape: impl Into<Shape>) -> Result<()> {
        let shape = batch_shape.into();
        if shape.rank() == 0 {
            return Err(Error::argument("build", "the shape needs a batch axis, such as [None, Some(784)]"));
        }
        if self.built.get().is_none() && self.declared_shape().is_none() {
            let ahead = self.layers.first().and_then(|layer| layer.ahead());
            return self.build_with(Input::batch(shape).dtype(ahead.map_or("float32", Ahead::input_dtype)));
        }
        let known = self.input_shape()?;
        if known.accepts(&shape) {
            return Ok(());
        }
        Err(Error::model(format!("model `{}` is built for inputs of shape {known}, got {shape}", self.name)))
    }

    /// Builds a model that begins with no `Input` for data like this.
    pub(crate) fn build_for(&mut self, data: &Data) -> Result<()> {
        let shape = data.to_shape().sample().batched();
        let exact = self.layers.first().is_some_and(|layer| layer.reads_integers());
        match data.dtype() {
            None => self.build_with(Input::batch(shape).dtype("string")),
            Some(dtype) if exact && !dtype.is_float() => {
                self.build_with(Input::batch(shape).dtype(dtype.name()))
            }
            Some(_) => self.build(shape),
        }
    }

    fn build_with(&mut self, input: Input) -> Result<()> {
        let built = self.chain(Some(input))?;
        self.built = OnceLock::from(built);
        Ok(())
    }

    /// The shape the first layer declares, if it is an `Input`.
    fn declared_shape(&self) -> Option<Shape> {
        self.layers.first().filter(|layer| is_input(layer.as_ref())).map(|layer| input_shape(layer.as_ref()))
    }

    /// The layers as a network with fresh weights, behind an input where they have none of their own.
    fn chain(&self, input: Option<Input>) -> Result<Built> {
        let input = input.map(|input| Box::new(input) as Box<dyn Layer>);
        let network = Network::chain(input.into_iter().chain(self.layers.iter().cloned()).collect())?;
        let state = network.initial_state(self.seed)?;
        Ok(Built { network, state })
    }

    /// The network with its numbers, made now if the input's shape is known.
    pub(crate) fn built(&self) -> Result<&Built> {
        if let Some(built) = self.built.get() {
            return Ok(built);
        }
        if self.declared_shape().is_none() {
            return Err(Error::model(format!(
                "model `{}` has no weights yet: put an `Input` layer first, call `build`, or fit it to data",
                self.name
            )));
        }
        let built = self.chain(None)?;
        Ok(self.built.get_or_init(|| built))
    }

    pub(crate) fn built_mut(&mut self) -> Result<&mut Built> {
        self.built()?;
        self.built.get_mut().ok_or_else(|| Error::model("the model is not built"))
    }

    /// The network.
    pub(crate) fn network(&self) -> Result<&Network> {
        Ok(&self.built()?.network)
    }

    /// The layers; a sequential model does not count its `Input`.
    pub fn layers(&self) -> Vec<LayerRef<'_>> {
        let Ok(network) = self.network() else { return Vec::new() };
        (0..network.layers.len())
            .filter(|at| self.kind == Kind::Functional || !is_input(network.layers[*at].as_ref()))
            .map(|at| LayerRef::new(self, network, at))
            .collect()
    }

    /// The layer of this name.
    ///
    /// # Errors
    /// If the model is not built or has no such layer.
    pub fn get_layer(&self, name: &str) -> Result<LayerRef<'_>> {
        let network = self.network()?;
        Ok(LayerRef::new(self, network, network.position(name)?))
    }

    /// The names of the model's inputs, by which several of them are fed.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn input_names(&self) -> Result<Vec<String>> {
        Ok(self.network()?.input_names().map(String::from).collect())
    }

    /// The names of the model's outputs: of the layers that compute them.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn output_names(&self) -> Result<Vec<String>> {
        Ok(self.network()?.output_names().map(String::from).collect())
    }

    /// Each input's name, its shape with the batch axis, and whether it takes strings.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn input_specs(&self) -> Result<Vec<(String, Shape, bool)>> {
        let network = self.network()?;
        let named = network.input_names().zip(network.input_shapes()).enumerate();
        let spec = |(at, (name, shape)): (usize, (&str, &Shape))| {
            (String::from(name), shape.clone(), network.input_type(at).is_none())
        };
        Ok(named.map(spec).collect())
    }

    /// Each output's name, which is that of the layer that computes it, and its shape with the batch axis.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn output_specs(&self) -> Result<Vec<(String, Shape)>> {
        let network = self.network()?;
        Ok(network.output_names().map(String::from).zip(network.output_shapes().cloned()).collect())
    }

    /// The shape of the model's input, the batch axis included.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn input_shape(&self) -> Result<Shape> {
        Ok(self.network()?.input_shapes().next().cloned().unwrap_or_default())
    }

    /// The shape of the model's output, the batch axis included.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn output_shape(&self) -> Result<Shape> {
        Ok(self.network()?.output_shapes().next().cloned().unwrap_or_default())
    }

    /// The number of numbers in all weights.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn count_params(&self) -> Result<usize> {
        Ok(self.network()?.all_weights().map(|(_, weight)| weight.shape.iter().product::<usize>()).sum())
    }

    /// The paths of all weights in the order of [`Model::get_weights`].
    ///
    /// # Errors
    /// If the model is not built.
    pub fn weight_paths(&self) -> Result<Vec<String>> {
        Ok(self.weights_in_order()?.map(|(path, _)| path.clone()).collect())
    }

    /// The weights in Keras' order: layer by layer.
    fn weights_in_order(&self) -> Result<impl Iterator<Item = &(String, crate::layers::Weight)>> {
        Ok(self.network()?.all_weights())
    }

    /// The value of a variable.
    pub(crate) fn value(&self, name: &str) -> Option<&Tensor> {
        self.built.get()?.state.get(name)
    }

    /// The values of all weights, layer by layer, in Keras' order. Nothing is copied until they change.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn get_weights(&self) -> Result<Vec<Tensor>> {
        Ok(self.weights_in_order()?.filter_map(|(path, _)| self.value(path)).cloned().collect())
    }

    /// Sets all weights, in the order of [`Model::get_weights`].
    ///
    /// # Errors
    /// If the model is not built, or numbers or shapes do not fit; then no weight has changed.
    pub fn set_weights(&mut self, weights: &[Tensor]) -> Result<()> {
        let wanted: Vec<(String, Vec<usize>)> =
            self.weights_in_order()?.map(|(path, weight)| (path.clone(), weight.shape.clone())).collect();
        self.replace_weights(&format!("model `{}`", self.name), &wanted, weights)
    }

    pub(crate) fn replace_weights(
        &mut self,
        owner: &str,
        wanted: &[(String, Vec<usize>)],
        weights: &[Tensor],
    ) -> Result<()> {
        if wanted.len() != weights.len() {
            return Err(Error::data(format!("{owner} has {} weights, got {}", wanted.len(), weights.len())));
        }
        if let Some(((path, shape), weight)) = wanted.iter().zip(weights).find(|((_, s), w)| s != w.shape()) {
            let misfit = format!("has `{path}` of shape {}, got {}", Shape::known(shape), weight.to_shape());
            let network = self.network()?;
            let owner = network.weights.iter().position(|of| of.iter().any(|(known, _)| known == path));
            let layer = owner.map(|at| network.layers[at].as_ref());
            return Err(layer.map_or_else(|| Error::data(&misfit), |layer| layer.error(&misfit)));
        }
        let state = &mut self.built_mut()?.state;
        for ((path, _), weight) in wanted.iter().zip(weights) {
            state.insert(path.clone(), weight.cast(crate::DType::F32));
        }
        Ok(())
    }

    /// Sets the weights of one layer, in the order of [`LayerRef::get_weights`].
    ///
    /// # Errors
    /// If there is no such layer, or numbers or shapes do not fit; then no weight has changed.
    pub fn set_layer_weights(&mut self, layer: &str, weights: &[Tensor]) -> Result<()> {
        let network = self.network()?;
        let of: Vec<(String, Vec<usize>)> = network
            .weights_of(network.position(layer)?)
            .map(|(path, weight)| (path.clone(), weight.shape.clone()))
            .collect();
        self.replace_weights(&format!("layer `{layer}`"), &of, weights)
    }

    /// Lets a layer of the model learn from data, as its own `adapt` does: a vocabulary, a mean, the bounds of bins. All
    /// other layers keep their weights.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input, Normalization};
    /// use cornu::{Sequential, Tensor};
    /// let mut model = Sequential::new().add(Input::new([1])).add(Normalization::new()).add(Dense::new(1));
    /// model.adapt("normalization", &Tensor::from([[1.0f32], [3.0]]))?;
    /// assert_eq!(model.get_weights()?[0], Tensor::from([2.0f32]));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such layer, it learns nothing from data, or the data does not suit it.
    pub fn adapt(&mut self, layer: &str, data: impl Into<Data>) -> Result<()> {
        let data = data.into();
        let learn = |layer: &mut Box<dyn Layer>| layer.learn(&data).map_err(|message| layer.error(message));
        if self.built().is_err() {
            let mut named = self.layers.clone();
            give_names(&mut named);
            let names = || named.iter().map(|layer| layer.base().name());
            let unknown = || Error::unknown_name("layer", layer, names().map(String::from));
            let at = names().position(|name| name == layer).ok_or_else(unknown)?;
            return learn(&mut self.layers[at]);
        }
        let Built { network, state } = self.built()?;
        let at = network.position(layer)?;
        let mut layers = network.layers.clone();
        learn(&mut layers[at])?;
        let values = network.weights.iter().enumerate().map(|(of, weights)| match of == at {
            true => Vec::new(),
            false => weights.iter().filter_map(|(path, _)| state.get(path)).cloned().collect(),
        });
        let Network { calls, inputs, outputs, .. } = network.clone();
        let anew = Network::with_values(layers, values.collect(), calls, inputs, outputs)?;
        let mut state_anew = anew.initial_state(self.seed)?;
        if let Some(compiled) = &self.compiled {
            let trained: Vec<(&str, Vec<usize>)> =
                anew.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect();
            for variable in optimizers::variables(compiled.optimizer.as_ref(), &trained) {
                if let Some(value) = state.get(&variable.name).filter(|value| value.shape() == variable.shape)
                {
                    state_anew.insert(variable.name, value.clone());
                }
            }
        }
        self.built = OnceLock::from(Built { network: anew, state: state_anew });
        self.plans.clear();
        Ok(())
    }

    /// Sets the states that stateful recurrent layers keep from one batch to the next back to zero.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn reset_states(&mut self) -> Result<()> {
        let built = self.built_mut()?;
        for (path, weight) in built.network.transients() {
            built.state.insert(path.clone(), Tensor::zeros(weight.shape.clone(), crate::DType::F32));
        }
        Ok(())
    }

    /// Freezes or unfreezes a layer: whether training changes its weights from now on.
    ///
    /// # Errors
    /// If there is no such layer.
    pub fn set_layer_trainable(&mut self, layer: &str, trainable: bool) -> Result<()> {
        let network = &mut self.built_mut()?.network;
        let at = network.position(layer)?;
        network.layers[at].base_mut().trainable = trainable;
        self.plans.clear();
        Ok(())
    }

    /// Freezes or unfreezes all layers.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn set_trainable(&mut self, trainable: bool) -> Result<()> {
        self.built_mut()?.network.layers.iter_mut().for_each(|layer| layer.base_mut().trainable = trainable);
        self.plans.clear();
        Ok(())
    }

    /// The table of layers, shapes and parameters that Keras prints.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.summary())
    }
}
