//! Metrics keep Keras' running values.

use crate::common::{
    Engine, assert_close_values, assert_same_json, cases, fixture, number, numbers, object, optional_tensor,
    outputs, shape, tensor, text,
};
use cornu::activations::Activation;
use cornu::graph::Var;
use cornu::metrics::{self, Mean, Measured, Metric, Sum};
use cornu::registry::{Configured, Family, Handle};
use cornu::{DType, Shape, Tensor, losses};
use serde_json::{Value, json};

const TOLERANCE: f64 = 1e-5;

/// The state of a metric after one more update, by the kernels that models run on: in double precision predictions
/// would fall on other sides of thresholds.
fn updated(
    state: &[Tensor],
    inputs: &[&Tensor],
    update: impl for<'g> Fn(&[Var<'g>], &[Var<'g>]) -> Vec<Var<'g>>,
) -> Vec<Tensor> {
    let all: Vec<&Tensor> = state.iter().chain(inputs.iter().copied()).collect();
    outputs(Engine::Plan, &all, |_, vars| {
        let (state, inputs) = vars.split_at(state.len());
        update(state, inputs)
    })
}

fn result(metric: &dyn Metric, state: &[Tensor]) -> Measured {
    let values: Vec<Vec<f32>> = state.iter().map(Tensor::to_vec).collect();
    metric.result(&values.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A number or several.
fn said(value: &Value) -> Vec<f64> {
    if value.is_array() { numbers(value) } else { vec![number(value)] }
}

#[test]
fn running_values_are_keras() {
    let cases = cases("metrics.json");
    assert!(cases.len() > 250);
    for case in &cases {
        let metric = <dyn Metric>::from_class(text(case, "metric"), object(case, "args")).unwrap();
        let what = format!("{} {}", case["metric"], case["args"]);
        assert_eq!(metric.name(), text(case, "name"), "{what}");

        let predictions = case["updates"][0]["values"].as_array().and_then(|values| values.last());
        let variables = metric.variables(&Shape::known(&shape(predictions.unwrap())));
        // Keras keeps the four counts at each threshold, we the histogram they are sums over.
        if variables[0].0 != "histogram" {
            let names: Vec<Value> = variables.iter().map(|(name, shape)| json!([name, shape])).collect();
            let wanted = case["variables"].as_array().unwrap().iter().map(|v| json!([v["name"], v["shape"]]));
            assert_eq!(names, wanted.collect::<Vec<_>>(), "{what}");
        }

        let zeros = || variables.iter().map(|(_, shape)| Tensor::zeros(shape.clone(), DType::F32)).collect();
        let mut state: Vec<Tensor> = zeros();
        for (at, update) in case["updates"].as_array().unwrap().iter().enumerate() {
            let values: Vec<Tensor> = update["values"].as_array().unwrap().iter().map(tensor).collect();
            let weight = optional_tensor(&update["sample_weight"]);
            let given: Vec<&Tensor> = values.iter().chain(&weight).collect();
            state = updated(&state, &given, |state, inputs| {
                let weight = weight.as_ref().and(inputs.last().copied());
                match text(case, "metric") {
                    "Mean" => Mean::accumulate(state, inputs[0], None, weight),
                    "Sum" => Sum::accumulate(state, inputs[0], weight),
                    _ => metric.update(state, inputs[0], inputs[1], weight),
                }
            });
            let wanted = &case["results"][at];
            let got = result(&*metric, &state);
            assert_eq!(matches!(got, Measured::Each(_)), wanted.is_array(), "{what}");
            assert_close_values(&format!("{what}, update {at}"), got.as_slice(), &said(wanted), TOLERANCE);
            if let ([y_true, y_pred], 0) = (&values[..], at) {
                let once = metric.evaluate(y_true, y_pred, weight.as_ref()).unwrap();
                assert_close_values(&format!("{what}, evaluated"), once.as_slice(), &said(wanted), TOLERANCE);
            }
        }
        let reset = result(&*metric, &zeros());
        assert_close_values(
            &format!("{what}, reset"),
            reset.as_slice(),
            &said(&case["after_reset"]),
            TOLERANCE,
        );
    }
}

#[test]
fn configs_are_keras() {
    for case in cases("metrics.json") {
        let made = <dyn Metric>::from_class(text(&case, "metric"), object(&case, "args")).unwrap();
        let (mut ours, keras) = (made.config(), object(&case, "config"));
        if case["metric"] == "CosineSimilarity" {
            // Keras would forget it.
            ours.shift_remove("axis");
        }
        let (given, written) = (Value::Object(keras.clone()), Value::Object(ours.clone()));
        assert_same_json(text(&case, "metric"), &written, &given);
        assert_eq!(<dyn Metric>::from_class(text(&case, "metric"), keras).unwrap().config(), ours);
    }
    let ids = metrics::SparseTopKCategoricalAccuracy::new().from_sorted_ids(true);
    assert_eq!(ids.config()["from_sorted_ids"], json!(true));
    let wrong = |class: &str, config: Value| {
        <dyn Metric>::from_json(&json!({"class_name": class, "config": config})).unwrap_err().to_string()
    };
    insta::assert_snapshot!(wrong("Mean", json!({"dtype": "float64"})), @r#"metric `Mean`: `dtype`: wants "float32", got "float64""#);
    insta::assert_snapshot!(wrong("SparseCategoricalCrossentropy", json!({"axis": 1})), @"metric `SparseCategoricalCrossentropy`: `axis`: only the last axis, -1, can be that of the classes, got 1");
    insta::assert_snapshot!(<dyn Metric>::by_name("crossentropy").unwrap_err(), @"unknown metric `crossentropy`; did you mean `binary_crossentropy`?");
}

#[test]
fn sorted_ids_are_searched() {
    let y_true = Tensor::from([2_i64, 1, 0]);
    let y_pred = Tensor::new(vec![1.0_f32, 2.0, 0.0, 0.0, 2.0, 1.0, 0.0, 1.0, 2.0], [3, 3]).unwrap();
    let metric = metrics::SparseTopKCategoricalAccuracy::new().from_sorted_ids(true).k(2);
    assert_eq!(metric.evaluate(&y_true, &y_pred, None).unwrap(), f64::from(2.0_f32 / 3.0));
}

#[test]
fn what_keras_refuses_is_refused() {
    for case in fixture("metrics.json")["refused"].as_array().unwrap() {
        let made = <dyn Metric>::from_class(text(case, "metric"), object(case, "args"));
        assert!(made.is_err(), "{} {}", case["metric"], case["args"]);
    }
    let wrong = |class: &str, config: Value| {
        <dyn Metric>::from_json(&json!({"class_name": class, "config": config})).unwrap_err().to_string()
    };
    insta::assert_snapshot!(wrong("Precision", json!({"thresholds": 1.5})), @"metric `Precision`: `thresholds` must lie between 0 and 1, got 1.5");
    insta::assert_snapshot!(wrong("AUC", json!({"curve": "ROCK"})), @r#"metric `AUC`: `curve`: wants one of "ROC", "PR", "PRGAIN", got "ROCK""#);
    insta::assert_snapshot!(wrong("AUC", json!({"num_thresholds": 1})), @"metric `AUC`: `num_thresholds` must lie in 2..=1048576, got 1");
    insta::assert_snapshot!(wrong("SensitivityAtSpecificity", json!({})), @"metric `SensitivityAtSpecificity`: needs `specificity`, which has no default");
    insta::assert_snapshot!(wrong("PrecisionAtRecall", json!({"recall": 2})), @"metric `PrecisionAtRecall`: `recall` must lie between 0 and 1, got 2");
    insta::assert_snapshot!(wrong("FBetaScore", json!({"beta": 0})), @"metric `FBetaScore`: `beta` must be above 0, got 0");
    insta::assert_snapshot!(wrong("IoU", json!({"num_classes": 2, "target_class_ids": [2]})), @"metric `IoU`: `target_class_ids` must lie in 0..2, got 2");
    insta::assert_snapshot!(wrong("MeanMetricWrapper", json!({})), @"metric `MeanMetricWrapper`: needs `fn`, which has no default");
    insta::assert_snapshot!(wrong("MeanMetricWrapper", json!({"fn": "huberr"})), @"metric `MeanMetricWrapper`: `fn`: unknown loss `huberr`; did you mean `huber`?");
}

#[test]
fn shapes_that_do_not_suit_a_metric_are_named() {
    let message = |metric: &str, config: Value, targets: &[usize], output: &[usize]| {
        let metric = <dyn Metric>::from_class(metric, config.as_object().unwrap().clone()).unwrap();
        let shape = |sample: &[usize]| Shape::known(sample).batched();
        match metrics::resolve(&Handle::new(metric), &shape(targets), &shape(output)) {
            Ok(_) => "fits".into(),
            Err(error) => error.to_string(),
        }
    };
    for (targets, output) in [(&[][..], &[1][..]), (&[1], &[1]), (&[3], &[3]), (&[7], &[7, 1])] {
        assert_eq!(message("Precision", json!({}), targets, output), "fits");
    }
    insta::assert_snapshot!(message("Precision", json!({}), &[], &[3]), @"metric `Precision`: wants targets of the output's shape (None, 3), got (None,); use `to_categorical` on integer labels");
    insta::assert_snapshot!(message("Recall", json!({"class_id": 3}), &[3], &[3]), @"metric `Recall`: has `class_id` 3, but an output (None, 3)");
    insta::assert_snapshot!(message("Recall", json!({"top_k": 4}), &[3], &[3]), @"metric `Recall`: has `top_k` 4, but an output (None, 3)");
    insta::assert_snapshot!(message("AUC", json!({"multi_label": true}), &[7, 3], &[7, 3]), @"metric `AUC`: wants an output (batch, labels) to be `multi_label`, got (None, 7, 3)");
    insta::assert_snapshot!(message("AUC", json!({"multi_label": true, "num_labels": 2}), &[3], &[3]), @"metric `AUC`: has `num_labels` 2, but an output (None, 3)");
    insta::assert_snapshot!(message("AUC", json!({"label_weights": [1.0, 2.0]}), &[3], &[3]), @"metric `AUC`: has 2 `label_weights`, but an output (None, 3)");
    insta::assert_snapshot!(message("F1Score", json!({}), &[], &[3]), @"metric `F1Score`: wants targets and an output (batch, classes), got (None,) and (None, 3); use `to_categorical` on integer labels");
    insta::assert_snapshot!(message("R2Score", json!({}), &[7, 3], &[7, 3]), @"metric `R2Score`: wants targets and an output (batch, outputs), got (None, 7, 3) and (None, 7, 3)");
    insta::assert_snapshot!(message("OneHotMeanIoU", json!({"num_classes": 3, "axis": 2}), &[3], &[3]), @"metric `OneHotMeanIoU`: wants targets with an axis 2 of classes, got (None, 3)");
}

fn shape_of(value: &Value) -> Shape {
    Shape::known(&numbers(value).into_iter().map(|length| length as usize).collect::<Vec<_>>())
}

#[test]
fn accuracy_goes_by_shapes() {
    for row in fixture("metrics.json")["resolution"].as_array().unwrap() {
        for word in ["accuracy", "acc", "ACC"] {
            let (name, metric) =
                metrics::resolve(&word.into(), &shape_of(&row["y_true"]), &shape_of(&row["y_pred"])).unwrap();
            assert_eq!(json!([metric.class_name(), name]), row[word], "{row}");
        }
        assert!(
            metrics::resolve(&"crossentropy".into(), &shape_of(&row["y_true"]), &shape_of(&row["y_pred"]))
                .is_err()
        );
    }
}

#[test]
fn strings_name_keras_metrics() {
    let members = <dyn Metric>::table();
    let output = Shape::known(&[4, 3]);
    let mut found = 0;
    for row in fixture("metrics.json")["names"].as_array().unwrap() {
        let word = text(row, "string");
        let resolved = metrics::resolve(&word.into(), &output, &output);
        match row["metric"]["class"].as_str() {
            Some(class) if members.iter().any(|entry| entry.class_name == class) => {
                let (name, metric) = resolved.unwrap();
                assert_eq!((metric.class_name(), name.as_str()), (class, text(&row["metric"], "name")));
                found += 1;
            }
            _ => assert!(resolved.is_err(), "{word}"),
        }
    }
    assert_eq!(found, 82);
}

/// What `test_on_batch` logs: one dense layer, a loss, some metrics.
#[test]
fn logs_are_keras() {
    let logs = fixture("metrics.json")["logs"].take();
    let mut seen = 0;
    for case in logs.as_array().unwrap() {
        let listed = |key: &str| case[key].as_array().cloned().unwrap_or_default();
        let (plain, weighted) = (listed("metrics"), listed("weighted_metrics"));
        if case["error"].is_string()
            || [&plain, &weighted].into_iter().flatten().any(Value::is_object)
            || plain.len() + weighted.len() == 0
        {
            continue;
        }
        seen += 1;
        let (x, y, sample_weight) = (tensor(&case["x"]), tensor(&case["y"]), tensor(&case["sample_weight"]));
        let (kernel, bias) = (tensor(&case["weights"][0]), tensor(&case["weights"][1]));
        let inputs = [&x, &kernel, &bias, &y, &sample_weight];
        let activation = <dyn Activation>::by_name(text(case, "activation")).unwrap();
        let output = Shape::from([None, Some(kernel.shape()[1])]);
        let resolve = |given: &Value| {
            let handle: Handle<dyn Metric> = given.as_str().unwrap().into();
            metrics::resolve(&handle, &y.to_shape(), &output).unwrap()
        };
        let resolved: Vec<_> = plain.iter().chain(&weighted).map(resolve).collect();
        let names: Vec<(Option<&str>, &str)> =
            resolved.iter().map(|(name, _)| (None, name.as_str())).collect();
        let (plain_names, weighted_names) = names.split_at(plain.len());
        let mut got: Vec<(String, f64)> = Vec::new();
        for (at, name) in metrics::log_names(plain_names, weighted_names).into_iter().enumerate() {
            let metric = &resolved[at].1;
            let state = [Tensor::scalar(0.0_f32), Tensor::scalar(0.0_f32)];
            let state = updated(&state, &inputs, |state, v| {
                let y_pred = activation.call(v[0].matmul(v[1]) + v[2]);
                metric.update(state, v[3], y_pred, (at >= plain.len()).then_some(v[4]))
            });
            got.push((name, result(&**metric, &state).mean()));
        }
        let loss = losses::resolve(&text(case, "loss").into(), &y.to_shape(), &output).unwrap();
        let loss = updated(&[Tensor::scalar(0.0_f32)], &inputs, |_, v| {
            let y_pred = activation.call(v[0].matmul(v[1]) + v[2]);
            vec![loss.compute(v[3], y_pred, Some(v[4]), None)]
        });
        got.push(("loss".into(), loss[0].item().unwrap()));
        got.sort_by(|a, b| a.0.cmp(&b.0));

        let want: Vec<(&str, f64)> = case["test_on_batch"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_f64().unwrap()))
            .collect();
        assert_eq!(
            got.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            want.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        );

        assert_close_values(
            &case["metrics"].to_string(),
            &got.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            &want.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            TOLERANCE,
        );
    }
    assert_eq!(seen, 8);
}
