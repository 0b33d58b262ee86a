//! What tests share that compare with the real Keras' answers (`tests/fixtures/*.json`).

use std::collections::HashMap;

use cornu::graph::{Builder, Var};
use cornu::registry::Family;
use cornu::{DType, Tensor};
use cornu_engine::exec::{State, Workspace};
use cornu_engine::plan::Plan;
use cornu_engine::reference::evaluate;
use serde_json::{Map, Value};

/// Where `tests/fixtures/{name}` is.
pub(crate) fn fixture_path(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The content of `tests/fixtures/{name}`.
pub(crate) fn fixture(name: &str) -> Value {
    let path = fixture_path(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The `cases` of a fixture.
pub(crate) fn cases(name: &str) -> Vec<Value> {
    let Value::Array(cases) = fixture(name)["cases"].take() else { panic!("{name} has no cases") };
    assert!(!cases.is_empty(), "{name} has no cases");
    cases
}

/// The string under `key`.
pub(crate) fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("`{key}` is no string in {case}"))
}

/// The object under `key`, such as the arguments of a case.
pub(crate) fn object(case: &Value, key: &str) -> Map<String, Value> {
    case[key].as_object().unwrap_or_else(|| panic!("`{key}` is no object in {case}")).clone()
}

/// A number; JSON has no words for the last three.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::String(word) if word == "NaN" => f64::NAN,
        Value::String(word) if word == "Infinity" => f64::INFINITY,
        Value::String(word) if word == "-Infinity" => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
    }
}

/// A flat list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).iter().map(number).collect()
}

/// The shape of a tensor in its fixture form.
pub(crate) fn shape(value: &Value) -> Vec<usize> {
    numbers(&value["shape"]).into_iter().map(|length| length as usize).collect()
}

/// A tensor from its fixture form `{"shape": […], "dtype": "float32", "data": […]}`.
pub(crate) fn tensor(value: &Value) -> Tensor {
    let dtype = match text(value, "dtype") {
        "float32" => DType::F32,
        "float64" => DType::F64,
        "int32" => DType::I32,
        "int64" => DType::I64,
        "uint8" => DType::U8,
        "bool" => DType::Bool,
        other => panic!("no dtype `{other}`"),
    };
    Tensor::new(numbers(&value["data"]), shape(value)).expect("the data fill the shape").cast(dtype)
}

/// A tensor, or `None` where the fixture has `null` or nothing.
pub(crate) fn optional_tensor(value: &Value) -> Option<Tensor> {
    (!value.is_null()).then(|| tensor(value))
}

/// Fails unless shapes are the same and each element lies within `relative` of the wanted one (of 0.25 for
/// smaller ones, whose last digits are lost to cancellation). NaN and infinities must be the same.
#[track_caller]
pub(crate) fn assert_close(what: &str, got: &Tensor, want: &Tensor, relative: f64) {
    assert_eq!(got.shape(), want.shape(), "{what}: the shape");
    let (got, want) = (got.to_vec::<f64>(), want.to_vec::<f64>());
    assert_close_values(what, &got, &want, relative);
}

/// Like [`assert_close`] for bare numbers.
#[track_caller]
pub(crate) fn assert_close_values(what: &str, got: &[f64], want: &[f64], relative: f64) {
    assert_eq!(got.len(), want.len(), "{what}: the number of values");
    let fits = |got: f64, want: f64| {
        (got.is_nan() && want.is_nan())
            || got == want
            || (got - want).abs() <= relative * want.abs().max(0.25)
    };
    let wrong: Vec<usize> = (0..got.len()).filter(|&at| !fits(got[at], want[at])).collect();
    let shown: Vec<String> =
        wrong.iter().take(5).map(|&at| format!("[{at}] {} instead of {}", got[at], want[at])).collect();
    assert!(wrong.is_empty(), "{what}: {} of {} differ: {}", wrong.len(), got.len(), shown.join(", "));
}

/// How a graph is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    /// In plain double-precision loops.
    Reference,
    /// By the kernels that models run on.
    Plan,
}

/// The outputs of a graph of some inputs.
pub(crate) fn outputs(
    engine: Engine,
    inputs: &[&Tensor],
    build: impl for<'g> FnOnce(&'g Builder, &[Var<'g>]) -> Vec<Var<'g>>,
) -> Vec<Tensor> {
    let builder = Builder::new();
    let feeds: HashMap<String, Tensor> =
        inputs.iter().enumerate().map(|(at, tensor)| (at.to_string(), (*tensor).clone())).collect();
    let input =
        |(at, tensor): (usize, &&Tensor)| builder.input(at.to_string(), tensor.to_shape(), tensor.dtype());
    let vars: Vec<Var<'_>> = inputs.iter().enumerate().map(input).collect();
    let results = build(&builder, &vars);
    results.iter().enumerate().for_each(|(at, result)| builder.output(at.to_string(), *result));
    let names: Vec<String> = (0..results.len()).map(|at| at.to_string()).collect();
    drop((vars, results));
    let graph = builder.finish().expect("the graph is legal");
    match engine {
        Engine::Reference => {
            let found = evaluate(&graph, &feeds, &HashMap::new()).expect("the graph can be computed");
            let value = |name: &String| found.outputs[name].to_tensor().expect("the data fill the shape");
            names.iter().map(value).collect()
        }
        Engine::Plan => {
            let plan = Plan::new(&graph).expect("the graph can be compiled");
            let feeds: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
            let mut workspace = Workspace::new();
            plan.infer(&mut workspace, &State::default(), &feeds).expect("the plan can run");
            names.iter().map(|name| plan.output(&workspace, name).expect("the plan has the output")).collect()
        }
    }
}

/// Fails unless both write the same text but for `2` where the other has `2.0`: the order of keys counts.
#[track_caller]
pub(crate) fn assert_same_json(what: &str, got: &Value, want: &Value) {
    assert_eq!(with_float_numbers(got).to_string(), with_float_numbers(want).to_string(), "{what}");
}

fn with_float_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.iter().map(with_float_numbers).collect(),
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), with_float_numbers(item))).collect(),
        other => other.clone(),
    }
}

/// Fails unless each of Keras' names for members of a family finds the class Keras finds.
#[track_caller]
pub(crate) fn assert_same_names<T: Family + ?Sized>(names: &Value) {
    for (name, class) in names.as_object().expect("names by class") {
        // Keras also knows the families' base classes by name; they can do nothing.
        if ["Initializer", "Regularizer", "Constraint"].iter().any(|base| class == base) {
            continue;
        }
        assert_eq!(T::entry(name).unwrap().class_name, class, "{name}");
    }
}
