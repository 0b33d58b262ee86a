//! Regularizers and constraints against the real Keras: values, gradients, names, configs.

use crate::common::{
    Engine, assert_close, assert_same_json, assert_same_names, cases, fixture, number, object, outputs,
    tensor, text,
};
use cornu::Tensor;
use cornu::constraints::{self, *};
use cornu::registry::{Family, Handle};
use cornu::regularizers::*;
use cornu_engine::grad::gradients;
use serde_json::{Value, json};

#[test]
fn penalties_and_their_gradients_are_those_of_keras() {
    for case in cases("regularizers_constraints.json").iter().filter(|case| case["kind"] == "regularizer") {
        let what = format!("{} {}", case["name"], case["args"]);
        let entry = <dyn Regularizer>::entry(text(case, "name")).unwrap();
        let regularizer = entry.create(object(case, "args")).unwrap();
        for engine in [Engine::Reference, Engine::Plan] {
            let found = outputs(engine, &[&tensor(&case["w"])], |_, inputs| {
                let penalty = regularizer.call(inputs[0]);
                let gradient = gradients(penalty, inputs).unwrap();
                vec![penalty, gradient[0]]
            });
            assert_close(&what, &found[0], &Tensor::scalar(number(&case["value"])), 1e-5);
            assert_close(&format!("gradient of {what}"), &found[1], &tensor(&case["dw"]), 1e-5);
        }
        assert_same_json(&what, &regularizer.to_json(), &case["serialized"]);
        assert_eq!(
            Handle::new(<dyn Regularizer>::from_json(&case["serialized"]).unwrap()),
            Handle::new(regularizer)
        );
    }
}

#[test]
fn projections_are_those_of_keras() {
    for case in cases("regularizers_constraints.json").iter().filter(|case| case["kind"] == "constraint") {
        let what = format!("{} {}", case["name"], case["args"]);
        let entry = <dyn Constraint>::entry(text(case, "name")).unwrap();
        let constraint = entry.create(object(case, "args")).unwrap();
        let found = constraint.evaluate(&tensor(&case["w"])).unwrap();
        assert_close(&what, &found, &tensor(&case["result"]), 1e-5);
        assert_same_json(&what, &constraint.to_json(), &case["serialized"]);
        assert_eq!(
            Handle::new(<dyn Constraint>::from_json(&case["serialized"]).unwrap()),
            Handle::new(constraint)
        );
    }
}

#[test]
fn names_are_those_of_keras() {
    let fixture = fixture("regularizers_constraints.json");
    assert_same_names::<dyn Regularizer>(&fixture["strings"]["regularizers"]);
    assert_same_names::<dyn Constraint>(&fixture["strings"]["constraints"]);
}

#[test]
fn an_axis_of_null_is_all_axes() {
    let json = json!({"class_name": "UnitNorm", "config": {"axis": null}});
    let whole = <dyn Constraint>::from_json(&json).unwrap();
    assert_eq!(Handle::new(whole.clone()), UnitNorm::new().axis(Axes::All).into());
    let weight = whole.evaluate(&Tensor::from([[2.0f32, 0.0], [0.0, 2.0]])).unwrap();
    assert_close("unit", &weight, &Tensor::from([[0.5f32.sqrt(), 0.0], [0.0, 0.5f32.sqrt()]]), 1e-5);
}

#[test]
fn misfits_say_where_and_what() {
    let message = |regularizer: Handle<dyn Regularizer>| regularizer.get().unwrap_err().to_string();
    insta::assert_snapshot!(message(L2::new(-1.0).into()), @"regularizer `L2`: `l2` must be a non-negative finite number, got -1");
    insta::assert_snapshot!(message(L1::new(f64::NAN).into()), @"regularizer `L1`: `l1` must be a non-negative finite number, got NaN");
    insta::assert_snapshot!(message(L1L2::new().l2(f64::INFINITY).into()), @"regularizer `L1L2`: `l2` must be a non-negative finite number, got inf");
    insta::assert_snapshot!(message(OrthogonalRegularizer::new(-0.5).into()), @"regularizer `OrthogonalRegularizer`: `factor` must be a non-negative finite number, got -0.5");
    insta::assert_snapshot!(message("l3".into()), @"unknown regularizer `l3`; did you mean `l1`?");
    let read = |class: &str, config: Value| {
        <dyn Regularizer>::from_json(&json!({"class_name": class, "config": config})).unwrap_err()
    };
    insta::assert_snapshot!(read("L2", json!({"l2": -1})), @"regularizer `L2`: `l2` must be a non-negative finite number, got -1");
    insta::assert_snapshot!(read("L2", json!({"l1": 0.1})), @"regularizer `L2`: has no argument `l1`; did you mean `l2`? its arguments are l2");
    insta::assert_snapshot!(read("OrthogonalRegularizer", json!({"mode": "row"})), @r#"regularizer `OrthogonalRegularizer`: `mode`: wants one of "rows", "columns", got "row""#);
    let three = Tensor::from([[[1.0f32]]]);
    insta::assert_snapshot!(OrthogonalRegularizer::new(0.1).evaluate(&three).unwrap_err(), @"OrthogonalRegularizer: wants a matrix, got (1, 1, 1)");
    let x = Tensor::from([[1.0f32, 2.0]]);
    insta::assert_snapshot!(MaxNorm::new().axis(3).evaluate(&x).unwrap_err(), @"sum[3]k: (1, 2) has no axis 3");
    let read = |config: Value| {
        <dyn Constraint>::from_json(&json!({"class_name": "MaxNorm", "config": config})).unwrap_err()
    };
    insta::assert_snapshot!(read(json!({"axis": "all"})), @r#"constraint `MaxNorm`: `axis`: wants an axis, a list of axes or null, got "all""#);
    insta::assert_snapshot!(constraints::get("unitnrom").unwrap_err(), @"unknown constraint `unitnrom`; did you mean `unit_norm`?");
}
