//! Activations against the real Keras: values, gradients, names, JSON.

use crate::common;
use crate::common::{Engine, assert_close, cases, fixture, object, outputs, tensor, text};
use cornu::activations::{self, *};
use cornu::graph::{Builder, Op, Unary};
use cornu::registry::{Argument, Family, Handle};
use cornu::{DType, Tensor};
use cornu_engine::grad::gradients_from;
use serde_json::{Value, json};

#[test]
fn values_and_gradients_are_those_of_keras() {
    for case in cases("activations.json").iter().filter(|case| case["name"] != "sparsemax") {
        let what = format!("{} {}", text(case, "name"), case["args"]);
        let entry = <dyn Activation>::entry(text(case, "name")).unwrap();
        let activation = entry.create(object(case, "args")).unwrap();
        let (x, dy) = (tensor(&case["x"]), tensor(&case["dy"]));
        // Where arguments are large, what single precision loses is part of Keras' answer.
        let large = x.to_vec::<f64>().iter().any(|value| value.abs() > 100.0);
        let engines = if large { &[Engine::Plan][..] } else { &[Engine::Plan, Engine::Reference] };
        for &engine in engines {
            let found = outputs(engine, &[&x, &dy], |_, inputs| {
                let y = activation.call(inputs[0]);
                let dx = gradients_from(y, inputs[1], &inputs[..1]).unwrap();
                vec![y, dx[0]]
            });
            assert_close(&format!("{engine:?}: {what}"), &found[0], &tensor(&case["y"]), 1e-5);
            assert_close(&format!("{engine:?}: gradient of {what}"), &found[1], &tensor(&case["dx"]), 1e-5);
        }
    }
}

/// Keras 3.15.1 adds up all partial sums of the support where its threshold needs the last one alone, so that
/// it is right only where that is the same: where its answer sums to 1. Ours is the projection of the paper.
#[test]
fn sparsemax_is_that_of_the_paper() {
    let (mut agreeing, mut rows) = (0, 0);
    for case in cases("activations.json").iter().filter(|case| case["name"] == "sparsemax") {
        let (x, keras) = (tensor(&case["x"]), tensor(&case["y"]));
        if case["args"] != json!({}) {
            continue;
        }
        let width = x.shape()[x.rank() - 1];
        let (x, ours) = (x.to_vec::<f64>(), Sparsemax::new().evaluate(&x).unwrap().to_vec::<f64>());
        let keras = keras.to_vec::<f64>();
        for ((x, ours), keras) in x.chunks(width).zip(ours.chunks(width)).zip(keras.chunks(width)) {
            rows += 1;
            assert!((ours.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{ours:?}");
            // What is above 0 lies one and the same step below `x`; no other `x` is greater than that step.
            let step = x.iter().zip(ours).map(|(x, y)| x - y).fold(f64::MIN, f64::max);
            for (x, y) in x.iter().zip(ours) {
                assert!((y - (x - step).max(0.0)).abs() < 1e-5, "{y} from {x}");
            }
            if (keras.iter().sum::<f64>() - 1.0).abs() < 1e-5 {
                agreeing += 1;
                common::assert_close_values("sparsemax", ours, keras, 1e-5);
            }
        }
    }
    assert!(agreeing >= 3 && agreeing < rows, "{agreeing} of {rows} rows agree");
}

#[test]
fn every_name_of_keras_finds_its_function() {
    let fixture = fixture("activations.json");
    for (alias, function) in fixture["aliases"].as_object().unwrap() {
        assert_eq!(<dyn Activation>::entry(alias).unwrap().class_name, function, "{alias}");
    }
    let functions = fixture["aliases"].as_object().unwrap().values();
    let functions: std::collections::BTreeSet<_> = functions.filter_map(Value::as_str).collect();
    let ours = <dyn Activation>::table().iter().map(|entry| entry.class_name).collect();
    assert_eq!(functions, ours);
}

#[test]
fn losses_and_graphs_can_recognise_them() {
    let b = Builder::new();
    let x = b.input("x", [2, 3], DType::F32);
    assert_eq!(Softmax::new().call(x).op(), Op::Softmax);
    assert_eq!(Sigmoid::new().call(x).op(), Op::Unary(Unary::Sigmoid));
    assert_eq!(Relu::new().call(x).op(), Op::Unary(Unary::Relu));
    assert_eq!(Linear::new().call(x).id(), x.id());
}

/// What the handle writes, after making sure that it is read back as the same.
#[track_caller]
fn written(activation: impl Into<Handle<dyn Activation>>) -> Value {
    let handle = activation.into();
    let json = handle.to_json();
    assert_eq!(Handle::from_json(&json).unwrap(), handle, "{json}");
    json
}

#[test]
fn arguments_are_written_as_keras_layers() {
    assert_eq!(written(Relu::new()), json!("relu"));
    assert_eq!(written(Softmax::new().axis(-1)), json!("softmax"));
    assert_eq!(written("hard_swish"), json!("hard_silu"));
    let layer = |class: &str, config: Value| json!({"module": "keras.layers", "class_name": class, "config": config, "registered_name": null});
    let relu = Relu::new().max_value(3.0).threshold(0.5);
    assert_eq!(
        written(relu),
        layer("ReLU", json!({"max_value": 3.0, "negative_slope": 0.0, "threshold": 0.5}))
    );
    assert_eq!(
        written(LeakyRelu::new().negative_slope(0.1)),
        layer("LeakyReLU", json!({"negative_slope": 0.1}))
    );
    assert_eq!(written(Elu::new().alpha(0.5)), layer("ELU", json!({"alpha": 0.5})));
    assert_eq!(written(Softmax::new().axis(1)), layer("Softmax", json!({"axis": 1})));
}

#[test]
fn arguments_keras_has_no_words_for_are_reported_not_dropped() {
    let gelu: Handle<dyn Activation> = Gelu::new().approximate(true).into();
    assert_eq!(
        gelu.get().unwrap().check_serializable().unwrap_err().to_string(),
        "activation `gelu`: Keras' files cannot hold its arguments {\"approximate\":true}; a model that is to be \
         saved needs the defaults"
    );
    // Cornu itself reads it back; Keras refuses the module.
    assert_eq!(written(gelu.clone())["module"], "cornu.activations");
    let shifted: Handle<dyn Activation> = Relu::new().threshold(-1.0).into();
    assert!(
        shifted.get().unwrap().check_serializable().is_err(),
        "Keras' layer refuses a negative threshold"
    );
    assert!(Family::check_serializable(&Threshold::new(1.0, 0.0) as &dyn Activation).is_err());
    for entry in <dyn Activation>::table().iter().filter(|entry| entry.class_name != "threshold") {
        activations::get(entry.class_name).unwrap().check_serializable().unwrap();
    }
}

#[test]
fn keras_own_layers_and_functions_are_read() {
    let read = |json: Value| Handle::<dyn Activation>::from_json(&json).unwrap();
    let dtype = json!({"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null});
    let relu = json!({"module": "keras.layers", "class_name": "ReLU", "registered_name": null, "config":
        {"name": "re_lu", "trainable": true, "dtype": dtype, "max_value": 3.0, "negative_slope": 0.0, "threshold": 0.0}});
    assert_eq!(read(relu.clone()), Relu::new().max_value(3.0).into());
    let nested = json!({"class_name": "Activation", "config": {"name": "activation", "activation": relu}});
    assert_eq!(read(nested), Relu::new().max_value(3.0).into());
    let function = json!({"module": "builtins", "class_name": "function", "config": "swish", "registered_name": "function"});
    assert_eq!(read(function), Silu::new().into());
    assert_eq!(
        read(json!({"class_name": "LeakyReLU", "config": {}})),
        LeakyRelu::new().negative_slope(0.3).into()
    );
    let keras2 = json!({"class_name": "LeakyReLU", "config": {"name": "a", "trainable": true, "alpha": 0.1}});
    assert_eq!(read(keras2), LeakyRelu::new().negative_slope(0.1).into());
    assert_eq!(
        read(json!({"class_name": "Softmax", "config": {"axis": [1]}})),
        Softmax::new().axis(1).into()
    );
}

#[test]
fn misfits_say_where_and_what() {
    let message = |json: Value| Handle::<dyn Activation>::from_json(&json).unwrap_err();
    insta::assert_snapshot!(message(json!("sofmax")), @"unknown activation `sofmax`; did you mean `softmax`?");
    insta::assert_snapshot!(message(json!("threshold")), @"activation `threshold`: needs `threshold`, which has no default");
    insta::assert_snapshot!(message(json!({"class_name": "ReLU", "config": {"max_valeu": 3.0}})), @"activation `relu`: has no argument `max_valeu`; did you mean `max_value`? its arguments are max_value, negative_slope, threshold");
    insta::assert_snapshot!(message(json!({"class_name": "ELU", "config": {"alpha": "1"}})), @r#"activation `elu`: `alpha`: wants a number, got "1""#);
    insta::assert_snapshot!(message(json!({"class_name": "Softmax", "config": {"axis": [0, 1]}})), @"activation `softmax`: `axis`: wants an integer, got [0,1]");
    insta::assert_snapshot!(message(json!({"class_name": "tanh", "config": {"alpha": 1}})), @"activation `tanh`: takes no arguments, got `alpha`");
    insta::assert_snapshot!(message(json!({"class_name": "Activation", "config": {}})), @"layer `Activation`: has no `activation` in its config");
    insta::assert_snapshot!(message(json!(3)), @"activation: wants a name or an object with `class_name` and `config`, got 3");
    let x = Tensor::from([[1.0f32, 2.0, 3.0]]);
    insta::assert_snapshot!(Glu::new().evaluate(&x).unwrap_err(), @"glu: wants axis -1 of even length to halve, got (1, 3)");
    insta::assert_snapshot!(Softmax::new().axis(2).evaluate(&x).unwrap_err(), @"softmax: (1, 3) has no axis 2");
}
