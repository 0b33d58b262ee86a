//! What Cornu says to common mistakes: the layer, the axis, what was wanted, what came, the user's line.

use cornu::layers::{BatchNormalization, Dense, Dropout, Flatten, Input, Reshape};
use cornu::optimizers::SGD;
use cornu::regularizers::L2;
use cornu::utils::to_categorical;
use cornu::{Compile, Error, Evaluate, Fit, Model, Predict, Result, Sequential, Tensor};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// The message of an error, with the text of the line it points to instead of the line's number.
fn said<T>(result: Result<T>) -> String {
    let message = result.err().expect("an error").to_string();
    let Some((before, place)) = message.split_once(concat!(file!(), ":")) else { return message };
    let (line, column) = place.split_once(':').expect("a line and a column");
    assert!(column.parse::<usize>().is_ok(), "{message}");
    let line: usize = line.parse().expect("the number of a line");
    let text = include_str!("messages.rs").lines().nth(line - 1).expect("a line of this file");
    format!("{before}FILE: {}", text.trim())
}

/// A compiled classifier of three classes.
fn classifier(loss: &str) -> Model {
    let mut model = Sequential::new()
        .add(Input::new([4]))
        .add(Dense::new(8).activation("relu"))
        .add(Dense::new(3).activation("softmax"))
        .into_model();
    model.compile(Compile::new().loss(loss).metrics(["accuracy"])).unwrap();
    model
}

fn floats(shape: &[usize]) -> Tensor {
    Tensor::full(shape, 0.5f32)
}

fn labels(values: &[i64]) -> Tensor {
    Tensor::new(values, [values.len()]).unwrap()
}

fn quiet<'a>() -> Fit<'a> {
    Fit::new().verbose(0)
}

fn fitted(x: &Tensor, y: &Tensor, fit: Fit<'_>) -> Result<()> {
    classifier("sparse_categorical_crossentropy").fit(x, y, fit).map(drop)
}

/// Builds a model, which is when it reports what is wrong with it.
fn built(model: Sequential) -> Result<usize> {
    model.count_params()
}

#[test]
fn data_of_another_shape() {
    let mut model = classifier("mse");
    let mut predict = |shape: &[usize]| said(model.predict(&floats(shape), Predict::new()));
    assert_snapshot!(predict(&[2, 5]), @"");
    assert_snapshot!(predict(&[4]), @"");
    assert_snapshot!(predict(&[6, 2, 2]), @"");
    assert_snapshot!(predict(&[6, 2, 3]), @"");
    assert_snapshot!(said(fitted(&floats(&[2, 5]), &labels(&[0, 1]), quiet())), @"");

    let mut image = Sequential::new().add(Input::new([28, 28])).add(Flatten::new());
    assert_snapshot!(said(image.predict(&floats(&[2, 27, 28]), Predict::new())), @"");
    assert_snapshot!(said(image.predict(&floats(&[2, 784]), Predict::new())), @"");
    assert_snapshot!(said(image.predict([&floats(&[1, 28, 28]), &floats(&[1])], Predict::new())), @"");

    let mut by_data = Sequential::new().add(Dense::new(3));
    by_data.predict(&floats(&[2, 4]), Predict::new()).unwrap();
    assert_snapshot!(said(by_data.predict(&floats(&[2, 5]), Predict::new())), @"");
    assert_snapshot!(said(by_data.build([None, Some(5)])), @"");
}

#[test]
fn layers_that_do_not_suit_each_other() {
    let wrong = Sequential::new().add(Input::new([5])).add(Reshape::new([2, 3]));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([3])).add(BatchNormalization::new().axis(2));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([None])).add(Dense::new(2));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::batch([None])).add(Dense::new(2));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong =
        Sequential::new().add(Input::new([4, 2])).add(Dropout::new(0.5).noise_shape([None, Some(3), None]));
    assert_snapshot!(said(built(wrong)), @"");
    assert_snapshot!(said(Model::from_json(&shared_layer())), @"");
}

#[test]
fn functional_models_that_hang_in_the_air() {
    let with_ends = |inputs: Value, outputs: Value| {
        let layers = [
            json!({"class_name": "InputLayer", "name": "a", "config": {"batch_shape": [null, 3], "name": "a"}, "inbound_nodes": []}),
            json!({"class_name": "Dense", "name": "b", "config": {"units": 2, "name": "b"}, "inbound_nodes": [
                {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["a", 0, 0]}}], "kwargs": {}}
            ]}),
        ];
        let config = json!({"name": "m", "layers": layers, "input_layers": inputs, "output_layers": outputs});
        said(Model::from_json(&json!({"class_name": "Functional", "config": config}).to_string()))
    };
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["b", 0, 7])), @"");
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["b", 3, 0])), @"");
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["c", 0, 0])), @"");
    assert_snapshot!(with_ends(json!(["b", 0, 0]), json!(["b", 0, 0])), @"");
    assert_snapshot!(with_ends(json!([]), json!(["b", 0, 0])), @"");
}

/// A functional model whose `dense_1` is called on 64 features and on 32.
fn shared_layer() -> String {
    let reads = |name: &str| json!({"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null], "dtype": "float32", "keras_history": [name, 0, 0]}}], "kwargs": {}});
    let layer = |class: &str, config: Value, nodes: Vec<Value>| json!({"class_name": class, "name": config["name"], "config": config, "inbound_nodes": nodes});
    let layers = [
        layer("InputLayer", json!({"batch_shape": [null, 64], "name": "wide"}), vec![]),
        layer("InputLayer", json!({"batch_shape": [null, 4, 8], "name": "image"}), vec![]),
        layer("Flatten", json!({"name": "flatten"}), vec![reads("image")]),
        layer("Dense", json!({"name": "dense_1", "units": 10}), vec![reads("wide"), reads("flatten")]),
    ];
    let config = json!({"name": "shared", "layers": layers, "input_layers": [["wide", 0, 0], ["image", 0, 0]], "output_layers": ["dense_1", 1, 0]});
    json!({"class_name": "Functional", "config": config}).to_string()
}

#[test]
fn element_types() {
    // Whatever counts is taken for single precision, as in Keras.
    let mut model = classifier("mse");
    let wanted = model.predict(&Tensor::from([[0.0f32, 1.0, 1.0, 0.0]]), Predict::new()).unwrap();
    for x in [
        Tensor::from([[0i64, 1, 1, 0]]),
        Tensor::from([[0u8, 1, 1, 0]]),
        Tensor::from([[false, true, true, false]]),
        Tensor::from([[0.0f64, 1.0, 1.0, 0.0]]),
    ] {
        assert_eq!(model.predict(&x, Predict::new()).unwrap(), wanted, "{}", x.dtype());
    }
    let whole = json!({"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "int32", "name": "ids"}}]}});
    assert_snapshot!(said(Model::from_json(&whole.to_string())), @"");
    assert_snapshot!(said(wanted.as_slice::<i32>().map_err(Error::from)), @"");
}

#[test]
fn labels_outside_the_classes() {
    let x = floats(&[3, 4]);
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1, 3]), quiet())), @"");
    assert_snapshot!(said(fitted(&x, &labels(&[0, -1, 2]), quiet())), @"");
    assert_snapshot!(said(fitted(&x, &Tensor::from([0.0f32, 1.0, f32::NAN]), quiet())), @"");
    let (held_out, wrong) = (floats(&[2, 4]), labels(&[7, 0]));
    let fit = quiet().validation_data(&held_out, &wrong);
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1, 2]), fit)), @"");
}

#[test]
fn targets_of_another_shape() {
    let mut model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(256))
        .add(Dense::new(128))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().loss("categorical_crossentropy").metrics(["accuracy"])).unwrap();
    let y = to_categorical(&labels(&[1; 128]), Some(10)).unwrap();
    let twice = to_categorical(&y, Some(10)).unwrap();
    let message = said(model.fit(&floats(&[128, 784]), &twice, quiet()));
    assert_eq!(
        message,
        "loss `categorical_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None, 10, 10); was `to_categorical` applied twice?"
    );
    assert_eq!(said(model.evaluate(&floats(&[128, 784]), &twice, Evaluate::new().verbose(0))), message);
    assert_eq!(said(model.train_on_batch(&floats(&[128, 784]), &twice)), message);

    let x = floats(&[3, 4]);
    let categorical = |y: &Tensor| said(classifier("categorical_crossentropy").fit(&x, y, quiet()));
    assert_snapshot!(categorical(&labels(&[0, 1, 2])), @"");
    assert_snapshot!(categorical(&floats(&[3, 7])), @"");
    assert_snapshot!(said(fitted(&x, &floats(&[3, 3]), quiet())), @"");
    assert_snapshot!(said(classifier("mse").fit(&x, &floats(&[3, 2]), quiet())), @"");
}

#[test]
fn nan_where_validation_would_see_it() {
    let mut x = floats(&[10, 4]);
    x.as_mut_slice::<f32>().unwrap()[13] = f32::NAN;
    let (y, good) = (labels(&[0; 10]), floats(&[10, 4]));
    assert_snapshot!(said(fitted(&x, &y, quiet().validation_split(0.2))), @"");
    assert_snapshot!(said(fitted(&good, &y, quiet().validation_data(&x, &y))), @"");
    let targets = Tensor::full([10, 3], f32::NAN);
    assert_snapshot!(said(classifier("mse").fit(&good, &targets, quiet().validation_split(0.5))), @"");
    // Without validation it is the user's own business, as in Keras.
    assert!(fitted(&x, &y, quiet()).is_ok());
}

#[test]
fn too_little_data() {
    let (x, y) = (floats(&[0, 4]), labels(&[]));
    assert_snapshot!(said(fitted(&x, &y, quiet())), @"");
    let mut model = classifier("sparse_categorical_crossentropy");
    assert_snapshot!(said(model.evaluate(&x, &y, Evaluate::new())), @"");
    assert_snapshot!(said(model.train_on_batch(&x, &y)), @"");
    assert_eq!(model.predict(&x, Predict::new()).unwrap().shape(), [0, 3]);

    // A batch larger than the data is one short batch, as in Keras.
    let (x, y) = (floats(&[5, 4]), labels(&[0, 1, 2, 1, 0]));
    model.fit(&x, &y, quiet().batch_size(128).epochs(2)).unwrap();
    assert_eq!(model.iterations().unwrap(), 2);
    assert!(model.evaluate(&x, &y, Evaluate::new().batch_size(128).verbose(0)).unwrap().loss().is_finite());
    assert_eq!(model.predict(&x, Predict::new().batch_size(128)).unwrap().shape(), [5, 3]);
}

#[test]
fn numbers_of_samples_that_differ() {
    let (x, y) = (floats(&[3, 4]), labels(&[0, 1, 2]));
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1]), quiet())), @"");
    assert_snapshot!(said(fitted(&x, &Tensor::scalar(1i64), quiet())), @"");
    let weight = floats(&[2]);
    assert_snapshot!(said(fitted(&x, &y, quiet().sample_weight(&weight))), @"");
    let held_out = floats(&[1, 4]);
    assert_snapshot!(said(fitted(&x, &y, quiet().validation_data(&held_out, &y))), @"");
    let weight = floats(&[3]);
    assert_snapshot!(said(fitted(&x, &y, quiet().sample_weight(&weight).class_weight([(0, 2.0)]))), @"");
}

#[test]
fn unknown_names() {
    let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));
    assert_snapshot!(said(dense(Dense::new(2).activation("rellu"))), @"");
    assert_snapshot!(said(dense(Dense::new(2).kernel_initializer("he_norml"))), @"");
    assert_snapshot!(said(dense(Dense::new(2).bias_regularizer("l3"))), @"");
    assert_snapshot!(said(dense(Dense::new(2).kernel_constraint("maxnorm"))), @"");
    assert_snapshot!(said(dense(Dense::new(2).kernel_regularizer(L2::new(-1.0)))), @"");
    let compile = |compile: Compile| said(Sequential::new().compile(compile));
    assert_snapshot!(compile(Compile::new().optimizer("adm")), @"");
    assert_snapshot!(compile(Compile::new().loss("categorical_crosentropy")), @"");
    assert_snapshot!(compile(Compile::new().loss("mse").metrics(["acuracy"])), @"");
    assert_snapshot!(compile(Compile::new().optimizer("qqqqqq")), @"");
    assert_snapshot!(compile(Compile::new().optimizer(SGD::new(0.1).clipnorm(1.0).clipvalue(1.0))), @"");
    assert_snapshot!(said(classifier("mse").get_layer("dense_2").map(drop)), @"");
}

#[test]
fn names_of_layers() {
    let wrong = Sequential::new()
        .add(Input::new([4]))
        .add(Dense::new(3).name("hidden"))
        .add(Dense::new(2).name("hidden"));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(3).name("a/b"));
    assert_snapshot!(said(built(wrong)), @"");
}

#[test]
fn steps_left_out() {
    let mut model = Sequential::new().add(Input::new([4])).add(Dense::new(3));
    let (x, y) = (floats(&[2, 4]), floats(&[2, 3]));
    assert_snapshot!(said(model.fit(&x, &y, quiet())), @"");
    assert_snapshot!(said(model.evaluate(&x, &y, Evaluate::new())), @"");
    model.compile(Compile::new()).unwrap();
    assert_snapshot!(said(model.fit(&x, &y, quiet())), @"");
    let mut unbuilt = Sequential::new().add(Dense::new(3));
    assert_snapshot!(said(unbuilt.get_weights()), @"");
    assert_snapshot!(said(unbuilt.set_weights(&[])), @"");
    assert_snapshot!(said(unbuilt.save("model.keras")), @"");
    assert_snapshot!(said(model.save("model.h5")), @"");
}

#[test]
fn arguments_out_of_range() {
    let (x, y) = (floats(&[3, 4]), labels(&[0, 1, 2]));
    let fit = |fit: Fit<'_>| said(fitted(&x, &y, fit));
    assert_snapshot!(fit(quiet().validation_split(1.5)), @"");
    assert_snapshot!(fit(quiet().validation_split(-0.1)), @"");
    assert_snapshot!(fit(quiet().validation_split(f64::NAN)), @"");
    assert_snapshot!(fit(quiet().validation_split(0.9)), @"");
    assert_snapshot!(fit(quiet().batch_size(0)), @"");
    assert_snapshot!(fit(quiet().validation_batch_size(0)), @"");
    let wrong = Sequential::new().add(Input::new([4])).add(Dropout::new(1.5));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(0));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([4])).add(BatchNormalization::new().momentum(2.0));
    assert_snapshot!(said(built(wrong)), @"");
    let wrong = Sequential::new().add(Input::new([4])).add(Reshape::new([-1, -1]));
    assert_snapshot!(said(built(wrong)), @"");
}

#[test]
fn weights_of_another_shape() {
    let mut model = classifier("mse");
    let mut weights = model.get_weights().unwrap();
    assert_snapshot!(said(model.set_weights(&weights[..1])), @"");
    assert_snapshot!(said(model.set_layer_weights("dense", &weights)), @"");
    assert_snapshot!(said(model.set_layer_weights("dense_1", &weights[..2])), @"");
    let before = weights.clone();
    weights[2] = floats(&[3, 8]);
    assert_snapshot!(said(model.set_weights(&weights)), @"");
    assert_eq!(model.get_weights().unwrap(), before, "nothing has changed");
}
