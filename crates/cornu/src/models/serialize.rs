//! Models as Keras' JSON and `.keras` files.

use std::any::Any;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::Model;
use super::load::LoadModel;
use super::model::Kind;
use super::nested::NestedModel;
use super::network::{Network, TensorRef, is_input};
use super::wiring_json;
use crate::layers::{Kept, Lambda, Layer, Operation, WeightGroup};
use crate::optimizers::{self, Value as Held};
use crate::registry::{Configured, Family, Handle};
use crate::saving::format::{
    CompileConfig, DTypePolicy, FunctionalConfig, Metadata, Object, SequentialConfig,
};
use crate::saving::weights_h5::{self, Weights};
use crate::saving::{KerasArchive, versions};
use crate::training::{Compile, Compiled, Metrics, PerOutput};
use crate::{Dim, Error, Result, Shape, Tensor};

/// The model in a `.keras` file.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Sequential, load_model};
/// let path = std::env::temp_dir().join(format!("load-model-{}.keras", std::process::id()));
/// Sequential::new().add(Input::new([4])).add(Dense::new(3)).save(&path)?;
/// let model = load_model(&path)?;
/// assert_eq!(model.count_params()?, 15);
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`load_model`](super::load_model).
pub(super) fn load(path: &Path, settings: &LoadModel) -> Result<Model> {
    let archive = KerasArchive::open(path)?;
    let load = || -> Result<Model> {
        let major = versions::major(Some(&archive.metadata.keras_version));
        let config = versions::upgrade_model(archive.config, major)?;
        let mut object: Object = crate::saving::format::decode(&config, "config")?;
        let mut model = Model::from_object(&object)?;
        let mut weights = weights_h5::read(&archive.weights)?;
        if settings.compile {
            if let Some(training) = object.compile_config.take_if(|config| major < 3 && is_compiled(config)) {
                let training = versions::upgrade_training(training, major, &model.output_names()?)?;
                object.compile_config = Some(training);
            }
            model.adopt_compilation(&object)?;
        }
        if major < 3 {
            // tf.keras names the parts of a layer by attributes that are its own affair.
            weights.iter_mut().for_each(|group| group.path = group.path.replace("/_", "/"));
        }
        let older = weights.iter().position(|group| major < 3 && group.path == OPTIMIZER);
        let older = older.map(|at| weights.remove(at));
        model.adopt_weights(&weights, false)?;
        if let (Some(group), true) = (older, model.compiled.is_some()) {
            model.adopt_older_optimizer(&group.vars)?;
        }
        model.adopt_kept(weights, archive.assets)?;
        model.preprocessing = archive.preprocessing;
        Ok(model)
    };
    load().map_err(|error| Error::file(path, error))
}

fn is_compiled(config: &Value) -> bool {
    config.get("optimizer").is_some()
}

impl Model {
    /// Writes the model as a file that Keras 3 opens: layers, weights, compilation, the optimizer's variables. A name that
    /// ends in `.keras` gets Keras' own format, one in `.h5` or `.hdf5` the one before it, which cannot hold what layers keep
    /// beside weights, such as a vocabulary. The file at `path` is the old one or the new one, whole, at any moment.
    ///
    /// # Errors
    /// If the model is not built, something in it cannot be said in Keras' files, the name ends otherwise, or the file cannot
    /// be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("keras") => self.save_archive(path),
            Some("h5" | "hdf5") => self.to_legacy()?.save(path),
            _ => Err(Error::file(path, "the name of a model's file must end in .keras (recommended) or .h5")),
        }
    }

    fn save_archive(&self, path: &Path) -> Result<()> {
        let mut groups = self.weight_groups()?;
        let mut assets = BTreeMap::new();
        for kept in kept_by_layers(self.network()?, self.kind)? {
            assets
                .extend(kept.files.into_iter().map(|(name, bytes)| (format!("{}/{name}", kept.path), bytes)));
            if let Some(group) = groups.iter_mut().find(|group| group.path == kept.path) {
                group.named.extend(kept.variables);
            }
        }
        let archive = KerasArchive {
            metadata: Metadata::now(),
            config: serde_json::to_value(self.to_object()?)
                .map_err(|error| Error::model(error.to_string()))?,
            weights: weights_h5::write(&groups),
            assets,
            preprocessing: self.preprocessing.clone(),
        };
        archive.save(path)
    }

    /// The architecture as Keras' JSON, without weights.
    ///
    /// # Errors
    /// If the model is not built, or something in it cannot be said in Keras' JSON.
    pub fn to_json(&self) -> Result<String> {
        let object = self.to_object()?;
        serde_json::to_string(&object).map_err(|error| Error::model(error.to_string()))
    }

    /// A model with fresh weights from the JSON of any Keras since 1.2; compiled if the JSON says how. This is Keras'
    /// `model_from_json`.
    ///
    /// # Errors
    /// If the JSON is no model or holds a class or argument that is not part of Cornu.
    pub fn from_json(json: &str) -> Result<Model> {
        let value: Value =
            serde_json::from_str(json).map_err(|error| Error::data(format!("not JSON: {error}")))?;
        // Keras before 3 says which it is, and Keras 3 where its classes are.
        let major = match value.get("keras_version").and_then(Value::as_str) {
            None if value.get("module").is_some() => 3,
            version => versions::major(version),
        };
        let value = versions::upgrade_model(value, major)?;
        let object: Object = crate::saving::format::decode(&value, "config")?;
        let mut model = Self::from_object(&object)?;
        model.adopt_compilation(&object)?;
        Ok(model)
    }

    pub(super) fn to_object(&self) -> Result<Object> {
        let network = self.network()?;
        let mut object = model_object(&self.name, self.kind, network)?;
        object.compile_config = Some(self.compile_config()?);
        Ok(object)
    }

    fn compile_config(&self) -> Result<Value> {
        let Some(Compiled { arguments, optimizer, .. }) = &self.compiled else { return Ok(json!({})) };
        optimizer.base().learning_rate.check_serializable()?;
        // The optimizer as it stands: its learning rate may have changed since.
        let optimizer = match arguments.optimizer.name() {
            Some(name) if arguments.optimizer.get()?.base() == optimizer.base() => json!(name),
            _ => Family::to_json(optimizer.as_ref()),
        };
        let mut config = Map::new();
        config.insert("optimizer".into(), optimizer);
        config.insert(
            "loss".into(),
            arguments.loss.as_ref().map_or(Value::Null, |loss| loss.to_json(Handle::as_given)),
        );
        let weights = |weights: &PerOutput<f64>| weights.to_json(|weight| json!(weight));
        config.insert("loss_weights".into(), arguments.loss_weights.as_ref().map_or(Value::Null, weights));
        config.insert("metrics".into(), arguments.metrics.to_json());
        config.insert("weighted_metrics".into(), arguments.weighted_metrics.to_json());
        config.insert("run_eagerly".into(), json!(false));
        config.insert("steps_per_execution".into(), json!(1));
        config.insert("jit_compile".into(), json!("auto"));
        for (key, value) in &arguments.rest {
            config.insert(key.clone(), value.clone());
        }
        let config = Value::Object(config);
        match only_cornus(&config) {
            Some(part) => Err(Error::model(format!("the compilation {}", inexpressible(part)))),
            None => Ok(config),
        }
    }

    /// Where Keras keeps what: a group for each layer, named by its class, and one for the optimizer.
    pub(super) fn weight_groups(&self) -> Result<Vec<Weights>> {
        let network = self.network()?;
        let mut groups = vec![Weights { name: Some(self.name.clone()), ..Weights::default() }];
        for (at, WeightGroup { path, name, weights }) in layer_groups(network, self.kind) {
            let own = weights.iter().filter_map(|number| network.weights[at].get(*number));
            let vars = own.filter_map(|(path, _)| self.value(path)).cloned().collect();
            groups.push(Weights { path, name: Some(name), vars, ..Weights::default() });
        }
        if let Some(compiled) = &self.compiled {
            let vars: Vec<Tensor> =
                self.optimizer_variables(network, compiled).into_iter().map(|(_, value)| value).collect();
            let optimizer = compiled.optimizer.as_ref();
            // Keras writes an inner optimizer's variables once more, under its own name.
            let inner = optimizer.dynamic_scale().and_then(|_| vars.get(optimizers::OWN_VARIABLES..));
            let inner = inner.map(|vars| (INNER_OPTIMIZER, optimizer.base().name.as_str(), vars.to_vec()));
            let outer = (OPTIMIZER, optimizer.name(), vars);
            for (path, name, vars) in std::iter::once(outer).chain(inner) {
                groups.push(Weights {
                    path: path.into(),
                    name: Some(name.into()),
                    vars,
                    ..Weights::default()
                });
            }
        }
        Ok(groups)
    }

    /// The optimizer's variables in Keras' order, by Keras' names.
    pub(super) fn optimizer_variables(
        &self,
        network: &Network,
        compiled: &Compiled,
    ) -> Vec<(String, Tensor)> {
        let optimizer = compiled.optimizer.as_ref();
        let value = |variable: optimizers::Variable| {
            let value = match (self.value(&variable.name), variable.value) {
                (Some(value), _) => Some(value.clone()),
                (None, Held::Iteration) => Some(Tensor::scalar(compiled.iterations as i64)),
                (None, Held::LearningRate) => Some(Tensor::scalar(optimizer.base().learning_rate.at(0))),
                // A slot that no step has touched.
                (None, _) => variable.initial(variable.weight.as_deref().and_then(|path| self.value(path))),
            };
            Some((variable.keras_name, value?))
        };
        let variables = optimizers::variables(optimizer, &trained_shapes(network));
        variables.into_iter().filter(|variable| variable.filed).filter_map(value).collect()
    }

    pub(super) fn from_object(object: &Object) -> Result<Model> {
        match object.class_name.as_str() {
            "Sequential" => {
                let config: SequentialConfig = object.config_as("")?;
                let layers = layers(&config.layers)?;
                let mut model = Model::sequential(config.name, layers);
                if let (Err(_), Some(shape)) = (model.built(), config.build_input_shape) {
                    model.build(Shape::from(shape))?;
                }
                Ok(model)
            }
            "Functional" | "Model" => functional(&object.config_as("")?),
            other => Err(Error::data(format!(
                "config.class_name: `{other}` is no model Cornu knows; known are Sequential and Functional"
            ))),
        }
    }

    /// Compiles the model as the file says, if it does.
    pub(super) fn adopt_compilation(&mut self, object: &Object) -> Result<()> {
        let Some(config) = CompileConfig::of(object, "")? else { return Ok(()) };
        let place = |what: &str| format!("config.compile_config.{what}");
        let mut arguments = Compile::new();
        if !config.optimizer.is_null() {
            arguments.optimizer = handle(&config.optimizer, &place("optimizer"))?;
        }
        let one = |loss: &Value| handle(loss, &place("loss"));
        if !config.loss.is_null() {
            arguments.loss = Some(PerOutput::from_json(&single(&config.loss), is_object, one)?);
        }
        if !config.loss_weights.is_null() {
            let weight = |weight: &Value| {
                let message = || format!("{}: wants a number, got {weight}", place("loss_weights"));
                weight.as_f64().ok_or_else(|| Error::data(message()))
            };
            let weights = single(&config.loss_weights);
            arguments.loss_weights = Some(PerOutput::from_json(&weights, Value::is_number, weight)?);
        }
        let metrics = |json: &Value, what: &str| {
            Metrics::from_json(json, |metric, at| handle(metric, &format!("{}{at}", place(what))))
        };
        arguments.metrics = metrics(&config.metrics, "metrics")?;
        arguments.weighted_metrics = metrics(&config.weighted_metrics, "weighted_metrics")?;
        arguments.rest.insert("jit_compile".into(), config.jit_compile);
        arguments.rest.insert("run_eagerly".into(), json!(config.run_eagerly));
        arguments.rest.insert("steps_per_execution".into(), json!(config.steps_per_execution));
        self.compile(arguments)
    }

    /// Sets weights and the optimizer's variables from a file's groups.
    ///
    /// # Errors
    /// If they are those of another model, unless such are to be skipped.
    pub(super) fn adopt_weights(&mut self, groups: &[Weights], skip_mismatch: bool) -> Result<()> {
        let network = self.network()?;
        /// The group, the paths and shapes it holds, and its tensors.
        type Found = (String, Vec<(String, Vec<usize>)>, Vec<Tensor>);
        let mut found: Vec<Found> = Vec::new();
        for (at, WeightGroup { path, weights, .. }) in layer_groups(network, self.kind) {
            let wanted: Vec<(String, Vec<usize>)> = weights
                .iter()
                .filter_map(|number| network.weights[at].get(*number))
                .map(|(path, weight)| (path.clone(), weight.shape.clone()))
                .collect();
            let group = groups.iter().find(|group| group.path == path);
            if group.is_none() && wanted.is_empty() {
                continue;
            }
            let vars = group.map(|group| group.vars.clone());
            let fits = |vars: &Vec<Tensor>| {
                vars.len() == wanted.len()
                    && vars.iter().zip(&wanted).all(|(var, (_, shape))| var.shape() == shape)
            };
            if skip_mismatch && !vars.as_ref().is_some_and(fits) {
                continue;
            }
            let vars = vars.ok_or_else(|| {
                Error::data(format!(
                    "model.weights.h5: there is no group `{path}` for layer `{}`",
                    network.layers[at].base().name()
                ))
            })?;
            found.push((format!("model.weights.h5: `{path}`"), wanted, vars));
        }
        for (owner, wanted, vars) in found {
            self.replace_weights(&owner, &wanted, &vars)?;
        }
        match groups.iter().find(|group| group.path == OPTIMIZER) {
            Some(group) if self.compiled.is_some() => self.adopt_optimizer(&group.vars)?,
            _ => {}
        }
        if self.compiled.is_some() { self.prepare_optimizer() } else { Ok(()) }
    }

    /// Gives layers back what a file keeps of them beside weights.
    fn adopt_kept(&mut self, groups: Vec<Weights>, assets: BTreeMap<String, Vec<u8>>) -> Result<()> {
        let mut kept: BTreeMap<String, Kept> = BTreeMap::new();
        for group in groups.into_iter().filter(|group| !group.named.is_empty()) {
            kept.entry(group.path).or_default().variables = group.named;
        }
        for (path, bytes) in assets {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            kept.entry(folder.into()).or_default().files.insert(name.into(), bytes);
        }
        let kept: Vec<Kept> = kept.into_iter().map(|(path, kept)| Kept { path, ..kept }).collect();
        let kind = self.kind;
        restore_layers(&mut self.built_mut()?.network, kind, &kept)
    }

    pub(super) fn adopt_optimizer(&mut self, vars: &[Tensor]) -> Result<()> {
        let network = self.network()?;
        let optimizer = self.optimizer()?;
        let mut variables = optimizers::variables(optimizer, &trained_shapes(network));
        variables.retain(|variable| variable.filed);
        // Saved before its first step, Keras' optimizer has no slots yet.
        if vars.len() == variables.iter().filter(|variable| variable.is_there_at_once()).count() {
            variables.retain(optimizers::Variable::is_there_at_once);
        }
        if vars.len() != variables.len() {
            return Err(Error::data(format!(
                "model.weights.h5: `optimizer/vars` has {} variables, {} wants {}",
                vars.len(),
                Configured::class_name(optimizer),
                variables.len()
            )));
        }
        for (at, (variable, value)) in variables.iter().zip(vars).enumerate() {
            if value.shape() != variable.shape {
                return Err(Error::data(format!(
                    "model.weights.h5: `optimizer/vars/{at}` ({}) has the shape {}, wanted is {}",
                    variable.keras_name,
                    value.to_shape(),
                    Shape::known(&variable.shape)
                )));
            }
        }
        for (variable, value) in variables.into_iter().zip(vars) {
            match variable.value {
                Held::Iteration => {
                    let steps = value.item().unwrap_or(0.0).max(0.0) as u64;
                    self.compiled.iter_mut().for_each(|compiled| compiled.iterations = steps);
                }
                Held::LearningRate => self.set_learning_rate(value.item().unwrap_or(0.0))?,
                Held::Number(_) | Held::Weight => {
                    self.built_mut()?.state.insert(variable.name, value.cast(variable.dtype));
                }
                Held::Unused(_) => {}
            }
        }
        self.recount();
        Ok(())
    }
}

const OPTIMIZER: &str = "optimizer";
const INNER_OPTIMIZER: &str = "optimizer/inner_optimizer";

fn to_value(thing: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(thing).map_err(|error| Error::model(error.to_string()))
}

fn trained_shapes(network: &Network) -> Vec<(&str, Vec<usize>)> {
    network.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect()
}

/// A model in its envelope, not compiled.
pub(super) fn model_object(name: &str, kind: Kind, network: &Network) -> Result<Object> {
    match kind {
        Kind::Sequential => sequential_object(name, network),
        Kind::Functional => functional_object(name, network),
    }
}

fn sequential_object(name: &str, network: &Network) -> Result<Object> {
    let shape = network.input_shapes().next().map(|shape| shape.dims().to_vec());
    let config = SequentialConfig {
        name: name.into(),
        trainable: true,
        dtype: Some(DTypePolicy("float32".into())),
        layers: (0..network.layers.len()).map(|at| layer_object(network, at)).collect::<Result<_>>()?,
        build_input_shape: shape.clone(),
    };
    let mut object = Object::keras("keras", "Sequential", to_value(&config)?);
    object.build_config = Some(json!({ "input_shape": shape }));
    Ok(object)
}

fn functional_object(name: &str, network: &Network) -> Result<Object> {
    let reference = |at: &TensorRef| json!(wiring_json::reference(network, at));
    let flat = |of: Vec<Value>| if of.len() == 1 { of[0].clone() } else { Value::Array(of) };
    let inputs = network.inputs.iter().map(|call| reference(&TensorRef { call: *call, output: 0 })).collect();
    let outputs = network.outputs.iter().map(reference).collect();
    let mut layers = Vec::new();
    for at in 0..network.layers.len() {
        let mut layer = layer_object(network, at)?;
        layer.name = Some(network.layers[at].base().name().into());
        layer.inbound_nodes = Some(wiring_json::inbound_nodes(network, at));
        layers.push(layer);
    }
    let config = json!({
        "name": name,
        "trainable": true,
        "layers": layers,
        "input_layers": flat(inputs),
        "output_layers": flat(outputs),
    });
    let mut object = Object::keras("keras.src.models.functional", "Functional", config);
    object.registered_name = Some("Functional".into());
    object.build_config = Some(json!({ "input_shape": null }));
    Ok(object)
}

/// Where a model's file keeps what is its layers', each with the layer's number. A sequential model's `Input` has nothing.
fn layer_paths(network: &Network, kind: Kind) -> Vec<(usize, String)> {
    // Keras counts layers alone: not the operations between them, and a sequential model's `Input` neither.
    let counts = |layer: &dyn Layer| {
        !(layer as &dyn Any).is::<Operation>() && (kind == Kind::Functional || !is_input(layer))
    };
    let counted: Vec<usize> =
        (0..network.layers.len()).filter(|at| counts(network.layers[*at].as_ref())).collect();
    let classes = counted.iter().map(|at| Configured::class_name(network.layers[*at].as_ref()));
    let names = weights_h5::container_names(classes);
    counted.into_iter().zip(names).map(|(at, name)| (at, format!("layers/{name}"))).collect()
}

/// What the layers of a model keep in its file beside their weights.
///
/// # Errors
/// If Keras' files cannot hold it.
pub(super) fn kept_by_layers(network: &Network, kind: Kind) -> Result<Vec<Kept>> {
    let mut all = Vec::new();
    for (at, place) in layer_paths(network, kind) {
        let layer = &network.layers[at];
        for kept in layer.kept().map_err(|message| layer.error(message))? {
            all.push(Kept { path: below(&place, &kept.path), ..kept });
        }
    }
    Ok(all)
}

/// Gives the layers of a model back what its file keeps of them.
///
/// # Errors
/// If it is not what a layer keeps.
pub(super) fn restore_layers(network: &mut Network, kind: Kind, kept: &[Kept]) -> Result<()> {
    for (at, place) in layer_paths(network, kind) {
        let own = kept.iter().filter_map(|kept| {
            let path = kept.path.strip_prefix(&place)?;
            let path = if path.is_empty() { path } else { path.strip_prefix('/')? };
            Some(Kept { path: path.into(), ..kept.clone() })
        });
        let own: Vec<Kept> = own.collect();
        let layer = &mut network.layers[at];
        layer.restore(&own).map_err(|message| layer.error(message))?;
    }
    Ok(())
}

/// A path below another.
fn below(place: &str, path: &str) -> String {
    if path.is_empty() { place.to_owned() } else { format!("{place}/{path}") }
}

/// The groups in which a model's file keeps the weights of its layers, each with the layer's number.
pub(super) fn layer_groups(network: &Network, kind: Kind) -> Vec<(usize, WeightGroup)> {
    let mut groups = Vec::new();
    for (at, place) in layer_paths(network, kind) {
        let names: Vec<&str> = network.weights[at].iter().map(|(_, weight)| weight.name.as_str()).collect();
        for mut group in network.layers[at].weight_groups(&names) {
            group.weights.retain(|number| !network.weights[at][*number].1.transient);
            groups.push((at, WeightGroup { path: below(&place, &group.path), ..group }));
        }
    }
    groups
}

/// A layer as it stands in a model's list.
fn layer_object(network: &Network, at: usize) -> Result<Object> {
    let layer = network.layers[at].as_ref();
    if let Some(nested) = NestedModel::of(layer) {
        return nested.object();
    }
    if let Some(operation) = (layer as &dyn Any).downcast_ref::<Operation>() {
        let config = Value::Object(operation.config());
        let mut object = Object::keras(operation.module(), operation.class_name(), config);
        object.registered_name = Some(operation.class_name().into());
        return Ok(object);
    }
    match (layer as &dyn Any).downcast_ref::<Lambda>() {
        Some(lambda) if lambda.is_of_file() => {}
        Some(_) => {
            return Err(layer.error(
                "holds a function, which no file can: a layer for the file is a type of its own with the trait Layer",
            ));
        }
        None => <dyn Layer>::check_serializable(layer).map_err(|_| {
            layer.error(
                "is of a class that files do not know: register it with utils::register_keras_serializable",
            )
        })?,
    }
    let mut object: Object = crate::saving::format::decode(&Family::to_json(layer), layer.base().name())?;
    if let Some(part) = only_cornus(&object.config) {
        return Err(layer.error(inexpressible(part)));
    }
    if layer.has_build() {
        let call = network.calls.iter().find(|call| call.layer == at);
        let inputs = call.map(|call| call.inputs.as_slice()).unwrap_or_default();
        let shapes: Vec<&[Dim]> = inputs.iter().map(|at| network.shapes[at.call][at.output].dims()).collect();
        object.build_config = Some(match shapes.as_slice() {
            // Attention of several heads is what takes its inputs apart.
            shapes if layer.takes_inputs_apart() => {
                let names = ["query_shape", "value_shape", "key_shape"];
                let named = names.iter().zip(shapes).map(|(name, shape)| ((*name).to_owned(), json!(shape)));
                json!({ "shapes_dict": named.collect::<serde_json::Map<_, _>>() })
            }
            [shape] => json!({ "input_shape": shape }),
            shapes => json!({ "input_shape": shapes }),
        });
    }
    Ok(object)
}

/// The first object in a config that Keras has no words for.
fn only_cornus(config: &Value) -> Option<&Value> {
    match config {
        Value::Object(object) if object.get("module").and_then(Value::as_str).is_some_and(is_cornus) => {
            Some(config)
        }
        Value::Object(object) => object.values().find_map(only_cornus),
        Value::Array(values) => values.iter().find_map(only_cornus),
        _ => None,
    }
}

fn is_cornus(module: &str) -> bool {
    module.split('.').next() == Some("cornu")
}

fn inexpressible(object: &Value) -> String {
    let class = object["class_name"].as_str().unwrap_or_default();
    format!(
        "has `{class}` with arguments that Keras' files cannot hold, {}; a model that is to be saved needs its defaults",
        object["config"]
    )
}

fn layers(objects: &[Object]) -> Result<Vec<Box<dyn Layer>>> {
    objects.iter().enumerate().map(|(at, object)| layer(object, &format!("config.layers[{at}]"))).collect()
}

fn layer(object: &Object, place: &str) -> Result<Box<dyn Layer>> {
    if ["Sequential", "Functional", "Model"].contains(&object.class_name.as_str()) {
        return Ok(Box::new(Model::from_object(object)?.into_layer()?));
    }
    let config = object.config.as_object().cloned().unwrap_or_default();
    if object.module.as_deref().is_some_and(Operation::is_module) {
        let first = object.inbound_nodes.as_deref().unwrap_or_default().first();
        let constants = first.map(wiring_json::constants).unwrap_or_default();
        let found = Operation::new(&object.class_name, config, constants);
        return Ok(Box::new(found.map_err(|error| Error::data(format!("{place}: {error}")))?));
    }
    if object.class_name == "Lambda" {
        let lambda =
            Lambda::registered(config).map_err(|message| Error::data(format!("{place}: {message}")))?;
        return Ok(Box::new(lambda));
    }
    let found = <dyn Layer>::from_json(&json!({
        "class_name": object.class_name,
        "config": config,
        "registered_name": object.registered_name,
    }));
    found.map(|layer| layer.boxed()).map_err(|error| Error::data(format!("{place}: {error}")))
}

fn functional(config: &FunctionalConfig) -> Result<Model> {
    let network = wiring_json::network(config, layers(&config.layers)?)?;
    Model::functional(config.name.clone(), network)
}

/// A member of a family from a compile config.
fn handle<T: Family + ?Sized>(value: &Value, place: &str) -> Result<Handle<T>> {
    match value {
        Value::String(name) => Ok(Handle::named(name)),
        value => {
            T::from_json(value).map(Handle::new).map_err(|error| Error::data(format!("{place}: {error}")))
        }
    }
}

/// A list of one is the one.
fn single(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.len() == 1 => values[0].clone(),
        value => value.clone(),
    }
}

/// Whether JSON is a name or an object with a class, not a list or a dictionary of such.
fn is_object(value: &Value) -> bool {
    value.is_string() || value.get("class_name").is_some()
}
