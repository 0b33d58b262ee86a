//! Every default of every member of every family against Keras' own signatures.

use crate::common::{assert_same_json, cases, text};
use cornu::activations::{self, Activation};
use cornu::constraints::Constraint;
use cornu::initializers::Initializer;
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::registry::Family;
use cornu::regularizers::Regularizer;
use serde_json::{Map, Value};

/// What `keras.FAMILY` exports of this kind, but for the functions that handle members.
fn exported(family: &str, kind: &str) -> Vec<Value> {
    let mut cases = cases("signatures.json");
    cases.retain(|case| {
        let handles_members = ["get", "serialize", "deserialize"].contains(&text(case, "name"));
        case["family"] == family && case["kind"] == kind && !handles_members
    });
    assert!(!cases.is_empty(), "{family}");
    cases
}

/// Compares the default config of every class of a family, and that no class is missing on either side.
fn assert_same_defaults<T: Family + ?Sized>(family: &str, base_class: &str) {
    let classes = exported(family, "class");
    let classes: Vec<&Value> = classes.iter().filter(|case| case["class_name"] != base_class).collect();
    for case in &classes {
        let name = text(case, "name");
        if case["no_default_instance"].is_string() {
            assert!(T::by_name(name).is_err(), "{name} has arguments without a default");
            continue;
        }
        let ours = T::by_name(name).unwrap();
        assert_eq!(ours.class_name(), case["class_name"], "{name}");
        assert_same_json(name, &Value::Object(ours.config()), &case["config"]);
    }
    for entry in T::table() {
        assert!(classes.iter().any(|case| case["class_name"] == entry.class_name), "{}", entry.class_name);
    }
}

#[test]
fn classes_have_the_defaults_of_keras() {
    assert_same_defaults::<dyn Initializer>("initializers", "Initializer");
    assert_same_defaults::<dyn Regularizer>("regularizers", "Regularizer");
    assert_same_defaults::<dyn Constraint>("constraints", "Constraint");
    assert_same_defaults::<dyn Loss>("losses", "Loss");
    assert_same_defaults::<dyn Metric>("metrics", "Metric");
}

#[test]
fn activations_have_the_defaults_of_keras() {
    let functions = exported("activations", "function");
    for case in &functions {
        let name = text(case, "name");
        let parameters: Vec<&Value> = case["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["name"] != "x")
            .collect();
        let ours = activations::get(name);
        if parameters.iter().any(|parameter| parameter["required"] == true) {
            assert!(ours.is_err(), "{name} has arguments without a default");
            continue;
        }
        let defaults: Map<String, Value> =
            parameters.iter().map(|p| (text(p, "name").to_owned(), p["value"].clone())).collect();
        let mut ours = ours.unwrap().config();
        // Arguments stand in the order of Keras' layer, which is what files hold.
        let in_order = defaults.keys().filter_map(|key| ours.shift_remove_entry(key)).collect();
        assert!(ours.is_empty(), "{name} has too many arguments: {ours:?}");
        assert_same_json(name, &Value::Object(in_order), &Value::Object(defaults));
    }
    for entry in <dyn Activation>::table() {
        assert!(functions.iter().any(|case| case["name"] == entry.class_name), "{}", entry.class_name);
    }
}
