//! Whole trainings against the real Keras: histories, weights, what a second `fit` goes on from.

use crate::common;
use std::collections::BTreeMap;

use crate::common::{assert_close, assert_close_values, fixture, fixture_path, numbers, tensor, text};
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::registry::{Argument, Family, Handle};
use cornu::{Compile, Evaluate, Fit, History, Logs, Model, Tensor, load_model};
use serde_json::Value;

/// The arrays that cases name.
struct Data(BTreeMap<String, Tensor>);

impl Data {
    fn get(&self, name: &Value) -> &Tensor {
        &self.0[name.as_str().expect("the name of an array")]
    }
}

fn handle<T: Family + ?Sized>(value: &Value) -> Handle<T> {
    Handle::from_json(value).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn handles(value: &Value) -> Vec<Handle<dyn Metric>> {
    list(value).iter().map(handle).collect()
}

/// The case's `compile`.
fn compilation(case: &Value) -> Compile {
    let given = &case["compile"];
    let mut compile = Compile::new()
        .optimizer(handle(&case["optimizer"]))
        .loss(handle::<dyn Loss>(&given["loss"]))
        .metrics(handles(&given["metrics"]))
        .weighted_metrics(handles(&given["weighted_metrics"]));
    if let Some(weight) = given["loss_weights"].as_f64() {
        compile = compile.loss_weights(weight);
    }
    compile
}

/// The case's arguments of `fit`.
fn arguments<'a>(given: &Value, data: &'a Data) -> Fit<'a> {
    let mut fit = Fit::new().shuffle(false).verbose(0);
    for (name, value) in given.as_object().expect("arguments by name") {
        let whole = || value.as_u64().expect("a whole number") as usize;
        fit = match name.as_str() {
            "epochs" => fit.epochs(whole()),
            "initial_epoch" => fit.initial_epoch(whole()),
            "batch_size" if value.is_null() => fit,
            "batch_size" => fit.batch_size(whole()),
            "validation_batch_size" => fit.validation_batch_size(whole()),
            "validation_split" => fit.validation_split(value.as_f64().expect("a number")),
            "sample_weight" => fit.sample_weight(data.get(value)),
            "class_weight" => {
                let weights = value.as_object().expect("weights by class").iter();
                fit.class_weight(
                    weights.map(|(class, weight)| (class.parse().unwrap(), common::number(weight))),
                )
            }
            "validation_data" => match list(value) {
                [x, y] => fit.validation_data(data.get(x), data.get(y)),
                [x, y, weight] => fit.weighted_validation_data(data.get(x), data.get(y), data.get(weight)),
                _ => panic!("{value} is no validation data"),
            },
            other => panic!("no argument `{other}` of fit"),
        };
    }
    fit
}

#[track_caller]
fn assert_same_history(what: &str, history: &History, want: &Value) {
    let names: Vec<&str> = history.history.iter().map(|(name, _)| name.as_str()).collect();
    let wanted: Vec<&str> = list(want).iter().map(|entry| entry[0].as_str().unwrap()).collect();
    assert_eq!(names, wanted, "{what}: the names");
    for ((name, values), entry) in history.history.iter().zip(list(want)) {
        assert_close_values(&format!("{what}: {name}"), values, &numbers(&entry[1]), 1e-3);
    }
}

#[track_caller]
fn assert_same_logs(what: &str, logs: &Logs, want: &Value) {
    assert_eq!(logs.len(), list(want).len(), "{what}");
    for entry in list(want) {
        let name = entry[0].as_str().unwrap();
        let value = logs.get(name).unwrap_or_else(|| panic!("{what}: no `{name}` in {logs}"));
        assert_close_values(&format!("{what}: {name}"), &[value], &[common::number(&entry[1])], 1e-3);
    }
}

fn assert_same_weights(what: &str, model: &Model, want: &Value) {
    let weights = model.get_weights().unwrap();
    assert_eq!(weights.len(), list(want).len(), "{what}: the number of weights");
    for (at, (got, want)) in weights.iter().zip(list(want)).enumerate() {
        assert_close(&format!("{what}: weight {at}"), got, &tensor(want), 1e-3);
    }
}

#[test]
fn fit_gives_keras_histories_and_weights() {
    let fixture = fixture("training.json");
    let arrays = fixture["data"].as_object().expect("arrays by name");
    let data = Data(arrays.iter().map(|(name, array)| (name.clone(), tensor(array))).collect());
    for case in list(&fixture["cases"]) {
        let what = text(case, "name");
        let mut model = load_model(fixture_path(text(case, "model"))).unwrap();
        model.compile(compilation(case)).unwrap();
        let (x, y) = (data.get(&case["x"]), data.get(&case["y"]));

        let history = model.fit(x, y, arguments(&case["fit"], &data)).unwrap();
        let epochs: Vec<f64> = history.epoch.iter().map(|epoch| *epoch as f64).collect();
        assert_eq!(epochs, numbers(&case["epoch"]), "{what}: the epochs");
        assert_same_history(what, &history, &case["history"]);
        assert_same_weights(what, &model, &case["weights"]);

        let logs = model.evaluate(x, y, Evaluate::new().batch_size(8).verbose(0)).unwrap();
        assert_same_logs(&format!("{what}: evaluate"), &logs, &case["evaluate"]);

        let again = arguments(&case["fit"], &data).initial_epoch(0).epochs(1);
        let history = model.fit(x, y, again).unwrap();
        assert_same_history(&format!("{what}: second fit"), &history, &case["second_fit_history"]);
    }
}
