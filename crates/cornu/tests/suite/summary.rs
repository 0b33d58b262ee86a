//! `summary()` against the text the real Keras prints.

use crate::common::{cases, fixture, number, text};
use cornu::layers::{Activation, BatchNormalization, Dense, Dropout, Flatten, Input, Reshape};
use cornu::optimizers::{Adam, Optimizer, RMSprop, SGD};
use cornu::registry::Handle;
use cornu::{Compile, Fit, Model, Sequential, Tensor};
use serde_json::{Value, json};

fn compiled(optimizer: impl Into<Handle<dyn Optimizer>>) -> Model {
    let mut model = Sequential::new()
        .name("compiled")
        .add(Input::new([4]))
        .add(Dense::new(3))
        .add(BatchNormalization::new())
        .add(Dense::new(2))
        .into_model();
    model.compile(Compile::new().optimizer(optimizer).loss("mse")).unwrap();
    model
}

fn trained(mut model: Model) -> Model {
    let (x, y) = (Tensor::full([4, 4], 0.0f32), Tensor::full([4, 2], 0.0f32));
    model.fit(&x, &y, Fit::new().verbose(0)).unwrap();
    model
}

/// A functional model in Keras' JSON.
fn functional() -> String {
    let layer = |class: &str, name: &str, config: Value, reads: Option<&str>| {
        let tensor = |name| json!({"class_name": "__keras_tensor__", "config": {"shape": [null], "dtype": "float32", "keras_history": [name, 0, 0]}});
        let nodes: Vec<Value> =
            reads.iter().map(|name| json!({"args": [tensor(name)], "kwargs": {}})).collect();
        json!({"class_name": class, "config": config, "name": name, "inbound_nodes": nodes})
    };
    let layers = [
        layer("InputLayer", "features", json!({"batch_shape": [null, 8], "name": "features"}), None),
        layer("Dense", "hidden", json!({"name": "hidden", "units": 30}), Some("features")),
        layer(
            "BatchNormalization",
            "batch_normalization",
            json!({"name": "batch_normalization"}),
            Some("hidden"),
        ),
        layer("Dense", "dense", json!({"name": "dense", "units": 1}), Some("batch_normalization")),
    ];
    let ends = json!({"name": "regressor", "layers": layers, "input_layers": ["features", 0, 0], "output_layers": ["dense", 0, 0]});
    json!({"class_name": "Functional", "config": ends}).to_string()
}

/// The models of `oracle/cornu_oracle/summary.py`.
fn model(name: &str) -> Model {
    let model = match name {
        "mlp" => Sequential::new()
            .add(Input::new([784]))
            .add(Dense::new(256).activation("relu"))
            .add(Dense::new(128).activation("relu"))
            .add(Dense::new(10).activation("softmax")),
        "everything" => Sequential::new()
            .name("everything")
            .add(Input::new([28, 28]))
            .add(Flatten::new())
            .add(Dense::new(300).use_bias(false))
            .add(BatchNormalization::new())
            .add(Activation::new("relu"))
            .add(Dropout::new(0.5))
            .add(Reshape::new([30, 10]))
            .add(Dense::new(4)),
        "unbuilt" => Sequential::new()
            .add(Dense::new(10).activation("relu"))
            .add(BatchNormalization::new())
            .add(Dense::new(1)),
        "empty" => Sequential::new(),
        "input_only" => Sequential::new().add(Input::new([3])),
        "compiled" => return compiled(Adam::default()),
        "trained_adam" => return trained(compiled(Adam::default())),
        "trained_sgd" => return trained(compiled(SGD::default())),
        "trained_rmsprop_frozen" => {
            let mut model = compiled(RMSprop::default());
            model.set_layer_trainable("dense", false).unwrap();
            return trained(model);
        }
        "frozen" => Sequential::new()
            .add(Input::new([4]))
            .add(Dense::new(3).name("kept").trainable(false))
            .add(BatchNormalization::new())
            .add(Dense::new(2).name("free")),
        "all_frozen" => {
            let layers = Sequential::new().add(Input::new([4])).add(Dense::new(3)).add(Dense::new(2));
            let mut model = layers.into_model();
            model.set_trainable(false).unwrap();
            return model;
        }
        "functional" => return Model::from_json(&functional()).unwrap(),
        "long_names" => Sequential::new()
            .name("a_model_with_a_long_name_that_goes_on_and_on")
            .add(Input::new([None, Some(16)]))
            .add(Dense::new(2000).name("a_layer_whose_name_is_so_long_that_no_column_can_hold_it"))
            .add(BatchNormalization::new().name("another_rather_long_name_for_normalization"))
            .add(Dense::new(1000)),
        "batch_size" => Sequential::new().add(Input::batch([8, 3])).add(Dense::new(2)),
        "big" => Sequential::new()
            .add(Input::new([4096]))
            .add(Dense::new(8192).kernel_initializer("zeros"))
            .add(Dense::new(8192).kernel_initializer("zeros"))
            .add(Dense::new(3)),
        other => panic!("no model `{other}`"),
    };
    model.into_model()
}

#[test]
fn the_table_is_that_of_keras() {
    // Cornu has no words for columns elsewhere and for a part of the layers.
    let said = |case: &Value| case["args"]["positions"].is_null() && case["args"]["layer_range"].is_null();
    for case in cases("summary.json").into_iter().filter(said) {
        let (name, args) = (text(&case, "model"), &case["args"]);
        let mut summary = model(name).summary().console_width(number(&case["console_width"]) as usize);
        for (argument, value) in args.as_object().expect("arguments by name") {
            summary = match argument.as_str() {
                "line_length" => summary.line_length(number(value) as usize),
                "show_trainable" => summary.show_trainable(value == true),
                other => panic!("no argument `{other}`"),
            };
        }
        let got = summary.to_string();
        let got: Vec<&str> = got.split('\n').collect();
        let want: Vec<&str> = case["lines"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(got == want, "{name} {args}:\n{}\ninstead of\n{}", got.join("\n"), want.join("\n"));
    }
}

#[test]
fn the_default_is_what_keras_prints_without_a_terminal() {
    let want = fixture("summary.json")["stdout_without_terminal"].take();
    let want: Vec<&str> = want.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(model("mlp").summary().to_string().trim_end(), want.join("\n").trim_end());
}
