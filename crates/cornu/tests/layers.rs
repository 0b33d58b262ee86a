//! Layers against the real Keras: configs, weights, outputs, gradients, statistics; gradients against differences.

mod common;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use common::{
    assert_close, assert_close_values, assert_same_json, cases, fixture, number, numbers, object, tensor,
    text,
};
use cornu::graph::{Builder, Var};
use cornu::layers::{
    Activation, BatchNormalization, Dense, Dropout, Flatten, Input, Layer, Reshape, Weight, alone,
};
use cornu::registry::Family;
use cornu::{DType, Dim, Error, Shape, Tensor};
use cornu_engine::grad::gradients_from;
use cornu_engine::reference::{evaluate, gradient_error};
use serde_json::Value;

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A shape in which `null` is unknown.
fn dims(value: &Value) -> Vec<Dim> {
    list(value).iter().map(|dim| Some(dim.as_u64()? as usize)).collect()
}

/// A case's layer, and its weights for the case's input.
fn declared(case: &Value) -> (Arc<dyn Layer>, Vec<Weight>) {
    let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config")).unwrap();
    let weights = alone::weights(layer.as_ref(), &[tensor(&case["x"]).to_shape()]).unwrap();
    (layer, weights)
}

/// What one call of a case's layer gives, by name: `y`, `dx`, `loss/0`, the gradient and the new value of a weight.
fn called(case: &Value, layer: &dyn Layer, weights: &[Weight], values: &[Tensor]) -> HashMap<String, Tensor> {
    let b = Builder::new();
    let (x, dy) = (tensor(&case["x"]), tensor(&case["dy"]));
    let input = b.input("x", x.to_shape(), x.dtype());
    let upstream = b.input("dy", dy.to_shape(), DType::F32);
    let states: Vec<Var<'_>> =
        weights.iter().map(|weight| b.input(weight.name.clone(), weight.shape.clone(), DType::F32)).collect();
    let seed = (case["training"] == true).then(|| b.constant(Tensor::from([1i64, 1])));
    let found = alone::call(layer, weights, &[input], &states, seed).unwrap();
    let y = found.outputs[0];
    b.output("y", y);
    let penalties =
        weights.iter().zip(&states).filter(|(weight, _)| layer.base().trainable && weight.trainable);
    let penalties = penalties
        .filter_map(|(weight, value)| Some(weight.regularizer.as_ref()?.get().unwrap().call(*value)));
    for (at, loss) in found.losses.iter().copied().chain(penalties).enumerate() {
        b.output(format!("loss/{at}"), loss);
    }
    for (name, value) in found.updates {
        b.output(format!("{name}/after"), value);
    }
    if x.dtype().is_float() {
        let wrt: Vec<Var<'_>> = [input].into_iter().chain(states).collect();
        let gradients = gradients_from(y, upstream, &wrt).unwrap();
        b.output("dx", gradients[0]);
        for (weight, gradient) in weights.iter().zip(&gradients[1..]) {
            b.output(format!("{}/gradient", weight.name), *gradient);
        }
    }
    let mut feeds = HashMap::from([("x".to_owned(), x), ("dy".to_owned(), dy)]);
    feeds.extend(weights.iter().zip(values).map(|(weight, value)| (weight.name.clone(), value.clone())));
    let found = evaluate(&b.finish().unwrap(), &feeds, &HashMap::new()).unwrap().outputs;
    found.into_iter().map(|(name, value)| (name, value.to_tensor().unwrap())).collect()
}

#[test]
fn configs_are_those_of_keras() {
    let serialized = |case: &Value| {
        let mut object = object(case, "serialized");
        object.shift_remove("build_config");
        Value::Object(object)
    };
    for case in cases("layers.json") {
        let (layer, _) = declared(&case);
        assert_same_json(text(&case, "class"), &Family::to_json(layer.as_ref()), &serialized(&case));
    }
    // Cornu computes in single precision and says so where a file wants another.
    let single = |case: &&Value| case["dtype"] == "float32";
    for case in list(&fixture("layers.json")["inputs"]).iter().filter(single) {
        let layer = <dyn Layer>::from_class("InputLayer", object(case, "config")).unwrap();
        assert_same_json("InputLayer", &Family::to_json(layer.as_ref()), &serialized(case));
        if case["args"]["batch_size"].is_null() {
            assert_eq!(Input::new(dims(&case["args"]["shape"])).shape().dims(), dims(&case["shape"]));
        }
    }
}

#[test]
fn weights_are_declared_in_keras_order() {
    for case in cases("layers.json") {
        let (layer, weights) = declared(&case);
        let what = case["config"].to_string();
        let got: Vec<(&str, Vec<usize>, bool)> = weights
            .iter()
            .map(|w| (w.name.as_str(), w.shape.clone(), w.trainable && layer.base().trainable))
            .collect();
        let want: Vec<(&str, Vec<usize>, bool)> = list(&case["weights"])
            .iter()
            .map(|w| (text(w, "name"), common::shape(&w["value"]), w["trainable"] == true))
            .collect();
        assert_eq!(got, want, "{what}");
        let count: usize = weights.iter().map(|w| w.shape.iter().product::<usize>()).sum();
        assert_eq!(count as f64, number(&case["count_params"]), "{what}");
    }
}

#[test]
fn outputs_gradients_and_statistics_are_those_of_keras() {
    for case in cases("layers.json") {
        let (layer, weights) = declared(&case);
        let what = format!("{} training={}", case["config"], case["training"]);
        let mut values: Vec<Tensor> = list(&case["weights"]).iter().map(|w| tensor(&w["value"])).collect();
        let mut found = HashMap::new();
        for _ in 0..case["calls"].as_u64().unwrap() {
            found = called(&case, layer.as_ref(), &weights, &values);
            for (weight, value) in weights.iter().zip(&mut values) {
                if let Some(after) = found.get(&format!("{}/after", weight.name)) {
                    *value = after.clone();
                }
            }
        }
        // Keras normalises a constant 1000 in single precision: two digits remain.
        let constant = tensor(&case["x"]).to_vec::<f64>().iter().all(|x| *x == 1000.0);
        let tolerance = if constant { 0.1 } else { 1e-5 };
        assert_close(&what, &found["y"], &tensor(&case["y"]), tolerance);
        if !case["dx"].is_null() {
            assert_close(&format!("dx of {what}"), &found["dx"], &tensor(&case["dx"]), tolerance);
        }
        let trained = weights.iter().filter(|weight| weight.trainable && layer.base().trainable);
        for (weight, want) in trained.zip(list(&case["dweights"])) {
            let gradient = &found[&format!("{}/gradient", weight.name)];
            assert_close(
                &format!("gradient of {} of {what}", weight.name),
                gradient,
                &tensor(want),
                tolerance,
            );
        }
        for (value, want) in values.iter().zip(list(&case["weights_after"])) {
            assert_close(&format!("weights after {what}"), value, &tensor(want), 1e-5);
        }
        let losses: Vec<f64> = (0..).map_while(|at| found.get(&format!("loss/{at}"))?.item()).collect();
        assert_close_values(&format!("losses of {what}"), &losses, &numbers(&case["losses"]), 1e-5);
    }
}

#[test]
fn output_shapes_follow_from_calls_with_unknown_batches() {
    for case in cases("layers.json") {
        let (layer, weights) = declared(&case);
        let b = Builder::new();
        let x = tensor(&case["x"]);
        let open: Vec<Dim> = [None].into_iter().chain(x.shape()[1..].iter().copied().map(Some)).collect();
        let input = b.input("x", open, x.dtype());
        let values: Vec<Var<'_>> = weights
            .iter()
            .map(|weight| b.input(weight.name.clone(), weight.shape.clone(), DType::F32))
            .collect();
        let y = alone::call(layer.as_ref(), &weights, &[input], &values, None).unwrap().outputs[0];
        assert_eq!(y.shape().dims(), dims(&case["output_shape_with_unknown_batch"]), "{}", case["config"]);
    }
}

#[test]
fn dropout_keeps_what_keras_keeps() {
    let fixture = fixture("layers.json");
    for case in list(&fixture["dropout_statistics"]) {
        let (rate, x, n) = (number(&case["rate"]), number(&case["x"]), number(&case["n"]) as usize);
        let layer = Dropout::new(rate);
        let b = Builder::new();
        let input = b.input("x", [n / 500, 500], DType::F32);
        let seed = b.constant(Tensor::from([5i64, 1]));
        let y = alone::call(&layer, &[], &[input], &[], Some(seed)).unwrap().outputs[0];
        b.output("y", y);
        b.output("dx", gradients_from(y, y.ones_like(), &[input]).unwrap()[0]);
        let feeds = HashMap::from([("x".to_owned(), Tensor::full([n / 500, 500], x as f32))]);
        let found = evaluate(&b.finish().unwrap(), &feeds, &HashMap::new()).unwrap().outputs;
        let (y, dx) = (&found["y"].data, &found["dx"].data);

        let mut values: Vec<f32> = y.iter().map(|y| *y as f32).collect();
        values.sort_by(f32::total_cmp);
        values.dedup();
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        assert_close_values("the values", &values, &numbers(&case["values"]), 1e-6);
        assert!(y.iter().zip(dx).all(|(y, dx)| (y - x * dx).abs() < 1e-6), "rate {rate}: the gradient");
        let zeros = y.iter().filter(|y| **y == 0.0).count() as f64 / n as f64;
        // Five standard deviations of the share that both draw.
        let spread = 5.0 * (rate * (1.0 - rate) / n as f64).sqrt();
        assert!((zeros - rate).abs() <= spread, "rate {rate}: {zeros} zeros");
        assert!(
            (number(&case["share_of_zeros"]) - zeros).abs() <= 2.0 * spread,
            "rate {rate}: {zeros} zeros"
        );
    }
}

/// Layers of every class with the shape of an input.
fn differentiated() -> Vec<(Box<dyn Layer>, Vec<usize>)> {
    vec![
        (Input::new([3]).boxed(), vec![2, 3]),
        (Dense::new(4).boxed(), vec![5, 3]),
        (Dense::new(3).activation("softmax").boxed(), vec![2, 2, 3]),
        (Dense::new(2).activation("tanh").use_bias(false).activity_regularizer("l2").boxed(), vec![4, 3]),
        (Activation::new("gelu").boxed(), vec![3, 4]),
        (Flatten::new().boxed(), vec![2, 3, 2]),
        (Flatten::new().data_format("channels_first").boxed(), vec![2, 3, 2, 2]),
        (Reshape::new([2, -1]).boxed(), vec![3, 4, 2]),
        (Dropout::new(0.4).boxed(), vec![4, 5]),
        (Dropout::new(0.4).noise_shape([None, Some(1), None]).boxed(), vec![2, 4, 3]),
        (BatchNormalization::new().boxed(), vec![6, 3]),
        (BatchNormalization::new().axis(1).boxed(), vec![3, 2, 4]),
        (BatchNormalization::new().center(false).scale(false).boxed(), vec![5, 2]),
        (BatchNormalization::new().trainable(false).boxed(), vec![4, 3]),
    ]
}

/// Numbers without a pattern that a formula could hide in.
fn spread(shape: &[usize], phase: f64) -> Tensor {
    let count: usize = shape.iter().product();
    let values: Vec<f64> = (0..count).map(|at| (at as f64 * 1.618 + phase).sin() * 1.3 + 0.1).collect();
    Tensor::new(values, shape).unwrap()
}

/// A sum in which each element counts otherwise.
fn weigh(y: Var<'_>) -> Var<'_> {
    let shape = y.shape().to_known().expect("a known shape");
    (y * y.builder().constant(spread(&shape, 0.7).cast(y.dtype()))).sum_all()
}

#[test]
fn gradients_are_those_of_differences() {
    for (layer, shape) in differentiated() {
        let weights = alone::weights(layer.as_ref(), &[Shape::known(&shape)]).unwrap();
        let mut values = vec![spread(&shape, 0.3)];
        for (at, weight) in weights.iter().enumerate() {
            let value = spread(&weight.shape, at as f64);
            let positive = value.to_vec::<f64>().iter().map(|value| value.abs() + 0.5).collect::<Vec<_>>();
            let is_variance = weight.name == "moving_variance";
            values.push(if is_variance {
                Tensor::new(positive, weight.shape.clone()).unwrap()
            } else {
                value
            });
        }
        for training in [false, true] {
            let error = gradient_error(&values, |of| {
                let b = of[0].builder();
                let seed = training.then(|| b.constant(Tensor::from([3i64, 1])));
                let called = alone::call(layer.as_ref(), &weights, &of[..1], &of[1..], seed);
                let called = called.expect("the input suits the layer");
                let parts = called.outputs.into_iter().map(weigh).chain(called.losses);
                parts.reduce(|a, b| a + b).expect("a result")
            });
            let error = error.unwrap();
            assert!(error < 1e-5, "{} training={training}: {error:e}", layer.describe());
        }
    }
}

#[test]
fn every_layer_of_the_table_is_differentiated() {
    let known: BTreeSet<&str> = <dyn Layer>::table().iter().map(|entry| entry.class_name).collect();
    let layers = differentiated();
    let checked: BTreeSet<&str> = layers.iter().map(|(layer, _)| layer.class_name()).collect();
    assert_eq!(checked, known);
    let compared = cases("layers.json");
    let compared: BTreeSet<&str> =
        compared.iter().map(|case| text(case, "class")).chain(["InputLayer"]).collect();
    assert_eq!(compared, known, "classes in layers.json");
}

#[test]
fn a_layer_called_on_nothing_says_so() {
    let error: Error = alone::call(&Dropout::new(0.5).name("drop"), &[], &[], &[], None).unwrap_err();
    assert_eq!(error.to_string(), "layer `drop` (Dropout, rate=0.5) is called on nothing");
}
