//! The configs of models.

use serde::{Deserialize, Serialize};

use super::BatchShape;
use super::node::TensorRef;
use super::object::{DTypePolicy, Object};
use super::tree::Tree;

/// The config of a `Sequential` model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequentialConfig {
    /// The model's name.
    pub name: String,
    /// Whether its weights are trained.
    #[serde(default = "yes")]
    pub trainable: bool,
    /// The policy on element types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dtype: Option<DTypePolicy>,
    /// The layers, the `InputLayer` first where the input's shape is known.
    pub layers: Vec<Object>,
    /// The input's shape, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_input_shape: Option<BatchShape>,
}

/// The config of a functional model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionalConfig {
    /// The model's name.
    pub name: String,
    /// Whether its weights are trained.
    #[serde(default = "yes")]
    pub trainable: bool,
    /// The layers with their calls.
    pub layers: Vec<Object>,
    /// The inputs, nested as the user nested them.
    pub input_layers: Tree<TensorRef>,
    /// The outputs, nested as the user nested them.
    pub output_layers: Tree<TensorRef>,
}

fn yes() -> bool {
    true
}
