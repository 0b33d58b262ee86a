//! Models of several inputs and outputs against the real Keras: their files, their layers' order, whole trainings.

use std::collections::BTreeMap;

use crate::common::{
    assert_close, assert_close_values, fixture, fixture_path, number, numbers, tensor, text,
};
use cornu::metrics::Metric;
use cornu::registry::{Argument, Family, Handle};
use cornu::{Compile, Evaluate, Fit, Inputs, Losses, Metrics, Model, PerOutput, Predict, Tensor, load_model};
use serde_json::Value;

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn strings(value: &Value) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

fn handle<T: Family + ?Sized>(value: &Value) -> Handle<T> {
    Handle::from_json(value).unwrap()
}

/// A value for all outputs, a list, or values by name, as the fixture has them.
fn per_output<T>(value: &Value, one: impl Fn(&Value) -> T) -> PerOutput<T> {
    match value {
        Value::Array(values) => PerOutput::Listed(values.iter().map(one).collect()),
        Value::Object(values) => {
            PerOutput::Named(values.iter().map(|(name, value)| (name.clone(), one(value))).collect())
        }
        value => PerOutput::Same(one(value)),
    }
}

fn metrics(value: &Value) -> Metrics {
    let handles = |value: &Value| -> Vec<Handle<dyn Metric>> { list(value).iter().map(handle).collect() };
    match value {
        Value::Null => Metrics::default(),
        Value::Array(values) if values.iter().all(Value::is_string) => Metrics::Flat(handles(value)),
        value => Metrics::Outputs(per_output(value, handles)),
    }
}

fn compilation(case: &Value) -> Compile {
    let given = &case["compile"];
    let losses: Losses = per_output(&given["loss"], handle);
    let compile = Compile::new()
        .optimizer(handle(&case["optimizer"]))
        .loss(losses)
        .metrics(metrics(&given["metrics"]))
        .weighted_metrics(metrics(&given["weighted_metrics"]));
    match &given["loss_weights"] {
        Value::Null => compile,
        weights => compile.loss_weights(per_output(weights, number)),
    }
}

/// Arrays by position or by name.
fn inputs<'a>(value: &Value, data: &'a BTreeMap<String, Tensor>) -> Vec<(Option<String>, &'a Tensor)> {
    match value {
        Value::Object(named) => {
            named.iter().map(|(name, array)| (Some(name.clone()), &data[array.as_str().unwrap()])).collect()
        }
        value => strings(value).into_iter().map(|array| (None, &data[array])).collect(),
    }
}

fn borrowed<'a>(inputs: &'a [(Option<String>, &'a Tensor)]) -> Inputs<'a> {
    inputs.iter().map(|(name, tensor)| (name.as_deref(), *tensor)).collect()
}

#[test]
fn trainings_are_those_of_keras() {
    let fixture = fixture("functional.json");
    let arrays = fixture["data"].as_object().expect("arrays by name");
    let data: BTreeMap<String, Tensor> =
        arrays.iter().map(|(name, array)| (name.clone(), tensor(array))).collect();
    for case in list(&fixture["cases"]) {
        let what = text(case, "name");
        let mut model = load_model(fixture_path(text(case, "model"))).unwrap();
        model.compile(compilation(case)).unwrap();
        let (x, y) = (inputs(&case["x"], &data), inputs(&case["y"], &data));
        let weights = inputs(&case["fit"]["sample_weight"], &data);
        let mut fit = Fit::new()
            .batch_size(8)
            .epochs(3)
            .shuffle(false)
            .verbose(0)
            .validation_split(case["fit"]["validation_split"].as_f64().unwrap_or(0.0));
        if !weights.is_empty() {
            fit = fit.sample_weight(borrowed(&weights));
        }
        let history = model.fit(borrowed(&x), borrowed(&y), fit).unwrap();
        let names: Vec<&str> = history.history.iter().map(|(name, _)| name.as_str()).collect();
        let wanted: Vec<&str> = list(&case["history"]).iter().filter_map(|entry| entry[0].as_str()).collect();
        assert_eq!(names, wanted, "{what}");
        for ((name, values), entry) in history.history.iter().zip(list(&case["history"])) {
            assert_close_values(&format!("{what}: {name}"), values, &numbers(&entry[1]), 1e-3);
        }
        for (at, (got, want)) in model.get_weights().unwrap().iter().zip(list(&case["weights"])).enumerate() {
            assert_close(&format!("{what}: weight {at}"), got, &tensor(want), 1e-3);
        }
        let predicted = model.predict_all(borrowed(&x), Predict::new()).unwrap();
        assert_eq!(predicted.len(), list(&case["predict"]).len(), "{what}");
        for (got, want) in predicted.iter().zip(list(&case["predict"])) {
            assert_close(&format!("{what}: predict"), got, &tensor(want), 1e-3);
        }
        let evaluate = Evaluate::new().batch_size(8).verbose(0);
        let logs = model.evaluate(borrowed(&x), borrowed(&y), evaluate).unwrap();
        for entry in list(&case["evaluate"]) {
            let name = entry[0].as_str().unwrap();
            let found = logs.get(name).unwrap_or_else(|| panic!("{what}: no `{name}` in {logs}"));
            assert_close_values(&format!("{what}: evaluate {name}"), &[found], &[number(&entry[1])], 1e-3);
        }
        // What was compiled survives the JSON.
        let again = Model::from_json(&model.to_json().unwrap()).unwrap();
        assert_eq!(again.to_json().unwrap(), model.to_json().unwrap(), "{what}");
    }
}

#[test]
fn layers_and_weights_are_in_the_order_of_keras() {
    for case in list(&fixture("functional.json")["models"]) {
        let what = text(case, "name");
        let model = load_model(fixture_path(&format!("models/{what}.keras"))).unwrap();
        // Built anew from its own tensors, the order must come out the same.
        let tensors = model.tensors().unwrap();
        let anew = Model::new(tensors.inputs().to_vec(), tensors.outputs().to_vec()).unwrap();
        for model in [&model, &anew] {
            let layers: Vec<&str> = model.layers().iter().map(|layer| layer.name()).collect();
            assert_eq!(layers, strings(&case["layers"]), "{what}");
            assert_eq!(model.weight_paths().unwrap(), strings(&case["weights"]), "{what}");
            assert_eq!(model.input_names().unwrap(), strings(&case["inputs"]), "{what}");
            assert_eq!(model.output_names().unwrap(), strings(&case["outputs"]), "{what}");
        }
    }
}

#[test]
fn what_does_not_fit_the_outputs_is_refused() {
    let mut model = load_model(fixture_path("models/auxiliary.keras")).unwrap();
    let (wide, deep) = (Tensor::full([4, 3], 1.0f32), Tensor::full([4, 4], 1.0f32));
    let (price, aux) = (Tensor::full([4, 1], 1.0f32), Tensor::full([4, 2], 1.0f32));
    let x = [&wide, &deep];
    let mut message = |compile: Compile, y: Inputs<'_>, fit: Fit<'_>| {
        model.compile(compile).unwrap();
        model.fit(x, y, fit.verbose(0)).unwrap_err().to_string()
    };
    let mse = || Compile::new().loss("mse");
    let both = || Inputs::from([&price, &aux]);
    insta::assert_snapshot!(message(mse(), Inputs::from(&price), Fit::new()), @"model `functional` wants targets for each of its outputs (`price`, `aux`), got 1");
    insta::assert_snapshot!(message(mse(), Inputs::from([("price", &price), ("axu", &aux)]), Fit::new()), @"model `functional` has no targets for its output `aux`");
    insta::assert_snapshot!(message(Compile::new().loss(["mse"]), both(), Fit::new()), @"loss: wants as many entries as the model has outputs (price, aux), got 1");
    insta::assert_snapshot!(message(Compile::new().loss([("prise", "mse")]), both(), Fit::new()), @"unknown output `prise`; did you mean `price`?");
    insta::assert_snapshot!(message(mse().metrics(["mae"]), both(), Fit::new()), @"metrics: wants as many entries as the model has outputs (price, aux), got 1");
    insta::assert_snapshot!(message(mse().loss_weights([0.5]), both(), Fit::new()), @"loss_weights: wants as many entries as the model has outputs (price, aux), got 1");
    insta::assert_snapshot!(message(mse(), Inputs::from([&aux, &price]), Fit::new()), @"loss `mean_squared_error` expects targets of shape (None, 1) to match output `price`, got (None, 2)");
    let weights = Tensor::full([4], 1.0f32);
    let weighted = Fit::new().sample_weight([("aut", &weights)]);
    insta::assert_snapshot!(message(mse(), both(), weighted), @"unknown output `aut`; did you mean `aux`?");
    insta::assert_snapshot!(message(mse(), both(), Fit::new().class_weight([(0, 1.0)])), @"class_weight: wants a model of one output; give `sample_weight` by output");
}
