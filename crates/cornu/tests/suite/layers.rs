//! Layers against the real Keras: configs, weights, outputs, masks, gradients, trainings; gradients against differences.

use std::collections::{BTreeSet, HashMap};

use crate::common::{
    Engine, assert_close, assert_close_values, assert_same_json, fixture, number, numbers, object,
    optional_tensor, shape, tensor, text,
};
use crate::layer_case::{Case, cases, dims, families, list};
use cornu::graph::{Builder, Var};
use cornu::layers::{Dense, Dropout, Flatten, Input, LSTM, Layer, SimpleRNN, alone};
use cornu::optimizers::SGD;
use cornu::registry::Family;
use cornu::{Called, Compile, Connect, DType, Dim, Error, Fit, KerasTensor, Model, Result, Shape, Tensor};
use cornu_engine::grad::gradients_from;
use cornu_engine::reference::{evaluate, gradient_error};
use serde_json::Value;

fn serialized(case: &Value) -> Value {
    without_build_configs(&case["serialized"])
}

/// A layer, or one inside it, as it is before it is built.
fn without_build_configs(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_build_configs).collect(),
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| *key != "build_config");
            kept.map(|(key, item)| (key.clone(), without_build_configs(item))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn configs_are_those_of_keras() {
    for case in cases() {
        let written = Family::to_json(case.layer.as_ref());
        assert_same_json(&case.what(), &written, &serialized(&case.json));
        assert_eq!(
            case.layer.has_build(),
            !case.json["serialized"]["build_config"].is_null(),
            "{}",
            case.what()
        );
    }
    // Cornu computes in single precision and says so where a file wants another.
    let single = |case: &&Value| case["dtype"] == "float32";
    for case in list(&fixture("layers/core.json")["inputs"]).iter().filter(single) {
        let layer = <dyn Layer>::from_class("InputLayer", object(case, "config")).unwrap();
        assert_same_json("InputLayer", &Family::to_json(layer.as_ref()), &serialized(case));
        if case["args"]["batch_size"].is_null() {
            assert_eq!(Input::new(dims(&case["args"]["shape"])).shape().dims(), dims(&case["shape"]));
        }
    }
}

#[test]
fn activity_regularizers_stand_where_keras_writes_them() {
    let place = |layer: &dyn Layer| {
        let config = layer.config();
        let before = config.keys().take_while(|key| *key != "activity_regularizer").last().cloned();
        before.expect("keys before it")
    };
    assert_eq!(place(&LSTM::new(2).activity_regularizer("l2")), "dtype");
    assert_eq!(place(&Dense::new(2).activity_regularizer("l2")), "dtype");
    assert_eq!(place(&SimpleRNN::new(2).activity_regularizer("l2")), "bias_regularizer");
}

#[test]
fn weights_are_declared_in_keras_order() {
    for case in cases() {
        let got: Vec<(&str, Vec<usize>, bool)> = case
            .weights
            .iter()
            .filter(|w| !w.transient)
            .map(|w| (w.name.as_str(), w.shape.clone(), w.trainable && case.layer.base().trainable))
            .collect();
        let want: Vec<(&str, Vec<usize>, bool)> = list(&case.json["weights"])
            .iter()
            .map(|w| {
                // A weight of a layer within has a path within: `query/kernel`.
                let (_, name) =
                    text(w, "path").split_once('/').expect("the path begins with the layer's name");
                (name, shape(&w["value"]), w["trainable"] == true)
            })
            .collect();
        assert_eq!(got, want, "{}", case.what());
        let count: usize =
            case.weights.iter().filter(|w| !w.transient).map(|w| w.shape.iter().product::<usize>()).sum();
        assert_eq!(count as f64, number(&case.json["count_params"]), "{}", case.what());
    }
}

fn assert_as_keras(case: &Case, engine: Engine) {
    let what = format!("{} ({engine:?})", case.what());
    let found = case.run(engine);
    let json = &case.json;
    let check = |name: String, want: &Value| {
        if !want.is_null() {
            let got = found.get(&name).unwrap_or_else(|| panic!("no {name} of {what}"));
            assert_close(&format!("{name} of {what}"), got, &tensor(want), case.tolerance());
        }
    };
    for kind in ["outputs", "dx", "dtensors"] {
        let name = match kind {
            "outputs" => "y",
            "dtensors" => "dtensor",
            other => other,
        };
        list(&json[kind]).iter().enumerate().for_each(|(at, want)| check(format!("{name}{at}"), want));
    }
    for (at, want) in list(&json["output_masks"]).iter().enumerate() {
        let (got, want) = (found.get(&format!("mask{at}")), optional_tensor(want));
        assert_eq!(got.map(Tensor::to_vec::<f64>), want.map(|mask| mask.to_vec()), "mask {at} of {what}");
    }
    let trained = case.weights.iter().filter(|weight| weight.trainable && case.layer.base().trainable);
    for (weight, want) in trained.zip(list(&json["dweights"])) {
        check(format!("d{}", weight.name), want);
    }
    let kept = case.weights.iter().filter(|weight| !weight.transient);
    for (weight, want) in kept.zip(list(&json["weights_after"])) {
        check(format!("{} after", weight.name), want);
    }
    let losses: Vec<f64> = (0..).map_while(|at| found.get(&format!("loss{at}"))?.item()).collect();
    assert_close_values(&format!("losses of {what}"), &losses, &numbers(&json["losses"]), 1e-5);
}

#[test]
fn the_reference_computes_what_keras_computes() {
    cases().iter().for_each(|case| assert_as_keras(case, Engine::Reference));
}

#[test]
fn plans_compute_what_keras_computes() {
    cases().iter().for_each(|case| assert_as_keras(case, Engine::Plan));
}

#[test]
fn a_layer_from_its_config_computes_the_same() {
    for case in cases() {
        let again = <dyn Layer>::from_json(&Family::to_json(case.layer.as_ref())).unwrap();
        let first = case.run(Engine::Reference);
        assert_eq!(Case { layer: again, ..case }.run(Engine::Reference), first);
    }
}

#[test]
fn output_shapes_follow_from_calls_with_unknown_axes() {
    for case in cases() {
        let b = Builder::new();
        let unknown = |axis: usize| axis == 0 || list(&case.json["unknown"]).contains(&axis.into());
        let open = |(at, x): (usize, &Tensor)| {
            let dims = x.shape().iter().enumerate().map(|(axis, length)| (!unknown(axis)).then_some(*length));
            b.input(format!("x{at}"), dims.collect::<Vec<Dim>>(), x.dtype())
        };
        let inputs: Vec<Var<'_>> = case.inputs.iter().enumerate().map(open).collect();
        let value =
            |weight: &cornu::layers::Weight| b.input(weight.name.clone(), weight.shape.clone(), DType::F32);
        let values: Vec<Var<'_>> = case.weights.iter().map(value).collect();
        let called = case.call(&inputs, &values, false);
        let got: Vec<Vec<Dim>> = called.outputs.iter().map(|y| y.shape().dims().to_vec()).collect();
        let want: Vec<Vec<Dim>> = list(&case.json["output_shapes"]).iter().map(dims).collect();
        // A state that lasts from batch to batch tells how many rows they have.
        if case.json["config"]["stateful"] != true {
            assert_eq!(got, want, "{}", case.what());
        }
    }
}

/// Input -> layer -> Flatten -> Dense(1), as the fixture's `fit` trains it.
fn fitted(case: &Case, fit: &Value) -> Result<(Vec<f64>, Vec<Tensor>)> {
    // Integers are fed as the numbers they are.
    let x = list(&fit["x"]).iter().map(|x| tensor(x).cast(DType::F32));
    let x: Vec<(String, Tensor)> = x.enumerate().map(|(at, x)| (format!("x{at}"), x)).collect();
    let inputs: Vec<KerasTensor> =
        x.iter().map(|(name, x)| Input::new(x.shape()[1..].to_vec()).name(name).tensor()).collect();
    let arguments = object(&case.json, "arguments").into_iter();
    let called =
        arguments.fold(Called::new(inputs.clone()), |called, (name, value)| called.argument(name, value));
    let y = Dense::new(1).on(Flatten::new().on(case.layer.boxed().on(called)));
    let mut model = Model::new(inputs, y)?;
    model.compile(Compile::new().optimizer(SGD::new(0.05)).loss("mse"))?;
    model.set_weights(&list(&fit["initial"]).iter().map(tensor).collect::<Vec<_>>())?;
    let arguments = Fit::new().batch_size(4).epochs(2).shuffle(false).verbose(0);
    let history = model.fit(x.as_slice(), &tensor(&fit["y"]), arguments)?;
    Ok((history.get("loss").unwrap_or_default().to_vec(), model.get_weights()?))
}

#[test]
fn two_epochs_of_training_end_where_keras_ends() {
    for case in cases() {
        let fit = &case.json["fit"];
        if fit.is_null() {
            continue;
        }
        let what = format!("fit of {}", case.what());
        let (loss, weights) = fitted(&case, fit).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_close_values(&format!("{what}: the loss"), &loss, &numbers(&fit["loss"]), 3e-3);
        let want = list(&fit["weights"]);
        assert_eq!(weights.len(), want.len(), "{what}: the number of weights");
        for (at, (got, want)) in weights.iter().zip(want).enumerate() {
            assert_close(&format!("{what}: weight {at}"), got, &tensor(want), 2e-3);
        }
    }
}

#[test]
fn what_keras_refuses_is_refused() {
    for family in families() {
        for case in list(&family["refused"]) {
            let attempt = || -> Result<()> {
                let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config"))?;
                let shapes: Vec<Shape> =
                    list(&case["shapes"]).iter().map(|shape| dims(shape).into()).collect();
                let weights = alone::weights(layer.as_ref(), &shapes)?;
                let b = Builder::new();
                let input = |(at, shape): (usize, &Shape)| b.input(at.to_string(), shape.clone(), DType::F32);
                let inputs: Vec<Var<'_>> = shapes.iter().enumerate().map(input).collect();
                let values: Vec<Var<'_>> =
                    weights.iter().map(|w| b.input(w.name.clone(), w.shape.clone(), DType::F32)).collect();
                alone::call(layer.as_ref(), &weights, &inputs, &values, None).map(|_| ())
            };
            let what = format!("{} {} on {}", case["class"], case["config"], case["shapes"]);
            assert!(attempt().is_err(), "{what} is taken, but Keras says: {}", case["error"]);
        }
    }
}

#[test]
fn dropout_keeps_what_keras_keeps() {
    let fixture = fixture("layers/regularization.json");
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

#[test]
fn noise_is_distributed_as_in_keras() {
    for case in list(&fixture("layers/regularization.json")["noise_statistics"]) {
        let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config")).unwrap();
        let shape: Vec<usize> = dims(&case["shape"]).into_iter().flatten().collect();
        let b = Builder::new();
        let x = b.constant(Tensor::full(shape.clone(), number(&case["x"]) as f32));
        let seed = b.constant(Tensor::from([5i64, 1]));
        let y = alone::call(layer.as_ref(), &[], &[x], &[], Some(seed)).unwrap().outputs[0];
        let together: Vec<isize> = numbers(&case["together"]).into_iter().map(|axis| axis as isize).collect();
        b.output("y", y);
        b.output(
            "apart",
            (y.max(&together, false) - y.min(&together, false)).reshape([None]).max(&[0], false),
        );
        let found = evaluate(&b.finish().unwrap(), &HashMap::new(), &HashMap::new()).unwrap().outputs;
        let what = case["config"].to_string();
        if !together.is_empty() {
            assert_eq!(found["apart"].data, [0.0], "{what}: what is dropped together is equal");
        }
        let y = &found["y"].data;
        let n = y.len() as f64;
        let mean = y.iter().sum::<f64>() / n;
        let deviation = (y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n).sqrt();
        let alike: usize = together.iter().map(|axis| shape[*axis as usize]).product();
        // Five standard deviations of the mean that both draw.
        let spread = 10.0 * number(&case["std"]) / (n / alike as f64).sqrt();
        assert!((mean - number(&case["mean"])).abs() < spread, "{what}: the mean is {mean}");
        assert!(
            (deviation / number(&case["std"]) - 1.0).abs() < 0.05,
            "{what}: the deviation is {deviation}"
        );
        if number(&case["share_of_smallest"]) > 0.1 {
            let smallest = y.iter().copied().fold(f64::INFINITY, f64::min);
            assert_close_values(&what, &[smallest], &[number(&case["smallest"])], 1e-5);
        }
    }
}

/// A sum in which each element counts otherwise.
fn weigh(y: Var<'_>) -> Var<'_> {
    let shape = y.shape().to_known().expect("a known shape");
    let count: usize = shape.iter().product();
    // Numbers without a pattern that a formula could hide in.
    let weights = (0..count).map(|at| (at as f64 * 1.618 + 0.7).sin() * 1.3 + 0.1);
    let weights = Tensor::new(weights.collect::<Vec<_>>(), shape).expect("the numbers fill the shape");
    (y * y.builder().constant(weights.cast(y.dtype()))).sum_all()
}

#[test]
fn gradients_are_those_of_differences() {
    // Each element moves twice, each move computes the whole graph: large cases have nothing to add.
    const LARGEST: usize = 40;
    let mut checked = BTreeSet::new();
    for case in cases() {
        let all: Vec<Tensor> = case.inputs.iter().chain(&case.values).cloned().collect();
        let elements: usize = all.iter().map(|tensor| tensor.shape().iter().product::<usize>()).sum();
        let floating = case.json["dy"].as_array().is_some_and(|dy| dy.iter().any(|dy| !dy.is_null()));
        // An embedding's inputs are indices, whatever their type.
        let smooth = floating && case.layer.class_name() != "Embedding";
        if case.json["kinks"] == true || !smooth || elements > LARGEST {
            continue;
        }
        for training in [false, true] {
            let error = gradient_error(&all, |of| {
                let (inputs, values) = of.split_at(case.inputs.len());
                let called = case.call(inputs, values, training);
                let floats = called.outputs.into_iter().filter(|y| y.dtype().is_float());
                floats.map(weigh).chain(called.losses).reduce(|a, b| a + b).expect("a result")
            });
            let error = error.unwrap_or_else(|error| panic!("{}: {error}", case.what()));
            assert!(error < 1e-5, "{} differentiated in training={training}: {error:e}", case.what());
        }
        checked.insert(case.layer.class_name().to_owned());
    }
    let smooth = |case: &Case| {
        // The vectors of the power method pass no gradient on: differences see another function. Bins have none.
        let other =
            ["Embedding", "Discretization", "SpectralNormalization"].contains(&case.layer.class_name());
        list(&case.json["dy"]).iter().any(|dy| !dy.is_null()) && !other
    };
    let wanted: BTreeSet<String> =
        cases().iter().filter(|case| smooth(case)).map(|case| case.layer.class_name().to_owned()).collect();
    assert_eq!(&wanted - &checked, BTreeSet::new(), "these have no small case");
}

#[test]
fn every_layer_of_the_table_has_cases() {
    let known: BTreeSet<&str> = <dyn Layer>::table().iter().map(|entry| entry.class_name).collect();
    let cases = cases();
    // Layers that work on data are compared in `preprocessing`.
    let on_data = fixture("preprocessing.json");
    let on_data = list(&on_data["cases"]).iter().map(|case| text(case, "class"));
    let compared: BTreeSet<&str> =
        cases.iter().map(|case| case.layer.class_name()).chain(["InputLayer"]).chain(on_data).collect();
    assert_eq!(&known - &compared, BTreeSet::new());
}

#[test]
fn a_layer_called_on_nothing_says_so() {
    let error: Error = alone::call(&Dropout::new(0.5).name("drop"), &[], &[], &[], None).unwrap_err();
    assert_eq!(error.to_string(), "layer `drop` (Dropout, rate=0.5) is called on nothing");
}
