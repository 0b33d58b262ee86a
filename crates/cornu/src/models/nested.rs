//! `NestedModel`: a model as a layer of another.

use std::any::Any;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::model::{Kind, Model};
use super::network::{Network, TensorRef};
use super::serialize::{kept_by_layers, layer_groups, model_object, restore_layers};
use crate::graph::Var;
use crate::layers::{Ahead, Base, Build, Call, Kept, Layer, Outputs, SEVERAL, WeightGroup};
use crate::registry::{Config, Configured};
use crate::saving::format::Object;
use crate::{DType, Dim, Result, Shape, Tensor};

/// A model as a layer, made by [`Model::into_layer`].
#[derive(Clone)]
pub struct NestedModel {
    base: Base,
    kind: Kind,
    network: Arc<Network>,
    /// The values of the network's weights, in its order.
    values: Arc<Vec<Tensor>>,
}

impl Model {
    /// The model as a layer, with its weights as they are now: to be added to a sequential model, called on symbolic
    /// tensors, or shared.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Connect, Model, Sequential};
    /// let encoder = Sequential::new().name("encoder").add(Input::new([8])).add(Dense::new(3).activation("relu"));
    /// let x = Input::new([8]).tensor();
    /// let code = encoder.into_model().into_layer()?.on(&x);
    /// let model = Model::new(&x, Dense::new(1).on(&code))?;
    /// assert_eq!(model.weight_paths()?[0], "encoder/dense/kernel");
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not built.
    pub fn into_layer(self) -> Result<NestedModel> {
        let values = self.get_weights()?;
        let network = self.network()?.clone();
        // A name Cornu gave is given anew among the layers of the other model.
        let own = ["sequential", "functional"].iter().all(|default| *default != self.name);
        let base = Base { name: own.then_some(self.name), ..Base::default() };
        Ok(NestedModel { base, kind: self.kind, network: Arc::new(network), values: Arc::new(values) })
    }
}

impl NestedModel {
    /// The name by which the other model knows it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.base.name = Some(name.into());
        self
    }

    /// Whether training changes its weights; layers frozen before stay frozen.
    #[must_use]
    pub fn trainable(mut self, trainable: bool) -> Self {
        self.base.trainable = trainable;
        self
    }

    /// The model that a layer is, if it is one.
    pub(super) fn of(layer: &dyn Layer) -> Option<&NestedModel> {
        (layer as &dyn Any).downcast_ref()
    }

    /// Which of Keras' model classes it is.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The layers it is made of.
    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    /// The model in its envelope.
    pub(super) fn object(&self) -> Result<Object> {
        let mut object = model_object(self.base.name(), self.kind, &self.network)?;
        if let Some(config) = object.config.as_object_mut() {
            config.insert("trainable".into(), self.base.trainable.into());
        }
        Ok(object)
    }
}

impl std::fmt::Debug for NestedModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let layers = self.network.layers.len();
        write!(f, "{} `{}` of {layers} layers", self.class_name(), self.base.name())
    }
}

/// Whether a value of shape `got` may turn out to be of shape `wanted`.
fn may_be(wanted: &Shape, got: &Shape) -> bool {
    let open = |(wanted, got): (&Dim, &Dim)| wanted.is_none() || got.is_none() || wanted == got;
    wanted.rank() == got.rank() && wanted.dims().iter().zip(got.dims()).all(open)
}

impl Configured for NestedModel {
    fn class_name(&self) -> &str {
        match self.kind {
            Kind::Sequential => "Sequential",
            Kind::Functional => "Functional",
        }
    }

    fn config(&self) -> Config {
        let object = self.object().ok().and_then(|object| object.config.as_object().cloned());
        object.unwrap_or_default()
    }
}

impl Layer for NestedModel {
    fn input_count(&self) -> RangeInclusive<usize> {
        SEVERAL
    }

    fn base(&self) -> &Base {
        &self.base
    }

    fn base_mut(&mut self) -> &mut Base {
        &mut self.base
    }

    fn boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let wanted: Vec<&Shape> = self.network.input_shapes().collect();
        let fits = wanted.len() == inputs.len()
            && wanted.iter().zip(inputs).all(|(wanted, got)| may_be(wanted, got));
        if !fits {
            let list =
                |shapes: &[&Shape]| shapes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let got: Vec<&Shape> = inputs.iter().collect();
            return Err(cx.error(format!("expects inputs of shapes {}, got {}", list(&wanted), list(&got))));
        }
        let declared = self.network.layers.iter().zip(&self.network.weights);
        let all = declared.flat_map(|(layer, weights)| weights.iter().map(move |weight| (layer, weight)));
        for ((layer, (path, weight)), value) in all.zip(self.values.iter()) {
            let mut weight = weight.clone();
            weight.name = path.clone();
            weight.trainable &= layer.base().trainable;
            weight.value = Some(value.clone());
            cx.add_weight(weight)?;
        }
        Ok(())
    }

    fn ahead(&self) -> Option<&dyn Ahead> {
        self.network.works_on_data().then_some(self.network.as_ref())
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn weight_groups(&self, _names: &[&str]) -> Vec<WeightGroup> {
        let network = &self.network;
        // The number of a layer's first weight among all.
        let first = |layer: usize| network.weights[..layer].iter().map(Vec::len).sum::<usize>();
        let own = WeightGroup { path: String::new(), name: self.base.name().into(), weights: Vec::new() };
        let inner = layer_groups(network, self.kind).into_iter().map(|(layer, mut group)| {
            group.weights.iter_mut().for_each(|number| *number += first(layer));
            group
        });
        std::iter::once(own).chain(inner).collect()
    }

    fn kept(&self) -> Result<Vec<Kept>, String> {
        kept_by_layers(&self.network, self.kind).map_err(|error| format!("cannot be saved: {error}"))
    }

    fn restore(&mut self, kept: &[Kept]) -> Result<(), String> {
        if kept.is_empty() {
            return Ok(());
        }
        let network = Arc::make_mut(&mut self.network);
        restore_layers(network, self.kind, kept).map_err(|error| format!("cannot be read: {error}"))
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let network = &self.network;
        let mut results: Vec<(Vec<Var<'g>>, Vec<Option<Var<'g>>>)> = Vec::new();
        for (at, call) in network.calls.iter().enumerate() {
            if !network.division.traces(at) {
                results.push((Vec::new(), Vec::new()));
                continue;
            }
            let layer = network.layers[call.layer].as_ref();
            let fed = network.division.fed_to(at).filter_map(|number| inputs.get(number).copied());
            if let Some(input) = network.inputs.iter().position(|input| *input == at) {
                let dtype = network.input_type(input).unwrap_or(DType::F32);
                results.push((fed.map(|value| value.cast(dtype)).collect(), vec![cx.mask(input)]));
                continue;
            }
            let value = |at: &TensorRef| {
                let found = results.get(at.call).and_then(|(values, _)| values.get(at.output)).copied();
                found.ok_or_else(|| layer.error("reads a value that no call gives"))
            };
            let values = match layer.ahead() {
                Some(_) => fed.collect(),
                None => call.inputs.iter().map(value).collect::<Result<Vec<_>>>()?,
            };
            let masks: Vec<Option<Var<'g>>> =
                call.inputs.iter().map(|at| results[at.call].1.get(at.output).copied().flatten()).collect();
            let arguments = call.arguments.try_map(value)?;
            let inner = cx.call_inner(layer, &values, &masks, &arguments)?;
            results.push((inner.outputs, inner.masks));
        }
        let ends = || network.outputs.iter();
        cx.set_masks(ends().map(|at| results[at.call].1.get(at.output).copied().flatten()));
        Ok(ends().filter_map(|at| results[at.call].0.get(at.output).copied()).collect::<Vec<_>>().into())
    }
}
