//! Losses give Keras' values and gradients.

use crate::common;
use std::collections::HashMap;

use crate::common::{assert_close, cases, fixture, object, optional_tensor, tensor, text};
use cornu::activations::Activation;
use cornu::graph::{Builder, Var};
use cornu::losses::Loss;
use cornu::registry::{Configured, Family};
use cornu::{Shape, Tensor, losses};
use cornu_engine::reference::gradient_error;
use cornu_engine::{grad, reference};
use serde_json::{Value, json};

const TOLERANCE: f64 = 1e-5;

fn loss(case: &Value) -> std::sync::Arc<dyn Loss> {
    <dyn Loss>::from_class(text(case, "loss"), object(case, "args")).unwrap()
}

/// A value and the gradient of its sum with respect to `x`, computed from `x`.
fn evaluate(
    x: Tensor,
    others: &[(&str, &Tensor)],
    formula: impl for<'g> Fn(Var<'g>, &dyn Fn(&str) -> Option<Var<'g>>) -> Var<'g>,
) -> (Tensor, Tensor) {
    let builder = Builder::new();
    let input = |name: &str, tensor: &Tensor| builder.input(name, tensor.to_shape(), tensor.dtype());
    let vars: Vec<(&str, Var<'_>)> =
        others.iter().map(|(name, tensor)| (*name, input(name, tensor))).collect();
    let given = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, var)| *var);
    let input = input("x", &x);
    let value = formula(input, &given);
    let gradient = grad::gradients(value.sum_all(), &[input]).unwrap()[0];
    builder.output("value", value);
    builder.output("gradient", gradient);
    let mut feeds: HashMap<String, Tensor> =
        others.iter().map(|(name, tensor)| ((*name).to_owned(), (*tensor).clone())).collect();
    feeds.insert("x".into(), x);
    let graph = builder.finish().unwrap();
    let found = reference::evaluate(&graph, &feeds, &HashMap::new()).unwrap();
    (found.outputs["value"].to_tensor().unwrap(), found.outputs["gradient"].to_tensor().unwrap())
}

#[test]
fn values_and_gradients_are_keras() {
    let mut cases = cases("losses.json");
    cases.retain(|case| case["kind"] != "through_model");
    assert!(cases.len() > 350);
    for (at, case) in cases.iter().enumerate() {
        let loss = loss(case);
        let (y_true, weight) = (tensor(&case["y_true"]), optional_tensor(&case["sample_weight"]));
        let mut others = vec![("y_true", &y_true)];
        others.extend(weight.as_ref().map(|weight| ("weight", weight)));
        let (value, gradient) = evaluate(tensor(&case["y_pred"]), &others, |y_pred, given| {
            loss.compute(given("y_true").unwrap(), y_pred, given("weight"), None)
        });
        let what = format!("case {at}: {} {}", case["loss"], case["args"]);
        assert_close(&what, &value, &tensor(&case["value"]), TOLERANCE);
        let planned = loss.evaluate(&y_true, &tensor(&case["y_pred"]), weight.as_ref()).unwrap();
        assert_close(&format!("{what}, planned"), &planned, &tensor(&case["value"]), 2.0 * TOLERANCE);
        if case["kind"] == "loss" {
            assert_close(&format!("{what}, gradient"), &gradient, &tensor(&case["dy_pred"]), TOLERANCE);
        }
    }
}

/// The layers a case ends with, as formulas.
fn end<'g>(end: &str, x: Var<'g>) -> Var<'g> {
    let activation = |name: &str| <dyn Activation>::by_name(name).unwrap().call(x);
    let (first, rest) = end.split_once(", ").unwrap_or((end, ""));
    let y = match first {
        "Activation(softmax)" | "Softmax()" | "Dense(softmax)" => activation("softmax"),
        "Activation(sigmoid)" | "Dense(sigmoid)" => activation("sigmoid"),
        "Activation(exponential)" => activation("exponential"),
        "Activation(hard_sigmoid)" => activation("hard_sigmoid"),
        other => panic!("no layer {other}"),
    };
    match rest {
        "" | "Dropout(0)" => y,
        "Activation(linear)" => <dyn Activation>::by_name("linear").unwrap().call(y),
        "Reshape" | "Flatten" => y.reshape(y.shape()),
        other => panic!("no layer {other}"),
    }
}

#[test]
fn logits_are_recovered_where_keras_recovers_them() {
    let cases: Vec<Value> =
        cases("losses.json").into_iter().filter(|case| case["kind"] == "through_model").collect();
    assert!(cases.len() > 30);
    for case in &cases {
        let loss = loss(case);
        let y_true = tensor(&case["y_true"]);
        let (value, gradient) = evaluate(tensor(&case["x"]), &[("y_true", &y_true)], |x, given| {
            loss.compute(given("y_true").unwrap(), end(text(case, "end"), x), None, None)
        });
        let what = format!("{} behind {}, {}", case["loss"], case["end"], case["args"]);
        assert_close(&what, &value, &tensor(&case["value"]), TOLERANCE);
        assert_close(&format!("{what}, gradient"), &gradient, &tensor(&case["dx"]), TOLERANCE);
    }
}

#[test]
fn gradients_are_slopes() {
    let (mut seen, mut worst) = (Vec::new(), Vec::new());
    for case in cases("losses.json") {
        let class = text(&case, "loss");
        // The first case of each loss keeps away from kinks.
        if case["kind"] != "loss" || seen.contains(&class.to_owned()) {
            continue;
        }
        seen.push(class.into());
        let (loss, y_true) = (loss(&case), tensor(&case["y_true"]));
        let error = gradient_error(&[tensor(&case["y_pred"])], |x| {
            loss.compute(x[0].builder().constant(y_true.clone()), x[0], None, None).sum_all()
        });
        worst.push((error.unwrap(), class.to_owned()));
    }
    assert_eq!(seen.len(), <dyn Loss>::table().len());
    worst.retain(|(error, _)| *error > 1e-4);
    assert!(worst.is_empty(), "{worst:?}");
}

#[test]
fn softmax_along_another_axis_gives_its_logits_too() {
    let x = Tensor::new(vec![50.0_f32, -50.0, -50.0, 50.0], [1, 2, 2]).unwrap();
    let y_true = Tensor::new(vec![0_i64, 0], [1, 2]).unwrap();
    let loss = losses::SparseCategoricalCrossentropy::new();
    let loss: &dyn Loss = &loss;
    let (value, _) = evaluate(x, &[("y_true", &y_true)], |x, given| {
        loss.compute(given("y_true").unwrap(), x.softmax(1), None, None)
    });
    assert_eq!(value.item(), Some(50.0));
}

#[test]
fn keras_names_find_their_losses() {
    let aliases = fixture("losses.json")["aliases"].take();
    // Keras' functions and classes of one loss have the same name in two spellings.
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    for (name, target) in aliases.as_object().unwrap() {
        let wanted = target.as_str().unwrap();
        if ["Loss", "LossFunctionWrapper"].contains(&wanted) {
            assert!(<dyn Loss>::by_name(name).is_err(), "{name}");
            continue;
        }
        assert_eq!(plain(<dyn Loss>::by_name(name).unwrap().class_name()), plain(wanted), "{name}");
    }
}

#[test]
fn crossentropy_goes_by_shapes() {
    for row in fixture("metrics.json")["resolution"].as_array().unwrap() {
        let shape = |key: &str| {
            Shape::known(&common::numbers(&row[key]).into_iter().map(|n| n as usize).collect::<Vec<_>>())
        };
        for word in ["crossentropy", "ce"] {
            let found = losses::resolve(&word.into(), &shape("y_true"), &shape("y_pred")).unwrap();
            let function = <dyn Loss>::by_name(found.class_name()).unwrap();
            assert_eq!(json!([function.name(), found.name()]), row[format!("loss:{word}")], "{row}");
        }
    }
}

#[test]
fn configs_are_keras() {
    let loss = losses::BinaryCrossentropy::new().label_smoothing(0.1).reduction(losses::Reduction::None);
    let config = json!({
        "name": "binary_crossentropy", "reduction": "none", "from_logits": false, "label_smoothing": 0.1, "axis": -1
    });
    assert_eq!(Value::Object(loss.config()), config);
    let sparse = losses::SparseCategoricalCrossentropy::new().ignore_class(-1);
    let config = json!({
        "name": "sparse_categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
        "ignore_class": -1
    });
    assert_eq!(Value::Object(sparse.config()), config);
    assert_eq!(losses::Huber::new().delta(2.0).config()["delta"], json!(2.0));
    let tuple = json!({"class_name": "Dice", "config": {"axis": [1, 2]}});
    assert_eq!(<dyn Loss>::from_json(&tuple).unwrap().config()["axis"], json!([1, 2]));
    let none =
        <dyn Loss>::from_json(&json!({"class_name": "MeanSquaredError", "config": {"reduction": null}}));
    assert_eq!(none.unwrap().reduction(), losses::Reduction::None);
    let wrong =
        <dyn Loss>::from_json(&json!({"class_name": "MeanSquaredError", "config": {"reduction": "avg"}}));
    insta::assert_snapshot!(wrong.unwrap_err(), @r#"loss `MeanSquaredError`: `reduction`: wants one of "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", got "avg""#);
    let q = json!({"class_name": "CategoricalGeneralizedCrossEntropy", "config": {"q": 1.0}});
    insta::assert_snapshot!(<dyn Loss>::from_json(&q).unwrap_err(), @"loss `CategoricalGeneralizedCrossEntropy`: `q` must lie between 0 and 1, got 1");
    insta::assert_snapshot!(<dyn Loss>::by_name("categorical_crosentropy").unwrap_err(), @"unknown loss `categorical_crosentropy`; did you mean `categorical_crossentropy`?");
}
