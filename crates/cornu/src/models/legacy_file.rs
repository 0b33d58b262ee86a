//! Models as the `.h5` files that Keras wrote before `.keras`.

use serde_json::{Map, Value, json};

use super::Model;
use super::load::LoadModel;
use super::model::Kind;
use super::network::{Network, is_input};
use super::serialize::kept_by_layers;
use super::weights_file::LoadWeights;
use crate::layers::{Layer, Operation};
use crate::losses::Loss;
use crate::optimizers;
use crate::registry::{Configured, Family};
use crate::saving::format::{Metadata, Object, decode};
use crate::saving::legacy_h5::{self, LegacyModel, LegacyWeights, Named};
use crate::saving::weights_h5::to_snake_case;
use crate::saving::{Group, versions};
use crate::{Error, Result, Shape, Tensor};

/// The model in a file.
///
/// # Errors
/// If the file has weights alone, is damaged, or holds what is not part of Cornu.
pub(super) fn load(root: &Group, settings: &LoadModel) -> Result<Model> {
    if !legacy_h5::is_model(root) {
        return Err(Error::data("holds weights alone: make the model, then load them by `load_weights`"));
    }
    let file = legacy_h5::read_model(root)?;
    let major = file.weights.major();
    let config = versions::upgrade_model(file.config, major)?;
    let mut object: Object = decode(&config, "model_config")?;
    let mut model = Model::from_object(&object)?;
    model.adopt_legacy_weights(&file.weights, &LoadWeights::new())?;
    if let (Some(training), true) = (file.training, settings.compile) {
        object.compile_config = Some(versions::upgrade_training(training, major, &model.output_names()?)?);
        model.adopt_compilation(&object)?;
        if let Some(variables) = file.optimizer {
            model.adopt_legacy_optimizer(variables, major)?;
        }
        model.prepare_optimizer()?;
    }
    Ok(model)
}

impl Model {
    /// The file of the whole model.
    ///
    /// # Errors
    /// If something in it cannot be said in Keras' JSON.
    pub(super) fn to_legacy(&self) -> Result<Group> {
        let network = self.network()?;
        if let Some(kept) = kept_by_layers(network, self.kind)?.first() {
            return Err(Error::model(format!(
                "`{}` keeps what it has learned of data, which an .h5 file cannot hold; a .keras file can",
                kept.path
            )));
        }
        let object = self.to_object()?;
        let training = object.compile_config.filter(|config| config.get("optimizer").is_some());
        let compiled = self.compiled.as_ref().filter(|_| training.is_some());
        legacy_h5::write_model(&LegacyModel {
            config: json!({"class_name": object.class_name, "config": object.config}),
            training: training
                .zip(compiled)
                .map(|(training, compiled)| legacy_training(training, compiled.optimizer.as_ref())),
            weights: self.legacy_weights()?,
            optimizer: compiled.map(|compiled| self.legacy_optimizer(compiled)).transpose()?,
        })
    }

    /// The weights by layer.
    ///
    /// # Errors
    /// If the model is not built.
    pub(super) fn legacy_weights(&self) -> Result<LegacyWeights> {
        let network = self.network()?;
        let listed = (0..network.layers.len()).filter(|at| {
            let layer = network.layers[*at].as_ref();
            !is_operation(layer) && (self.kind == Kind::Functional || !is_input(layer))
        });
        let layers = listed.map(|at| {
            let weights = legacy_order(network, at).into_iter();
            let named = weights.filter_map(|(path, _)| Some((path.clone(), self.value(&path)?.clone())));
            (network.layers[at].base().name().to_owned(), named.collect())
        });
        Ok(LegacyWeights {
            keras_version: Some(Metadata::now().keras_version),
            backend: Some("tensorflow".into()),
            layers: layers.collect(),
        })
    }

    fn legacy_optimizer(&self, compiled: &crate::training::Compiled) -> Result<Named> {
        let network = self.network()?;
        let owner = compiled.optimizer.name();
        let mut named = Named::new();
        for (name, value) in self.optimizer_variables(network, compiled) {
            let full = format!("{owner}/{name}");
            // Two layers within models within the model may share a name that Keras makes of theirs.
            let again = named.iter().filter(|(known, _)| known.starts_with(&full)).count();
            let known = named.iter().any(|(known, _)| *known == full);
            named.push((if known { format!("{full}_{again}") } else { full }, value));
        }
        Ok(named)
    }

    /// Sets the weights of layers from a file's.
    ///
    /// # Errors
    /// If the file has those of another model; then no weight has changed.
    pub(super) fn adopt_legacy_weights(
        &mut self,
        file: &LegacyWeights,
        settings: &LoadWeights,
    ) -> Result<()> {
        let network = self.network()?;
        let weighty: Vec<usize> =
            (0..network.layers.len()).filter(|at| network.weights_of(*at).next().is_some()).collect();
        let pairs: Vec<(usize, &Named)> = if settings.by_name {
            let find = |(name, values)| {
                let named = |at: &&usize| network.layers[**at].base().name() == name;
                weighty.iter().find(named).map(|at| (*at, values))
            };
            file.layers.iter().map(|(name, values)| (name.as_str(), values)).filter_map(find).collect()
        } else {
            let stored: Vec<&(String, Named)> =
                file.layers.iter().filter(|(_, values)| !values.is_empty()).collect();
            if stored.len() != weighty.len() {
                return Err(Error::data(format!(
                    "has weights for {} layers, the model has {} with weights; `by_name` loads those of the same names",
                    stored.len(),
                    weighty.len()
                )));
            }
            weighty.iter().copied().zip(stored.into_iter().map(|(_, values)| values)).collect()
        };
        let mut found: Vec<(String, Tensor)> = Vec::new();
        for (at, values) in pairs {
            let layer = network.layers[at].as_ref();
            let wanted = legacy_order(network, at);
            let values = values.iter().map(|(_, value)| value.clone()).collect();
            let config = Value::Object(layer.config());
            let values = versions::upgrade_weights(
                layer.class_name(),
                &config,
                values,
                file.major(),
                file.backend.as_deref(),
            )?;
            if wanted.len() != values.len() {
                if settings.skip_mismatch {
                    continue;
                }
                return Err(layer.error(format!("has {} weights, the file {}", wanted.len(), values.len())));
            }
            for ((path, shape), value) in wanted.into_iter().zip(values) {
                if value.shape() == shape {
                    found.push((path, value));
                } else if !settings.skip_mismatch {
                    let (shape, got) = (Shape::known(&shape), value.to_shape());
                    return Err(layer.error(format!("has `{path}` of shape {shape}, the file {got}")));
                }
            }
        }
        let state = &mut self.built_mut()?.state;
        for (path, value) in found {
            state.insert(path, value.cast(crate::DType::F32));
        }
        Ok(())
    }

    /// Sets the optimizer's variables from a file's.
    ///
    /// # Errors
    /// If they are those of another optimizer or model.
    fn adopt_legacy_optimizer(&mut self, stored: Named, major: u32) -> Result<()> {
        let place = |message: String| {
            Error::data(format!(
                "optimizer_weights: {message}; without the compilation, `LoadModel::compile(false)`, the model loads"
            ))
        };
        if major >= 3 {
            let values: Vec<Tensor> = stored.into_iter().map(|(_, value)| value).collect();
            return self.adopt_optimizer(&values).map_err(|error| place(error.to_string()));
        }
        let weights = self.network()?.trained().count();
        let class = Configured::class_name(self.optimizer()?).to_owned();
        let slots = versions::arrange(&class, &stored, weights).map_err(place)?;
        self.adopt_slots(&slots).map_err(|error| place(error.to_string()))
    }

    /// Sets the optimizer's variables from those of a file of tf.keras 2.11 and later.
    ///
    /// # Errors
    /// If they are those of another optimizer or model.
    pub(super) fn adopt_older_optimizer(&mut self, values: &[Tensor]) -> Result<()> {
        let weights = self.network()?.trained().count();
        let class = Configured::class_name(self.optimizer()?).to_owned();
        let slots = versions::arrange_in_order(&class, values, weights)
            .map_err(|message| Error::data(format!("model.weights.h5: `optimizer` {message}")))?;
        self.adopt_slots(&slots)
    }

    fn adopt_slots(&mut self, slots: &versions::Slots) -> Result<()> {
        let network = self.network()?;
        let trained: Vec<(&str, Vec<usize>)> =
            network.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect();
        let mut found = Vec::new();
        for variable in optimizers::variables(self.optimizer()?, &trained) {
            let Some(path) = variable.weight.as_deref().filter(|_| variable.is_kept()) else { continue };
            let kind = variable.name.strip_prefix("optimizer/").and_then(|name| name.strip_suffix(path));
            let kind = kind.unwrap_or_default().trim_end_matches('/');
            let at = trained.iter().position(|(known, _)| *known == path).unwrap_or_default();
            let Some(value) = slots.kinds.get(kind).and_then(|values| values.get(at)) else { continue };
            if value.shape() != variable.shape {
                let (wanted, got) = (Shape::known(&variable.shape), value.to_shape());
                let message = format!("`{}` has the shape {got}, wanted is {wanted}", variable.keras_name);
                return Err(Error::data(message));
            }
            found.push((variable.name.clone(), value.cast(variable.dtype)));
        }
        let state = &mut self.built_mut()?.state;
        for (name, value) in found {
            state.insert(name, value);
        }
        if let (Some(compiled), Some(steps)) = (&mut self.compiled, slots.steps) {
            compiled.iterations = steps;
        }
        Ok(())
    }
}

fn is_operation(layer: &dyn Layer) -> bool {
    (layer as &dyn std::any::Any).is::<Operation>()
}

/// A layer's weights in the order of these files, where those that are trained come first; all are as they are in a layer that is frozen.
fn legacy_order(network: &Network, at: usize) -> Vec<(String, Vec<usize>)> {
    let frozen = !network.layers[at].base().trainable;
    let weights: Vec<_> = network.weights_of(at).collect();
    let (first, second): (Vec<_>, Vec<_>) =
        weights.into_iter().partition(|(_, weight)| frozen || weight.trainable);
    first.into_iter().chain(second).map(|(path, weight)| (path.clone(), weight.shape.clone())).collect()
}

/// How the model was compiled, as these files say it.
fn legacy_training(compile: Value, optimizer: &dyn optimizers::Optimizer) -> Value {
    let mut training = match compile {
        Value::Object(training) => training,
        _ => Map::new(),
    };
    training.shift_remove("optimizer");
    if let Some(loss) = training.get_mut("loss") {
        spell_out(loss);
    }
    let optimizer = Family::to_json(optimizer);
    let class = match &optimizer["registered_name"] {
        Value::String(registered) => registered,
        _ => optimizer["class_name"].as_str().unwrap_or_default(),
    };
    training.insert("optimizer_config".into(), json!({"class_name": class, "config": optimizer["config"]}));
    training.into()
}

/// Keras does not find its own losses by their short names in such a file.
fn spell_out(loss: &mut Value) {
    match loss {
        Value::String(name) => {
            if let Ok(entry) = <dyn Loss>::entry(name) {
                *name = to_snake_case(entry.class_name);
            }
        }
        Value::Array(losses) => losses.iter_mut().for_each(spell_out),
        Value::Object(object) if !object.contains_key("class_name") => {
            object.values_mut().for_each(spell_out)
        }
        _ => {}
    }
}
