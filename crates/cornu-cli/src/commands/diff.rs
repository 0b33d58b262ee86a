//! `cornu diff`: what differs between two files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use cornu::saving::{Contents, contents};
use cornu::{Model, Shape, Tensor, load_model};
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::output;

/// Show what differs between two files, configs and weights, and by how much
#[derive(Args)]
#[command(after_help = "\
Files of one kind are compared as they are, optimizers included. Of two models in files of different kinds, the
architectures and the weights are compared. What differs goes to standard output, one difference a line.

Exit status: 0 nothing differs, 1 something does, or a file cannot be read.")]
pub(crate) struct Arguments {
    /// One file
    a: PathBuf,
    /// Another file
    b: PathBuf,
    /// How far numbers may lie apart and be the same
    #[arg(long, value_name = "NUMBER", default_value_t = 0.0)]
    tolerance: f64,
}

/// What is compared, by name.
#[derive(Default)]
struct Side {
    documents: BTreeMap<String, Value>,
    arrays: BTreeMap<String, Tensor>,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let (a, b) = (contents(&arguments.a)?, contents(&arguments.b)?);
    for (path, found) in [(&arguments.a, &a), (&arguments.b, &b)] {
        if let Some(damage) = found.damage.first() {
            return Err(Failure::new(format!("{}: {damage}", path.display())));
        }
    }
    let (a, b) = if a.kind == b.kind {
        (Side::of_file(a), Side::of_file(b))
    } else {
        (Side::of_model(&arguments.a)?, Side::of_model(&arguments.b)?)
    };
    let lines = differences(&a, &b, arguments.tolerance);
    if lines.is_empty() {
        return Ok(());
    }
    output::line(lines.join("\n"))?;
    Err(Failure::told())
}

impl Side {
    fn of_file(found: Contents) -> Self {
        Side { documents: found.documents.into_iter().collect(), arrays: found.arrays.into_iter().collect() }
    }

    fn of_model(path: &Path) -> Result<Self> {
        let model: Model = load_model(path)?;
        let mut config: Value = serde_json::from_str(&model.to_json()?).unwrap_or_default();
        // Each kind of file spells the compilation in its own way.
        if let Some(config) = config.as_object_mut() {
            config.remove("compile_config");
        }
        Ok(Side {
            documents: BTreeMap::from([("config".to_owned(), config)]),
            arrays: model.weight_paths()?.into_iter().zip(model.get_weights()?).collect(),
        })
    }
}

fn differences(a: &Side, b: &Side, tolerance: f64) -> Vec<String> {
    let mut lines = Vec::new();
    pairs(&a.documents, &b.documents, &mut lines, |name, a, b, lines| compare(name, a, b, tolerance, lines));
    pairs(&a.arrays, &b.arrays, &mut lines, |name, a, b, lines| {
        lines.extend(array_difference(a, b, tolerance).map(|difference| format!("{name}: {difference}")));
    });
    lines
}

/// Compares what both have, and notes what one alone has.
fn pairs<T>(
    a: &BTreeMap<String, T>,
    b: &BTreeMap<String, T>,
    lines: &mut Vec<String>,
    each: impl Fn(&str, &T, &T, &mut Vec<String>),
) {
    for (name, one) in a {
        match b.get(name) {
            Some(other) => each(name, one, other, lines),
            None => lines.push(format!("{name}: only in the first")),
        }
    }
    lines.extend(
        b.keys().filter(|name| !a.contains_key(*name)).map(|name| format!("{name}: only in the second")),
    );
}

fn compare(place: &str, a: &Value, b: &Value, tolerance: f64, lines: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(one), Value::Object(other)) => {
            // When a file was written is no difference between models.
            for (key, a) in one.iter().filter(|(key, _)| *key != "date_saved") {
                match other.get(key) {
                    Some(b) => compare(&format!("{place}.{key}"), a, b, tolerance, lines),
                    None => lines.push(format!("{place}.{key}: {a}, missing in the second")),
                }
            }
            let new = other.iter().filter(|(key, _)| !one.contains_key(*key));
            lines.extend(new.map(|(key, b)| format!("{place}.{key}: missing in the first, {b}")));
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (a, b)) in one.iter().zip(other).enumerate() {
                compare(&format!("{place}[{at}]"), a, b, tolerance, lines);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.iter().chain(other).any(Value::is_object) => {
            lines.push(format!("{place}: {} entries, {} in the second", one.len(), other.len()));
        }
        (Value::Number(one), Value::Number(other)) => {
            let apart = one.as_f64().zip(other.as_f64()).is_none_or(|(a, b)| (a - b).abs() > tolerance);
            lines.extend(apart.then(|| format!("{place}: {a}, {b} in the second")));
        }
        _ if a == b => {}
        _ => lines.push(format!("{place}: {a}, {b} in the second")),
    }
}

fn array_difference(a: &Tensor, b: &Tensor, tolerance: f64) -> Option<String> {
    if a.shape() != b.shape() {
        let shape = |array: &Tensor| Shape::known(array.shape()).to_string();
        return Some(format!("shape {}, {} in the second", shape(a), shape(b)));
    }
    if a.dtype() != b.dtype() {
        return Some(format!("{}, {} in the second", a.dtype().name(), b.dtype().name()));
    }
    let (mut count, mut most) = (0usize, 0.0f64);
    for (a, b) in a.to_vec::<f64>().into_iter().zip(b.to_vec::<f64>()) {
        let apart = (a - b).abs();
        let same = a == b || (a.is_nan() && b.is_nan()) || apart <= tolerance;
        if !same {
            count += 1;
            most = if apart.is_nan() { f64::NAN } else { most.max(apart) };
        }
    }
    (count > 0).then(|| format!("{count} of {} values differ, by {most:.6e} at most", a.len()))
}
