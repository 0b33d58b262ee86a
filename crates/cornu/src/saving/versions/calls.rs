//! The calls of a functional model, which were lists.
//!
//! A call was `[["a", 0, 0, {}], ["b", 0, 0, {}]]`: each input's layer, the number of its call, the number of the
//! result, and what else the call was given by name. Keras 3 writes `args` and `kwargs`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Config, MODELS, operations};

/// The place of a constant among the inputs of a call.
const CONSTANT: &str = "_CONSTANT_VALUE";

/// Layers of which Keras 2 took the states among the inputs.
const RECURRENT: &[&str] =
    &["LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"];

/// The inputs that come apart, behind the first.
const APART: &[(&str, &[&str])] = &[("MultiHeadAttention", &["value", "key"])];

/// Rewrites the calls in a functional model's config, where they are lists.
///
/// # Errors
/// If an operation of TensorFlow has no counterpart; the message names it.
pub(super) fn upgrade(config: &mut Config) -> Result<(), String> {
    let Some(layers) = config.get("layers").and_then(Value::as_array) else { return Ok(()) };
    let has_old = |layer: &Value| {
        layer["inbound_nodes"].as_array().is_some_and(|nodes| nodes.iter().any(Value::is_array))
    };
    if !layers.iter().any(has_old) {
        return Ok(());
    }
    let network = Network::of(config);
    if let Some(layers) = config.get_mut("layers").and_then(Value::as_array_mut) {
        layers.iter_mut().try_for_each(|layer| network.upgrade_layer(layer))?;
    }
    for key in ["input_layers", "output_layers"] {
        if let Some(ends) = config.get_mut(key) {
            network.renumber(ends);
        }
    }
    Ok(())
}

/// The layers by name, with the number of their first call: models within began with a call of their own.
struct Network(HashMap<String, u64>);

impl Network {
    fn of(config: &Config) -> Self {
        let mut network = Network(HashMap::new());
        let layers = config.get("layers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let name =
            |layer: &Value| layer["name"].as_str().or(layer["config"]["name"].as_str()).map(str::to_owned);
        network.0.extend(layers.iter().filter_map(name).map(|name| (name, 0)));
        let is_model =
            |layer: &&Value| layer["class_name"].as_str().is_some_and(|class| MODELS.contains(&class));
        let models: Vec<String> = layers.iter().filter(is_model).filter_map(name).collect();
        let mut first: HashMap<String, u64> = HashMap::new();
        let nodes = layers.iter().map(|layer| &layer["inbound_nodes"]);
        for place in nodes.chain(["input_layers", "output_layers"].iter().filter_map(|key| config.get(*key)))
        {
            network.visit(place, &mut |name, call| {
                first.entry(name.to_owned()).and_modify(|least| *least = call.min(*least)).or_insert(call);
            });
        }
        for model in models {
            let least = first.get(&model).copied().unwrap_or(0);
            network.0.insert(model, least);
        }
        network
    }

    /// A result of a call of a layer here.
    fn reference<'a>(&self, value: &'a Value) -> Option<(&'a str, u64, u64)> {
        match value.as_array()?.as_slice() {
            [Value::String(name), call, output, ..] if self.0.contains_key(name) => {
                Some((name, call.as_u64()?, output.as_u64()?))
            }
            _ => None,
        }
    }

    fn visit(&self, value: &Value, each: &mut dyn FnMut(&str, u64)) {
        if let Some((name, call, _)) = self.reference(value) {
            each(name, call);
        }
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.visit(value, each)),
            Value::Object(values) => values.values().for_each(|value| self.visit(value, each)),
            _ => {}
        }
    }

    fn renumber(&self, value: &mut Value) {
        if let Some((name, call, output)) = self.reference(value) {
            *value = json!([name, call.saturating_sub(self.0[name]), output]);
            return;
        }
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.renumber(value)),
            Value::Object(values) => values.values_mut().for_each(|value| self.renumber(value)),
            _ => {}
        }
    }

    /// A result as an argument of a call; its shape is known when the model is built.
    fn tensor(&self, value: &Value) -> Option<Value> {
        let (name, call, output) = self.reference(value)?;
        let history = json!([name, call.saturating_sub(self.0[name]), output]);
        let config = json!({"shape": [], "dtype": "float32", "keras_history": history});
        Some(json!({"class_name": "__keras_tensor__", "config": config}))
    }

    /// A value with the results in it as tensors.
    fn argument(&self, value: &Value) -> Value {
        match (self.tensor(value), value) {
            (Some(tensor), _) => tensor,
            (None, Value::Array(values)) => match values.as_slice() {
                [Value::String(place), _, constant, ..] if place == CONSTANT => constant.clone(),
                values => values.iter().map(|value| self.argument(value)).collect(),
            },
            (None, Value::Object(values)) => {
                Value::Object(values.iter().map(|(key, value)| (key.clone(), self.argument(value))).collect())
            }
            (None, value) => value.clone(),
        }
    }

    fn upgrade_layer(&self, layer: &mut Value) -> Result<(), String> {
        let class = layer["class_name"].as_str().unwrap_or_default().to_owned();
        let nodes = layer["inbound_nodes"].as_array().cloned().unwrap_or_default();
        if !nodes.iter().any(Value::is_array) {
            return Ok(());
        }
        let calls: Vec<Call> = nodes.iter().map(|node| self.call(node)).collect();
        let calls = match operations::is_tensorflows(&class) {
            true => operations::upgrade(layer, calls)?,
            false => calls.into_iter().map(|call| call.of_layer(&class)).collect(),
        };
        layer["inbound_nodes"] = calls.into_iter().map(Call::into_json).collect();
        Ok(())
    }

    fn call(&self, node: &Value) -> Call {
        let mut kwargs = Map::new();
        self.collect_kwargs(node, &mut kwargs);
        // Operations, and layers of one input today, have it outside of a list.
        let first = match node.as_array().map(Vec::as_slice) {
            Some([only]) if only.is_array() => self.argument(only),
            _ => self.argument(node),
        };
        Call { args: vec![first], kwargs }
    }

    /// What a call is given by name, which is noted at each of its inputs.
    fn collect_kwargs(&self, node: &Value, found: &mut Config) {
        let Some(values) = node.as_array() else { return };
        let is_constant = values.first().is_some_and(|place| place == CONSTANT);
        if is_constant || self.reference(node).is_some() {
            let kwargs = values.get(3).and_then(Value::as_object);
            found
                .extend(kwargs.into_iter().flatten().map(|(key, value)| (key.clone(), self.argument(value))));
        } else {
            values.iter().for_each(|value| self.collect_kwargs(value, found));
        }
    }
}

/// A call as Keras 3 has it.
pub(super) struct Call {
    pub(super) args: Vec<Value>,
    pub(super) kwargs: Config,
}

impl Call {
    fn into_json(self) -> Value {
        json!({"args": self.args, "kwargs": self.kwargs})
    }

    fn of_layer(mut self, class: &str) -> Self {
        let (_, apart) = APART.iter().find(|(known, _)| *known == class).copied().unwrap_or_default();
        self.args.extend(
            apart.iter().filter_map(|key| self.kwargs.shift_remove(*key)).filter(|value| !value.is_null()),
        );
        if RECURRENT.contains(&class)
            && let Some(Value::Array(inputs)) = self.args.first_mut()
        {
            let states = inputs.split_off(1.min(inputs.len()));
            self.kwargs.insert("initial_state".into(), states.into());
            self.args = std::mem::take(inputs);
        }
        // What was not said was noted, too.
        self.kwargs.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)));
        self
    }
}
