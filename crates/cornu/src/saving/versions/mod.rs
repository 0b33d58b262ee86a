//! What older versions of Keras wrote in other words.
//!
//! The rest of Cornu knows the words of Keras 3 alone. Here the configs of Keras 1, Keras 2 and tf.keras become such:
//! each difference is a row of a table.

mod calls;
mod layers;
mod objects;
mod operations;
mod rule;
mod slots;
mod training;
mod weights;

use serde_json::{Map, Value, json};

use super::format::unwrap_tuples;
use crate::{Error, Result};

pub use slots::{Slots, arrange, arrange_in_order};
pub use training::upgrade_training;
pub use weights::upgrade_weights;

/// A JSON object.
type Config = Map<String, Value>;

/// The classes whose config is a model.
const MODELS: &[&str] = &["Sequential", "Functional", "Model"];

/// The arguments that are layers.
const WRAPPED: &[&str] = &["layer", "forward_layer", "backward_layer", "cell", "cells"];

/// The first number of a version such as `2.15.0`; files that say nothing are of Keras 1.
pub fn major(version: Option<&str>) -> u32 {
    version.and_then(|version| version.split('.').next()?.parse().ok()).unwrap_or(1)
}

/// A model's config as Keras 3 writes it, from that of any version.
///
/// ```
/// use cornu::saving::versions::upgrade_model;
/// let old = serde_json::json!({"class_name": "Sequential", "config": [
///     {"class_name": "Dense", "config": {"output_dim": 2, "init": "glorot_uniform", "batch_input_shape": [null, 3], "name": "d"}},
/// ]});
/// let new = upgrade_model(old, 1)?;
/// assert_eq!(new["config"]["layers"][0]["config"]["batch_shape"], serde_json::json!([null, 3]));
/// assert_eq!(new["config"]["layers"][1]["config"]["units"], 2);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If an argument has a value that no layer of today takes; the message names the layer.
pub fn upgrade_model(mut model: Value, major: u32) -> Result<Value> {
    unwrap_tuples(&mut model);
    layer(&mut model, major).map_err(Error::data)?;
    Ok(model)
}

/// Makes a layer's or a model's object one of Keras 3.
fn layer(object: &mut Value, major: u32) -> Result<(), String> {
    let Some(object) = object.as_object_mut() else { return Ok(()) };
    objects::separate_package(object);
    let class = object.get("class_name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if MODELS.contains(&class.as_str()) {
        return model(object, &class, major);
    }
    if operations::is_bare(object) {
        object.insert("module".into(), json!(operations::MODULE));
        return Ok(());
    }
    if major >= 3 {
        return wrapped(object, major);
    }
    let name = object.get("config").and_then(|config| config.get("name")?.as_str().map(str::to_owned));
    layers::upgrade(object, &class)
        .and_then(|()| wrapped(object, major))
        .map_err(|message| format!("layer `{}` ({class}): {message}", name.unwrap_or_default()))
}

/// The layers inside a layer.
fn wrapped(object: &mut Config, major: u32) -> Result<(), String> {
    let Some(config) = object.get_mut("config").and_then(Value::as_object_mut) else { return Ok(()) };
    for key in WRAPPED {
        match config.get_mut(*key) {
            Some(Value::Array(cells)) => cells.iter_mut().try_for_each(|cell| layer(cell, major))?,
            Some(inner) => layer(inner, major)?,
            None => {}
        }
    }
    Ok(())
}

fn model(object: &mut Config, class: &str, major: u32) -> Result<(), String> {
    let Some(config) = object.get_mut("config") else { return Ok(()) };
    // Before 2.2.3 the config of a sequential model was the list of its layers.
    if config.is_array() {
        *config = json!({"name": "sequential", "layers": config.take()});
    }
    let Some(config) = config.as_object_mut() else { return Ok(()) };
    if let Some(layers) = config.get_mut("layers").and_then(Value::as_array_mut) {
        if class == "Sequential" && major < 3 {
            layers::declare_input(layers);
        }
        layers.iter_mut().try_for_each(|inner| layer(inner, major))?;
    }
    if class == "Sequential" { Ok(()) } else { calls::upgrade(config) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(layer: Value) -> String {
        let nodes = json!([["x", 0, 0, {"bias": 1.0}]]);
        let mut layer = layer;
        layer["inbound_nodes"] = nodes;
        let input =
            json!({"class_name": "InputLayer", "config": {"name": "x"}, "name": "x", "inbound_nodes": []});
        let config = json!({"name": "m", "layers": [input, layer], "input_layers": [], "output_layers": []});
        upgrade_model(json!({"class_name": "Model", "config": config}), 2).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_had_any_more_is_named() {
        assert_eq!(
            refused(json!({"class_name": "GRU", "config": {"name": "g", "time_major": true}})),
            "layer `g` (GRU): `time_major` is true, which Keras has dropped"
        );
        assert_eq!(
            refused(json!({"class_name": "Merge", "config": {"name": "m", "mode": "cos"}})),
            "layer `m` (Merge): `mode` is `cos`, which Keras has dropped"
        );
        assert_eq!(
            refused(json!({"class_name": "TFOpLambda", "config": {"name": "tf.roll", "function": "roll"}})),
            "layer `tf.roll` (tf.roll): Cornu has no such operation; make the model anew with layers or cornu::ops \
             in its place"
        );
        assert_eq!(
            refused(json!({"class_name": "TFOpLambda", "config": {"name": "e", "function": "math.exp"}})),
            "layer `e` (tf.math.exp): has the argument `bias`, which Keras has not"
        );
    }

    #[test]
    fn what_keras_3_wrote_stays() -> Result<()> {
        let layer = json!({
            "module": "keras.layers",
            "class_name": "GRU",
            "config": {"name": "g", "recurrent_activation": "hard_sigmoid"},
            "registered_name": null,
        });
        let model = json!({"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}});
        assert_eq!(upgrade_model(model.clone(), 3)?, model);
        Ok(())
    }
}
