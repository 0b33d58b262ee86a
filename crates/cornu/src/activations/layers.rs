//! Keras' layers that stand where a function's arguments cannot be said.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Activation;
use crate::registry::{Config, Family};
use crate::{Error, Result};

/// What every layer's config holds, and no activation needs.
const BASE_KEYS: [&str; 3] = ["name", "trainable", "dtype"];

/// The activation of this class, which may be one of Keras' layers.
pub(super) fn activation(class: &str, mut config: Config) -> Result<Arc<dyn Activation>> {
    let function = match class {
        "ReLU" => "relu",
        "LeakyReLU" => "leaky_relu",
        "ELU" => "elu",
        "Softmax" => "softmax",
        "Activation" => {
            let inner = config.get("activation").ok_or_else(|| {
                Error::argument("layer `Activation`", "has no `activation` in its config".to_string())
            })?;
            return <dyn Activation>::from_json(inner);
        }
        function => return <dyn Activation>::entry(function)?.create(config),
    };
    for key in BASE_KEYS {
        config.shift_remove(key);
    }
    if class == "LeakyReLU" {
        // Keras 2 wrote `alpha`; and the layer's default is not the function's.
        let slope = config.shift_remove("alpha").unwrap_or(json!(0.3));
        config.entry("negative_slope").or_insert(slope);
    }
    if let Some(Value::Array(axes)) = config.get("axis")
        && let [axis] = axes.as_slice()
    {
        let axis = axis.clone();
        config.insert("axis".into(), axis);
    }
    <dyn Activation>::entry(function)?.create(config)
}
