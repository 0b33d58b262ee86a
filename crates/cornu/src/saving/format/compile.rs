//! How a model was compiled.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::decode::decode;
use super::object::Object;
use crate::Result;

/// The arguments of `compile`; what names or holds an object is left as it is in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompileConfig {
    /// The optimizer: a name or an [`Object`].
    pub optimizer: Value,
    /// The loss or losses.
    #[serde(default)]
    pub loss: Value,
    /// The weight of each loss.
    #[serde(default)]
    pub loss_weights: Value,
    /// The metrics.
    #[serde(default)]
    pub metrics: Value,
    /// The metrics that heed sample weights.
    #[serde(default)]
    pub weighted_metrics: Value,
    /// Whether Keras runs step by step in Python.
    #[serde(default)]
    pub run_eagerly: bool,
    /// The number of batches in one call of the compiled step.
    #[serde(default = "one")]
    pub steps_per_execution: usize,
    /// Whether Keras compiles with XLA: a boolean or `"auto"`.
    #[serde(default)]
    pub jit_compile: Value,
}

impl CompileConfig {
    /// The compile config of a model that stands at `place` in its file; `None` for a model that was
    /// not compiled, of which Keras writes `{}`.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn of(model: &Object, place: &str) -> Result<Option<Self>> {
        let place =
            if place.is_empty() { "compile_config".to_owned() } else { format!("{place}.compile_config") };
        match &model.compile_config {
            None => Ok(None),
            Some(config) if config.as_object().is_some_and(serde_json::Map::is_empty) => Ok(None),
            Some(config) => decode(config, &place).map(Some),
        }
    }
}

fn one() -> usize {
    1
}
