//! Twenty steps by each loss, measured by each metric, against the real Keras: with and without weights and masks.

use crate::common::{assert_close, assert_close_values, fixture, numbers, object, tensor, text};
use cornu::layers::{Dense, Input, Masking, UnitNormalization};
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::optimizers::SGD;
use cornu::registry::{Argument, Family, Handle};
use cornu::{Compile, Fit, Sequential, Tensor};
use serde_json::Value;

/// The models of the fixture, by their names there.
fn model(name: &str) -> Sequential {
    let flat = || Sequential::new().add(Input::new([4])).add(Dense::new(5).activation("tanh"));
    let steps = || Sequential::new().add(Input::new([6, 4]));
    let masked = || steps().add(Masking::new()).add(Dense::new(5).activation("tanh"));
    match name {
        "linear" => flat().add(Dense::new(3)),
        "softplus" => flat().add(Dense::new(3).activation("softplus")),
        "sigmoid" => flat().add(Dense::new(3).activation("sigmoid")),
        "single" => flat().add(Dense::new(1).activation("sigmoid")),
        "softmax" => flat().add(Dense::new(3).activation("softmax")),
        "unit" => flat().add(Dense::new(3)).add(UnitNormalization::new()),
        "steps" => steps().add(Dense::new(5).activation("tanh")).add(Dense::new(4)),
        "masked" => masked().add(Dense::new(3)),
        "masked_softmax" => masked().add(Dense::new(3).activation("softmax")),
        "masked_sigmoid" => masked().add(Dense::new(3).activation("sigmoid")),
        other => panic!("no model {other}"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn metrics(value: &Value) -> Vec<Handle<dyn Metric>> {
    list(value).iter().map(|metric| Handle::from_json(metric).unwrap()).collect()
}

#[test]
fn twenty_steps_are_keras() {
    let fixture = fixture("measures.json");
    let array = |name: &Value| tensor(&fixture["data"][name.as_str().unwrap()]);
    let cases = list(&fixture["cases"]);
    assert!(cases.len() >= 50);
    for case in cases {
        let what =
            format!("{} of `{}`, weights {}", case["loss"], text(case, "model"), case["sample_weight"]);
        let mut model = model(text(case, "model"));
        let initial: Vec<Tensor> =
            list(&fixture["initial"][text(case, "model")]).iter().map(tensor).collect();
        model.set_weights(&initial).unwrap();
        let loss = <dyn Loss>::from_class(text(case, "loss"), object(case, "args")).unwrap();
        let compile = Compile::new()
            .optimizer(SGD::new(case["rate"].as_f64().unwrap()))
            .loss(Handle::new(loss))
            .metrics(metrics(&case["metrics"]))
            .weighted_metrics(metrics(&case["weighted_metrics"]));
        model.compile(compile).unwrap();

        let weight = case["sample_weight"].is_string().then(|| array(&case["sample_weight"]));
        let mut fit = Fit::new().batch_size(8).epochs(4).shuffle(false).verbose(0);
        if let Some(weight) = &weight {
            fit = fit.sample_weight(weight);
        }
        let history = model
            .fit(&array(&case["x"]), &array(&case["y"]), fit)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let names: Vec<&str> = history.history.iter().map(|(name, _)| name.as_str()).collect();
        let wanted: Vec<&str> =
            list(&case["history"]).iter().map(|entry| entry[0].as_str().unwrap()).collect();
        assert_eq!(names, wanted, "{what}");
        for entry in list(&case["history"]) {
            let (name, epochs) = (entry[0].as_str().unwrap(), list(&entry[1]));
            let what = format!("{what}: {name}");
            if epochs.iter().all(Value::is_array) {
                let got = history.each(name).unwrap_or_else(|| panic!("{what} says several numbers"));
                assert_eq!(got.len(), epochs.len(), "{what}");
                for (got, want) in got.iter().zip(epochs) {
                    assert_close_values(&what, got, &numbers(want), 1e-3);
                }
            } else {
                assert!(history.each(name).is_none(), "{what} says one number");
                assert_close_values(&what, history.get(name).unwrap(), &numbers(&entry[1]), 1e-3);
            }
        }
        let weights = model.get_weights().unwrap();
        assert_eq!(weights.len(), list(&case["weights"]).len(), "{what}");
        for (got, want) in weights.iter().zip(list(&case["weights"])) {
            assert_close(&format!("{what}: a weight"), got, &tensor(want), 1e-3);
        }
    }
}

#[test]
fn every_loss_and_metric_has_twenty_steps_with_and_without_weights() {
    let fixture = fixture("measures.json");
    let of = |weighted: bool| {
        list(&fixture["cases"]).iter().filter(move |case| case["sample_weight"].is_string() == weighted)
    };
    for weighted in [false, true] {
        for entry in <dyn Loss>::table() {
            assert!(of(weighted).any(|case| case["loss"] == entry.class_name), "{}", entry.class_name);
        }
        let measured: Vec<String> = of(weighted)
            .flat_map(|case| metrics(&case["metrics"]).into_iter().chain(metrics(&case["weighted_metrics"])))
            .filter_map(|metric| Some(metric.get().ok()?.class_name().to_owned()))
            .collect();
        // The first two are of values, not of targets and predictions.
        for entry in <dyn Metric>::table().iter().filter(|entry| !["Mean", "Sum"].contains(&entry.class_name))
        {
            assert!(measured.iter().any(|name| name == entry.class_name), "{}", entry.class_name);
        }
    }
}
