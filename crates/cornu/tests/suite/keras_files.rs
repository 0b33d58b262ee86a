//! Files of the real Keras, read, trained on, and written again.

use std::path::PathBuf;

use crate::common::{
    assert_close, assert_close_values, assert_same_json, cases, fixture_path, number, numbers, tensor, text,
};
use cornu::saving::{KerasArchive, weights_h5};
use cornu::{Evaluate, Fit, Logs, Model, Predict, Tensor, load_model};
use serde_json::Value;

/// A file that disappears with its value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Scratch(std::env::temp_dir().join(format!("cornu-keras-files-{}-{name}.keras", std::process::id())))
    }

    /// What is in the file when a model has been saved there.
    fn save(&self, model: &Model) -> KerasArchive {
        model.save(&self.0).unwrap();
        KerasArchive::open(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn tensors(values: &Value) -> Vec<Tensor> {
    list(values).iter().map(tensor).collect()
}

#[track_caller]
fn assert_all_close(what: &str, got: &[Tensor], want: &[Tensor], relative: f64) {
    assert_eq!(got.len(), want.len(), "{what}: the number");
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert_close(&format!("{what} {at}"), got, want, relative);
    }
}

#[track_caller]
fn assert_same_logs(what: &str, logs: &Logs, want: &Value) {
    let mut got: Vec<(&str, f64)> = logs.iter().collect();
    got.sort_by_key(|(name, _)| *name);
    let names: Vec<&str> = list(want).iter().map(|entry| entry[0].as_str().unwrap()).collect();
    assert_eq!(got.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names, "{what}");
    let values: Vec<f64> = got.iter().map(|(_, value)| *value).collect();
    let wanted: Vec<f64> = list(want).iter().map(|entry| number(&entry[1])).collect();
    assert_close_values(what, &values, &wanted, 1e-5);
}

/// The optimizer's variables in the order of the file.
fn optimizer_variables(archive: &KerasArchive) -> Vec<Tensor> {
    let groups = weights_h5::read(&archive.weights).unwrap();
    groups.into_iter().find(|group| group.path == "optimizer").map(|group| group.vars).unwrap_or_default()
}

/// A config without the numbers by which Keras says that two objects are one.
fn without_object_ids(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "shared_object_id")
            .map(|(key, value)| (key.clone(), without_object_ids(value)))
            .collect(),
        Value::Array(values) => values.iter().map(without_object_ids).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_file_is_read_and_training_goes_on() {
    let scratch = Scratch::new("goes-on");
    for case in cases("keras_files.json") {
        let what = text(&case, "file");
        let mut model = load_model(fixture_path(what)).unwrap();
        let layers: Vec<Value> = model
            .layers()
            .iter()
            .map(|layer| serde_json::json!([layer.name(), layer.class_name()]))
            .collect();
        assert_eq!(layers, list(&case["layers"]), "{what}: the layers");
        assert_eq!(model.get_weights().unwrap(), tensors(&case["get_weights"]), "{what}: the weights");
        let paths: Vec<&str> = list(&case["weights"]).iter().map(|weight| text(weight, "path")).collect();
        assert_eq!(model.weight_paths().unwrap(), paths, "{what}: the paths");

        let x = tensor(&case["x"]);
        let predicted = model.predict(&x, Predict::new()).unwrap();
        assert_close(&format!("{what}: predict"), &predicted, &tensor(&case["y_pred"]), 1e-5);
        if case["y"].is_null() {
            continue;
        }
        let y = tensor(&case["y"]);
        let logs = model.evaluate(&x, &y, Evaluate::new().batch_size(4).verbose(0)).unwrap();
        assert_same_logs(&format!("{what}: evaluate"), &logs, &case["evaluate_batch_4"]);

        let logs = model.train_on_batch(&x, &y).unwrap();
        assert_same_logs(&format!("{what}: train_on_batch"), &logs, &case["train_on_batch"]);
        let after = tensors(&case["weights_after_train_on_batch"]);
        assert_all_close(
            &format!("{what}: after a batch, weight"),
            &model.get_weights().unwrap(),
            &after,
            1e-5,
        );
        let variables = optimizer_variables(&scratch.save(&model));
        let after = tensors(&case["optimizer_after_train_on_batch"]);
        assert_all_close(&format!("{what}: after a batch, optimizer variable"), &variables, &after, 1e-4);

        // Dropout draws other numbers than Keras does.
        if model.layers().iter().any(|layer| layer.class_name() == "Dropout") {
            continue;
        }
        let (x, y) = (tensor(&case["x_fit"]), tensor(&case["y_fit"]));
        let fit = Fit::new().batch_size(8).shuffle(false).verbose(0);
        let history = model.fit(&x, &y, fit).unwrap();
        for (name, values) in case["history"].as_object().expect("values by name") {
            let got = history.get(name).unwrap_or_else(|| panic!("{what}: no {name}"));
            assert_close_values(&format!("{what}: {name}"), got, &numbers(values), 1e-4);
        }
        let after = tensors(&case["weights_after_fit"]);
        assert_all_close(
            &format!("{what}: after an epoch, weight"),
            &model.get_weights().unwrap(),
            &after,
            1e-4,
        );
    }
}

#[test]
fn a_file_is_written_as_keras_wrote_it() {
    let scratch = Scratch::new("written");
    for case in cases("keras_files.json") {
        let what = text(&case, "file");
        let mut model = load_model(fixture_path(what)).unwrap();
        let written = scratch.save(&model);
        let keras = KerasArchive::open(fixture_path(what)).unwrap();
        assert_same_json(what, &written.config, &without_object_ids(&keras.config));
        assert_eq!(written.weights, keras.weights, "{what}: the weights and the optimizer's variables");
        assert_eq!(written.metadata.keras_version, keras.metadata.keras_version, "{what}");

        let x = tensor(&case["x"]);
        let mut again = load_model(&scratch.0).unwrap();
        assert_eq!(again.get_weights().unwrap(), model.get_weights().unwrap(), "{what}");
        let predicted = model.predict(&x, Predict::new()).unwrap();
        assert_eq!(again.predict(&x, Predict::new()).unwrap(), predicted, "{what}");
        if !case["y"].is_null() {
            let y = tensor(&case["y"]);
            assert_eq!(
                again.train_on_batch(&x, &y).unwrap(),
                model.train_on_batch(&x, &y).unwrap(),
                "{what}"
            );
            assert_eq!(again.get_weights().unwrap(), model.get_weights().unwrap(), "{what}: after a batch");
        }
    }
}

#[test]
fn the_architecture_travels_as_json() {
    for case in cases("keras_files.json") {
        let what = text(&case, "file");
        let model = load_model(fixture_path(what)).unwrap();
        let json = model.to_json().unwrap();
        let again = Model::from_json(&json).unwrap();
        assert_eq!(again.to_json().unwrap(), json, "{what}");
        assert_eq!(again.weight_paths().unwrap(), model.weight_paths().unwrap(), "{what}");
    }
}

#[test]
fn what_is_not_part_of_cornu_is_named() {
    let file = Scratch::new("unknown");
    let mut archive = KerasArchive::open(fixture_path("keras_files/schedule.keras")).unwrap();
    let schedule = archive.config.pointer_mut("/compile_config/optimizer/config/learning_rate").unwrap();
    schedule["class_name"] = "NoamDecay".into();
    archive.save(&file.0).unwrap();
    let error = load_model(&file.0).unwrap_err().to_string();
    let message = error.rsplit_once(".keras: ").map(|(_, message)| message.to_owned()).unwrap_or(error);
    insta::assert_snapshot!(message, @"config.compile_config.optimizer: optimizer `SGD`: `learning_rate`: unknown learning rate schedule `NoamDecay`; known are ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay, CosineDecayRestarts");
}

#[test]
fn layers_inside_layers_are_where_keras_keeps_them() {
    for case in &cases("deep_files.json") {
        let what = text(case, "name");
        let mut model = load_model(fixture_path(&format!("models/{what}.keras"))).unwrap();
        let paths: Vec<&str> = list(&case["weights"]).iter().filter_map(Value::as_str).collect();
        assert_eq!(model.weight_paths().unwrap(), paths, "{what}");
        let x = tensor(&case["x"]);
        let y = model.predict(&x, Predict::new()).unwrap();
        assert_close(what, &y, &tensor(&case["y"]), 1e-4);
        // Written and read again, nothing has changed, and every weight lies where Keras put it.
        let file = Scratch::new(what);
        model.save(&file.0).unwrap();
        let mut again = load_model(&file.0).unwrap();
        let written = KerasArchive::open(&file.0).unwrap().weights;
        let original = KerasArchive::open(fixture_path(&format!("models/{what}.keras"))).unwrap();
        assert_eq!(datasets(&written, ""), datasets(&original.weights, ""), "{what}");
        assert_eq!(again.predict(&x, Predict::new()).unwrap(), y, "{what}");
        assert_eq!(again.to_json().unwrap(), model.to_json().unwrap(), "{what}");
    }
}

/// The paths of a file's weights.
fn datasets(group: &cornu::saving::Group, path: &str) -> Vec<String> {
    let own = group.datasets.keys().map(|name| format!("{path}/{name}"));
    let inner = group.groups.iter().flat_map(|(name, group)| datasets(group, &format!("{path}/{name}")));
    let mut found: Vec<String> = own.chain(inner).filter(|path| !path.starts_with("/optimizer")).collect();
    found.sort();
    found
}
