//! How a model was compiled.

use serde_json::{Value, json};

use super::rule::{Change, Rule};
use super::{Config, objects};
use crate::{Error, Result};

/// Names that losses and metrics had.
const NAMES: &[(&str, &str)] = &[
    ("cosine", "cosine_similarity"),
    ("cosine_proximity", "cosine_similarity"),
    ("CosineProximity", "CosineSimilarity"),
    ("kullback_leibler_divergence", "kl_divergence"),
    ("KullbackLeiblerDivergence", "KLDivergence"),
    ("logcosh", "log_cosh"),
    ("acc", "accuracy"),
];

/// Arguments of losses and metrics that had other names or other values.
const ARGUMENTS: &[Rule] = &[
    Rule { classes: &[], key: "fn", change: Change::Gone },
    Rule { classes: &[], key: "reduction", change: Change::As(reduction) },
];

const fn row(key: &'static str, change: Change) -> Rule {
    Rule { classes: &[], key, change }
}

/// Arguments of optimizers that had other names or other values.
const OPTIMIZERS: &[Rule] = &[
    row("lr", Change::To("learning_rate")),
    row("schedule_decay", Change::Gone),
    row("jit_compile", Change::Gone),
    row("is_legacy_optimizer", Change::Gone),
    row("epsilon", Change::As(epsilon)),
];

/// The arguments of `compile` as Keras 3 writes them, from those of any version. `outputs` are the names of the model's
/// outputs, which tf.keras put before the names of metrics.
///
/// ```
/// use cornu::saving::versions::upgrade_training;
/// let old = serde_json::json!({"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1}}, "loss": "mse", "metrics": ["acc"]});
/// let new = upgrade_training(old, 2, &[])?;
/// assert_eq!(new["optimizer"]["config"]["learning_rate"], 0.1);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there is no optimizer, or an argument of it cannot be had any more.
pub fn upgrade_training(mut training: Value, major: u32, outputs: &[String]) -> Result<Value> {
    let wrong = |message: &str| Error::data(format!("training_config: {message}"));
    let Some(config) = training.as_object_mut() else { return Err(wrong("wants a dictionary")) };
    let optimizer = config.shift_remove("optimizer_config").or_else(|| config.shift_remove("optimizer"));
    let mut optimizer = optimizer.ok_or_else(|| wrong("has no `optimizer_config`"))?;
    upgrade_optimizer(&mut optimizer).map_err(|message| wrong(&message))?;
    let mut taken = |key: &str| config.shift_remove(key).unwrap_or(Value::Null);
    let (mut loss, loss_weights) = (taken("loss"), taken("loss_weights"));
    let (mut metrics, mut weighted) = (taken("metrics"), taken("weighted_metrics"));
    measures(&mut loss, outputs);
    for metrics in [&mut metrics, &mut weighted] {
        measures(metrics, outputs);
        if major < 3 {
            flatten(metrics, outputs);
        }
    }
    Ok(json!({
        "optimizer": optimizer,
        "loss": loss,
        "loss_weights": loss_weights,
        "metrics": metrics,
        "weighted_metrics": weighted,
        "jit_compile": "auto",
    }))
}

fn upgrade_optimizer(optimizer: &mut Value) -> Result<(), String> {
    let Some(object) = optimizer.as_object_mut() else { return Ok(()) };
    objects::separate_package(object);
    let Some(config) = object.get_mut("config").and_then(Value::as_object_mut) else { return Ok(()) };
    OPTIMIZERS.iter().try_for_each(|rule| rule.apply("", config))?;
    // A decay was a factor of the learning rate, which a schedule is today.
    let decay = config.shift_remove("decay").and_then(|decay| decay.as_f64()).filter(|decay| *decay != 0.0);
    let rate = config.get_mut("learning_rate").filter(|rate| rate.is_number());
    if let (Some(decay), Some(rate)) = (decay, rate) {
        let schedule = json!({"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay});
        *rate = json!({
            "module": "keras.optimizers.schedules",
            "class_name": "InverseTimeDecay",
            "config": schedule,
            "registered_name": null,
        });
    }
    Ok(())
}

/// Rewrites losses or metrics, alone, in lists, by output.
fn measures(value: &mut Value, outputs: &[String]) {
    match value {
        Value::String(name) => today(name),
        Value::Array(values) => values.iter_mut().for_each(|value| measures(value, outputs)),
        Value::Object(object) if object.contains_key("class_name") => measure(object, outputs),
        Value::Object(by_output) => by_output.values_mut().for_each(|value| measures(value, outputs)),
        _ => {}
    }
}

fn today(name: &mut String) {
    if let Some((_, today)) = NAMES.iter().find(|(old, _)| old == name) {
        *name = (*today).into();
    }
}

fn measure(object: &mut Config, outputs: &[String]) {
    objects::separate_package(object);
    let mut class = object.get("class_name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(config) = object.get_mut("config").and_then(Value::as_object_mut) else { return };
    // The mean of a function: Keras 3 has a class for each.
    if ["MeanMetricWrapper", "LossFunctionWrapper"].contains(&class.as_str())
        && let Some(function) = config.get("fn").and_then(Value::as_str)
    {
        class = function.into();
    }
    today(&mut class);
    for rule in ARGUMENTS {
        // No rule of these refuses anything.
        let _ = rule.apply(&class, config);
    }
    if let Some(Value::String(name)) = config.get_mut("name")
        && outputs.len() > 1
        && let Some(own) = outputs.iter().find_map(|output| name.strip_prefix(output)?.strip_prefix('_'))
    {
        *name = own.into();
    }
    object.insert("class_name".into(), class.into());
}

/// tf.keras listed metrics by output even where there is one.
fn flatten(metrics: &mut Value, outputs: &[String]) {
    if let (Value::Array(lists), true) = (&mut *metrics, outputs.len() < 2)
        && let [Value::Array(only)] = lists.as_mut_slice()
    {
        *metrics = std::mem::take(only).into();
    }
}

fn reduction(reduction: Value) -> Value {
    if reduction == "auto" { json!("sum_over_batch_size") } else { reduction }
}

/// Keras 2 took its backend's, where nothing was said.
fn epsilon(epsilon: Value) -> Value {
    if epsilon.is_null() { json!(1e-7) } else { epsilon }
}
