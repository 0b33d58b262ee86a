//! What layers are given: activations, initializers, regularizers, constraints.

use serde_json::{Value, json};

use super::rule::{Change, Rule};
use super::{Config, layers};

/// Names that classes had.
const CLASSES: &[(&str, &str)] =
    &[("WeightRegularizer", "L1L2"), ("L1L2Regularizer", "L1L2"), ("ActivityRegularizer", "L1L2")];

const INITIALIZERS: &[&str] = &[
    "Zeros",
    "Ones",
    "Constant",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Orthogonal",
    "Identity",
    "GlorotUniform",
    "GlorotNormal",
    "HeUniform",
    "HeNormal",
    "LecunUniform",
    "LecunNormal",
];

/// Arguments that had other names or other values.
const ARGUMENTS: &[Rule] = &[
    Rule { classes: INITIALIZERS, key: "dtype", change: Change::Gone },
    Rule { classes: &["VarianceScaling"], key: "distribution", change: Change::As(truncated) },
    Rule { classes: &["MaxNorm"], key: "m", change: Change::To("max_value") },
];

/// What stands for an old name.
type Now = fn() -> Value;

/// Activations whose formula is another today.
const ACTIVATIONS: &[(&str, Now)] =
    // `0.2 x + 0.5` between 0 and 1; today's is `x / 6 + 0.5`.
    &[("hard_sigmoid", || json!({"class_name": "hard_sigmoid", "config": {"slope": 0.2}}))];

/// Rewrites one argument of a layer.
///
/// # Errors
/// If it is a layer with an argument that cannot be had any more.
pub(super) fn upgrade_argument(key: &str, value: &mut Value) -> Result<(), String> {
    let is_activation = key.ends_with("activation");
    if let (true, Some(name)) = (is_activation, value.as_str()) {
        if let Some((_, today)) = ACTIVATIONS.iter().find(|(old, _)| *old == name) {
            *value = today();
        }
        return Ok(());
    }
    let Some(object) = value.as_object_mut() else { return Ok(()) };
    // Keras 1 had the class among the arguments.
    if !object.contains_key("class_name") && (key.ends_with("regularizer") || key.ends_with("constraint")) {
        let Some(class) = object.shift_remove("name") else { return Ok(()) };
        let config = std::mem::take(object);
        object.insert("class_name".into(), class);
        object.insert("config".into(), config.into());
    }
    let Some(class) = object.get("class_name").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(());
    };
    separate_package(object);
    if is_activation {
        return layers::upgrade(object, &class);
    }
    let class = CLASSES.iter().find(|(old, _)| *old == class).map_or(class, |(_, new)| (*new).to_owned());
    if let Some(config) = object.get_mut("config").and_then(Value::as_object_mut) {
        ARGUMENTS.iter().try_for_each(|rule| rule.apply(&class, config))?;
    }
    object.insert("class_name".into(), class.into());
    Ok(())
}

/// A class registered by a program stands in older files as `package>Class` alone.
pub(super) fn separate_package(object: &mut Config) {
    let Some(full) = object.get("class_name").and_then(Value::as_str).map(str::to_owned) else { return };
    if let Some((_, class)) = full.split_once('>') {
        object.insert("class_name".into(), class.into());
        object.insert("registered_name".into(), full.into());
    }
}

fn truncated(distribution: Value) -> Value {
    if distribution == "normal" { json!("truncated_normal") } else { distribution }
}
