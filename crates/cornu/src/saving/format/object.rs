//! The envelope Keras puts around every object.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decode::decode;
use super::node::InboundNode;
use crate::Result;

/// A layer, a model, an optimizer, an initializer: what it is, and its config.
///
/// ```
/// use cornu::saving::format::Object;
/// let zeros = Object::keras("keras.initializers", "Zeros", serde_json::json!({}));
/// assert_eq!(
///     serde_json::to_string(&zeros)?,
///     r#"{"module":"keras.initializers","class_name":"Zeros","config":{},"registered_name":null}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// The Python module, such as `keras.layers`; `None` for a class of the user's script.
    #[serde(default)]
    pub module: Option<String>,
    /// The class, such as `Dense`, or `function`.
    pub class_name: String,
    /// The arguments it is made with; a function's is its name.
    #[serde(default)]
    pub config: Value,
    /// The name a user's class is registered by, such as `package>Class`.
    #[serde(default)]
    pub registered_name: Option<String>,
    /// The shapes a layer was built for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_config: Option<Value>,
    /// How a model was compiled: [`CompileConfig::of`](super::CompileConfig::of) reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compile_config: Option<Value>,
    /// The same number on two objects says they are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_object_id: Option<i64>,
    /// The layer's name, in a functional model's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The layer's calls, in a functional model's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound_nodes: Option<Vec<InboundNode>>,
}

impl Object {
    /// An object of Keras' own.
    pub fn keras(module: &str, class_name: &str, config: Value) -> Self {
        Object {
            module: Some(module.to_owned()),
            class_name: class_name.to_owned(),
            config,
            registered_name: None,
            build_config: None,
            compile_config: None,
            shared_object_id: None,
            name: None,
            inbound_nodes: None,
        }
    }

    /// Reads the config as a type, of an object that stands at `place` in its file.
    ///
    /// # Errors
    /// If the config does not fit the type.
    pub fn config_as<'a, T: Deserialize<'a>>(&'a self, place: &str) -> Result<T> {
        let place = if place.is_empty() { "config".to_owned() } else { format!("{place}.config") };
        decode(&self.config, &place)
    }
}

/// The name of a policy on element types: `float32`, `mixed_bfloat16`.
///
/// Keras writes an object; a plain name, as its `InputLayer` and Keras 2 write, is read too.
///
/// ```
/// use cornu::saving::format::DTypePolicy;
/// let policy: DTypePolicy = serde_json::from_str(r#""float32""#)?;
/// assert_eq!(
///     serde_json::to_string(&policy)?,
///     r#"{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Object")]
pub struct DTypePolicy(pub String);

impl TryFrom<Value> for DTypePolicy {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value.pointer("/config/name").unwrap_or(&value) {
            Value::String(name) => Ok(DTypePolicy(name.clone())),
            _ => {
                let what = value.get("class_name").and_then(Value::as_str).unwrap_or("this");
                Err(format!("`{what}` is no dtype policy with a name, such as `float32`"))
            }
        }
    }
}

impl From<DTypePolicy> for Object {
    fn from(policy: DTypePolicy) -> Self {
        Object::keras("keras", "DTypePolicy", json!({ "name": policy.0 }))
    }
}
