//! The calls that connect the layers of a functional model.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::BatchShape;
use super::tree::{Leaf, Tree};

const KERAS_TENSOR: &str = "__keras_tensor__";

/// One call of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundNode {
    /// The arguments by position, a list.
    pub args: Tree<Argument>,
    /// The arguments by name, a dictionary.
    pub kwargs: Tree<Argument>,
}

impl InboundNode {
    /// The tensors the call takes, in the order of its arguments.
    pub fn tensors(&self) -> Vec<&KerasTensor> {
        let leaves = self.args.leaves().into_iter().chain(self.kwargs.leaves());
        let tensors = leaves.filter_map(|argument| match argument {
            Argument::Tensor(tensor) => Some(tensor),
            Argument::Value(_) => None,
        });
        tensors.collect()
    }
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// The output of another layer.
    Tensor(KerasTensor),
    /// A constant, or an object in its envelope.
    Value(Value),
}

/// An output of a layer of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KerasTensor {
    /// Its shape.
    pub shape: BatchShape,
    /// Its element type.
    pub dtype: String,
    /// Which output of which call.
    pub keras_history: TensorRef,
}

impl Leaf for Argument {
    fn from_json(value: &Value) -> Option<Result<Self, String>> {
        let class_name = match value {
            Value::Array(_) => return None,
            Value::Object(object) => object.get("class_name")?,
            _ => return Some(Ok(Argument::Value(value.clone()))),
        };
        if class_name != KERAS_TENSOR {
            return Some(Ok(Argument::Value(value.clone())));
        }
        let config = value.get("config").unwrap_or(&Value::Null);
        let tensor = KerasTensor::deserialize(config).map_err(|e| format!("config of `{KERAS_TENSOR}`: {e}"));
        Some(tensor.map(Argument::Tensor))
    }

    fn to_json(&self) -> Value {
        match self {
            Argument::Tensor(tensor) => json!({"class_name": KERAS_TENSOR, "config": tensor}),
            Argument::Value(value) => value.clone(),
        }
    }
}

/// An output of a layer: the layer's name, which of its calls, which of that call's outputs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TensorRef(pub String, pub usize, pub usize);

impl Leaf for TensorRef {
    fn from_json(value: &Value) -> Option<Result<Self, String>> {
        value.get(0).filter(|first| first.is_string())?;
        Some(TensorRef::deserialize(value).map_err(|e| e.to_string()))
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}
