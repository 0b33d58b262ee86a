//! What KerasTuner says: `tests/fixtures/keras_tuner.json`, made by `oracle/cornu_oracle/tuner.py`.

use cornu_tuner::oracles::GridSearch;
use cornu_tuner::{Float, HyperParameters, Int, Parameter, Search, Status, Trial, Value, Values};
use serde_json::Value as Json;

fn cases(kind: &str) -> Vec<Json> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keras_tuner.json");
    let all: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases: Vec<Json> =
        all["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == kind).cloned().collect();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

#[track_caller]
fn assert_same(what: &str, got: &Value, wanted: &Value) {
    // KerasTuner's whole numbers in steps are floats at times.
    let near = match (got.as_f64(), wanted.as_f64()) {
        (Some(got), Some(wanted)) => (got - wanted).abs() <= 1e-12 * wanted.abs().max(1e-12),
        _ => got == wanted,
    };
    assert!(near, "{what}: {got:?} instead of {wanted:?}");
}

fn values(case: &Json, key: &str) -> Vec<Value> {
    serde_json::from_value(case[key].clone()).unwrap()
}

#[test]
fn values_lie_where_keras_tuner_puts_them() {
    let places = [0.0, 0.03, 0.1, 0.2499, 0.26, 0.4, 0.51, 0.6, 0.7, 0.76, 0.88, 0.95, 0.999];
    for case in cases("domain") {
        let what = case["written"].to_string();
        let parameter: Parameter = serde_json::from_value(case["written"].clone()).unwrap();
        let domain = &parameter.domain;
        let one = |value: &Json| serde_json::from_value::<Value>(value.clone()).unwrap();
        assert_same(&what, &domain.default_value(), &one(&case["default"]));
        let (all, wanted) = (domain.values(), values(&case, "values"));
        assert_eq!(all.len(), wanted.len(), "{what}: {all:?}");
        all.iter().zip(&wanted).for_each(|(got, wanted)| assert_same(&what, got, wanted));
        let back: Vec<f64> = serde_json::from_value(case["places"].clone()).unwrap();
        for ((place, wanted), back) in places.iter().zip(values(&case, "at")).zip(back) {
            assert_same(&what, &domain.at(*place), &wanted);
            let got = domain.place_of(&wanted);
            assert!((got - back).abs() < 1e-9, "{what}: {wanted} lies at {got} instead of {back}");
        }
    }
}

#[test]
fn hyperparameters_are_written_as_keras_tuner_writes_them() {
    for case in cases("domain") {
        let parameter: Parameter = serde_json::from_value(case["written"].clone()).unwrap();
        let again: Parameter = serde_json::from_value(serde_json::to_value(&parameter).unwrap()).unwrap();
        assert_eq!(parameter, again);
        let (Json::Object(wanted), Json::Object(mut got)) =
            (case["written"]["config"].clone(), serde_json::to_value(&parameter).unwrap()["config"].take())
        else {
            panic!("{case}")
        };
        // Where Keras writes the default that follows from the rest, and ours writes that none was given.
        for name in ["default", "ordered"] {
            if got.get(name).is_some_and(Json::is_null) {
                got.insert(name.into(), wanted[name].clone());
            }
        }
        let floats = |map: &serde_json::Map<String, Json>| {
            map.iter()
                .map(|(key, value)| (key.clone(), value.as_f64().map_or(value.clone(), Json::from)))
                .collect()
        };
        let (got, wanted): (serde_json::Map<String, Json>, _) = (floats(&got), floats(&wanted));
        assert_eq!(Json::Object(sorted(got)), Json::Object(sorted(wanted)));
    }
}

fn sorted(map: serde_json::Map<String, Json>) -> serde_json::Map<String, Json> {
    let mut entries: Vec<(String, Json)> = map.into_iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.into_iter().collect()
}

fn flat(hp: &mut HyperParameters) {
    hp.choice("kind", cornu_tuner::Choice::new(["x", "y", "z"]).default("y"));
    hp.boolean("flag", false);
    hp.int("n", 1..=3);
}

fn conditional(hp: &mut HyperParameters) {
    hp.choice("kind", ["mlp", "cnn"]);
    hp.conditional_scope("kind", ["mlp"], |hp| hp.int("units", Int::new(8..=32).step(8).default(16)));
    hp.conditional_scope("kind", ["cnn"], |hp| {
        hp.boolean("pool", false);
        hp.float("rate", Float::new(0.1..=0.3).step(0.1));
    });
    hp.fixed("epochs", 3);
}

#[test]
fn grids_have_keras_tuners_order() {
    for case in cases("grid") {
        let describe: fn(&mut HyperParameters) = if case["space"] == "flat" { flat } else { conditional };
        let mut search = Search::new(GridSearch::new()).jobs(2).verbose(0);
        let mut known = HyperParameters::new();
        describe(&mut known);
        search = search.hyperparameters(known);
        search
            .run(|hp| {
                describe(hp);
                Ok(1.0)
            })
            .unwrap();
        let got: Vec<&Values> = search.trials().map(Trial::values).collect();
        let mut wanted: Vec<Values> = serde_json::from_value(case["tried"].clone()).unwrap();
        if case["space"] == "conditional" {
            // KerasTuner loses 0.3, the largest, for (0.3 - 0.1) // 0.1 is 1 in floating point.
            assert!(wanted.iter().all(|values| values.get("rate") != Some(&Value::Float(0.3))));
            let lost = |values: &Values| values.get("rate").is_some_and(|rate| rate.as_f64() > Some(0.25));
            assert_eq!(got.iter().filter(|values| lost(values)).count(), 2);
            let got: Vec<Values> = got.into_iter().filter(|values| !lost(values)).cloned().collect();
            assert_eq!(got.len(), wanted.len());
            wanted.iter_mut().zip(&got).for_each(|(wanted, got)| {
                wanted.iter().zip(got).for_each(|(wanted, got)| assert_same("grid", got.1, wanted.1));
            });
            continue;
        }
        assert_eq!(got, wanted.iter().collect::<Vec<_>>());
    }
}

#[test]
fn keras_tuners_trial_is_read_and_written() {
    for case in cases("trial") {
        let trial: Trial = serde_json::from_value(case["file"].clone()).unwrap();
        assert_eq!(
            (trial.trial_id.as_str(), trial.status, trial.score),
            ("03", Status::Completed, Some(0.75))
        );
        assert_eq!(trial.metric("val_accuracy"), Some(0.75));
        assert_eq!(trial.values()["units"], Value::Int(16));
        let written = serde_json::to_value(&trial).unwrap();
        for key in ["trial_id", "metrics", "score", "best_step", "status", "message"] {
            assert_eq!(written[key], case["file"][key], "{key}");
        }
        assert_eq!(written["hyperparameters"]["values"], case["file"]["hyperparameters"]["values"]);
    }
}
