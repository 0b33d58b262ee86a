//! What Cornu says to common mistakes: the layer, the axis, what was wanted, what came, the user's line.

use cornu::layers::{
    BatchNormalization, Conv1D, Conv2D, Dense, Dropout, Flatten, Input, MaxPooling1D, Reshape,
};
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
    assert_snapshot!(predict(&[2, 5]), @"layer `input_layer` (InputLayer) expects axis -1 of its input to be 4, got (2, 5); added at FILE: .add(Input::new([4]))");
    assert_snapshot!(predict(&[4]), @"layer `input_layer` (InputLayer) expects an input of shape (None, 4), got (4,); a single sample needs a batch axis, as in (1, 4); added at FILE: .add(Input::new([4]))");
    assert_snapshot!(predict(&[6, 2, 2]), @"layer `input_layer` (InputLayer) expects an input of shape (None, 4), got (6, 2, 2); the data can be reshaped to (6, 4); added at FILE: .add(Input::new([4]))");
    assert_snapshot!(predict(&[6, 2, 3]), @"layer `input_layer` (InputLayer) expects an input of shape (None, 4), got (6, 2, 3); added at FILE: .add(Input::new([4]))");
    assert_snapshot!(said(fitted(&floats(&[2, 5]), &labels(&[0, 1]), quiet())), @"layer `input_layer` (InputLayer) expects axis -1 of its input to be 4, got (2, 5); added at FILE: .add(Input::new([4]))");

    let mut image = Sequential::new().add(Input::new([28, 28])).add(Flatten::new());
    assert_snapshot!(said(image.predict(&floats(&[2, 27, 28]), Predict::new())), @"layer `input_layer` (InputLayer) expects axis 1 of its input to be 28, got (2, 27, 28); added at FILE: let mut image = Sequential::new().add(Input::new([28, 28])).add(Flatten::new());");
    assert_snapshot!(said(image.predict(&floats(&[2, 784]), Predict::new())), @"layer `input_layer` (InputLayer) expects an input of shape (None, 28, 28), got (2, 784); the data can be reshaped to (2, 28, 28); added at FILE: let mut image = Sequential::new().add(Input::new([28, 28])).add(Flatten::new());");
    assert_snapshot!(said(image.predict([&floats(&[1, 28, 28]), &floats(&[1])], Predict::new())), @"model `sequential` wants a tensor for each of its inputs (`input_layer`), got 2");

    let mut by_data = Sequential::new().add(Dense::new(3));
    by_data.predict(&floats(&[2, 4]), Predict::new()).unwrap();
    assert_snapshot!(said(by_data.predict(&floats(&[2, 5]), Predict::new())), @"layer `dense` (Dense, units=3) expects axis -1 of its input to be 4, got (2, 5); added at FILE: let mut by_data = Sequential::new().add(Dense::new(3));");
    assert_snapshot!(said(by_data.build([None, Some(5)])), @"model `sequential` is built for inputs of shape (None, 4), got (None, 5)");
}

#[test]
fn layers_that_do_not_suit_each_other() {
    let wrong = Sequential::new().add(Input::new([5])).add(Reshape::new([2, 3]));
    assert_snapshot!(said(built(wrong)), @"layer `reshape` (Reshape, target_shape=[2,3]) cannot give its input (None, 5) (5 elements a sample) the shape [2, 3]; added at FILE: let wrong = Sequential::new().add(Input::new([5])).add(Reshape::new([2, 3]));");
    let wrong = Sequential::new().add(Input::new([3])).add(BatchNormalization::new().axis(2));
    assert_snapshot!(said(built(wrong)), @"layer `batch_normalization` (BatchNormalization, axis=2) has no axis 2 in its input (None, 3); added at FILE: let wrong = Sequential::new().add(Input::new([3])).add(BatchNormalization::new().axis(2));");
    let wrong = Sequential::new().add(Input::new([None])).add(Dense::new(2));
    assert_snapshot!(said(built(wrong)), @"layer `dense` (Dense, units=2) needs to know axis -1 of its input, got (None, None) from `input_layer`; added at FILE: let wrong = Sequential::new().add(Input::new([None])).add(Dense::new(2));");
    let wrong = Sequential::new().add(Input::batch([None])).add(Dense::new(2));
    assert_snapshot!(said(built(wrong)), @"layer `dense` (Dense, units=2) expects an input of at least 2 axes, got (None,); added at FILE: let wrong = Sequential::new().add(Input::batch([None])).add(Dense::new(2));");
    let wrong =
        Sequential::new().add(Input::new([4, 2])).add(Dropout::new(0.5).noise_shape([None, Some(3), None]));
    assert_snapshot!(said(built(wrong)), @"layer `dropout` (Dropout, rate=0.5) cannot repeat a mask of shape (None, 3, 2) over its input (None, 4, 2); added at FILE: Sequential::new().add(Input::new([4, 2])).add(Dropout::new(0.5).noise_shape([None, Some(3), None]));");
    let grey = Sequential::new().add(Input::new([28, 28])).add(Conv2D::new(8, 3));
    assert_snapshot!(said(built(grey)), @"layer `conv2d` (Conv2D, filters=8) expects an input of 4 axes, got (None, 28, 28); where there is one channel, the shape ends in 1, as in (None, 28, 28, 1); added at FILE: let grey = Sequential::new().add(Input::new([28, 28])).add(Conv2D::new(8, 3));");
    let small = Sequential::new().add(Input::new([3, 4, 1])).add(Conv2D::new(8, (3, 5)));
    assert_snapshot!(said(built(small)), @"layer `conv2d` (Conv2D, filters=8) has a kernel of 5 along axis 2 of its input, which is only 4 long in (None, 3, 4, 1); make it smaller, or set padding to same; added at FILE: let small = Sequential::new().add(Input::new([3, 4, 1])).add(Conv2D::new(8, (3, 5)));");
    let small = Sequential::new().add(Input::new([1, 4])).add(MaxPooling1D::new(2));
    assert_snapshot!(said(built(small)), @"layer `max_pooling1d` (MaxPooling1D, pool_size=[2]) has a pool of 2 along axis 1 of its input, which is only 1 long in (None, 1, 4); make it smaller, or set padding to same; added at FILE: let small = Sequential::new().add(Input::new([1, 4])).add(MaxPooling1D::new(2));");
    let groups = Sequential::new().add(Input::new([8, 3])).add(Conv1D::new(4, 3).groups(2));
    assert_snapshot!(said(built(groups)), @"layer `conv1d` (Conv1D, filters=4) cannot cut the 3 channels of its input (None, 8, 3) into 2 groups; added at FILE: let groups = Sequential::new().add(Input::new([8, 3])).add(Conv1D::new(4, 3).groups(2));");
    assert_snapshot!(said(Model::from_json(&shared_layer())), @"layer `dense_1` (Dense, units=10) expects axis -1 of its input to be 64, got (None, 32) from `flatten`");
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
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["b", 0, 7])), @"layer `b` (Dense, units=2) has no output number 7, which the model gives");
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["b", 3, 0])), @"config: layer `b` has no call 3");
    assert_snapshot!(with_ends(json!(["a", 0, 0]), json!(["c", 0, 0])), @"config: there is no layer `c`, which a call or an end of the model names");
    assert_snapshot!(with_ends(json!(["b", 0, 0]), json!(["b", 0, 0])), @"layer `b` (Dense, units=2) is no InputLayer, though the model has it as an input");
    assert_snapshot!(with_ends(json!([]), json!(["b", 0, 0])), @"a model needs at least one input and one output");
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
    let whole = json!({"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "float16", "name": "ids"}}]}});
    assert_snapshot!(said(Model::from_json(&whole.to_string())), @"config.layers[0]: layer `InputLayer`: has dtype float16; Cornu computes in float32");
    assert_snapshot!(said(wanted.as_slice::<i32>().map_err(Error::from)), @"tensor: holds float32, not int32");
}

#[test]
fn labels_outside_the_classes() {
    let x = floats(&[3, 4]);
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1, 3]), quiet())), @r#"label 3 at sample 2 lies outside 0..3, the classes of output `dense_1`; added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    assert_snapshot!(said(fitted(&x, &labels(&[0, -1, 2]), quiet())), @r#"label -1 at sample 1 lies outside 0..3, the classes of output `dense_1`; added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    assert_snapshot!(said(fitted(&x, &Tensor::from([0.0f32, 1.0, f32::NAN]), quiet())), @r#"label NaN at sample 2 lies outside 0..3, the classes of output `dense_1`; added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    let (held_out, wrong) = (floats(&[2, 4]), labels(&[7, 0]));
    let fit = quiet().validation_data(&held_out, &wrong);
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1, 2]), fit)), @r#"label 7 at sample 0 lies outside 0..3, the classes of output `dense_1`; added at FILE: .add(Dense::new(3).activation("softmax"))"#);
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
    assert_snapshot!(categorical(&labels(&[0, 1, 2])), @"loss `categorical_crossentropy` expects targets of shape (None, 3) to match output `dense_1`, got (None,); for integer labels use the loss `sparse_categorical_crossentropy`, or `to_categorical` on the labels");
    assert_snapshot!(categorical(&floats(&[3, 7])), @"loss `categorical_crossentropy` expects targets of shape (None, 3) to match output `dense_1`, got (None, 7)");
    assert_snapshot!(said(fitted(&x, &floats(&[3, 3]), quiet())), @"loss `sparse_categorical_crossentropy` expects targets of shape (None,) to match output `dense_1`, got (None, 3); for one-hot targets use the loss `categorical_crossentropy`");
    assert_snapshot!(said(classifier("mse").fit(&x, &floats(&[3, 2]), quiet())), @"loss `mean_squared_error` expects targets of shape (None, 3) to match output `dense_1`, got (None, 2)");
}

#[test]
fn nan_where_validation_would_see_it() {
    let mut x = floats(&[10, 4]);
    x.as_mut_slice::<f32>().unwrap()[13] = f32::NAN;
    let (y, good) = (labels(&[0; 10]), floats(&[10, 4]));
    assert_snapshot!(said(fitted(&x, &y, quiet().validation_split(0.2))), @"layer `input_layer` (InputLayer) gets NaN at sample 3 of the training inputs: replace or leave out such samples first; added at FILE: .add(Input::new([4]))");
    assert_snapshot!(said(fitted(&good, &y, quiet().validation_data(&x, &y))), @"layer `input_layer` (InputLayer) gets NaN at sample 3 of the validation inputs: replace or leave out such samples first; added at FILE: .add(Input::new([4]))");
    let targets = Tensor::full([10, 3], f32::NAN);
    assert_snapshot!(said(classifier("mse").fit(&good, &targets, quiet().validation_split(0.5))), @r#"layer `dense_1` (Dense, units=3) gets NaN at sample 0 of the training targets: replace or leave out such samples first; added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    // Without validation it is the user's own business, as in Keras.
    assert!(fitted(&x, &y, quiet()).is_ok());
}

#[test]
fn too_little_data() {
    let (x, y) = (floats(&[0, 4]), labels(&[]));
    assert_snapshot!(said(fitted(&x, &y, quiet())), @"layer `input_layer` (InputLayer) gets no sample: the data is empty; added at FILE: .add(Input::new([4]))");
    let mut model = classifier("sparse_categorical_crossentropy");
    assert_snapshot!(said(model.evaluate(&x, &y, Evaluate::new())), @"layer `input_layer` (InputLayer) gets no sample: the data is empty; added at FILE: .add(Input::new([4]))");
    assert_snapshot!(said(model.train_on_batch(&x, &y)), @"layer `input_layer` (InputLayer) gets no sample: the data is empty; added at FILE: .add(Input::new([4]))");
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
    assert_snapshot!(said(fitted(&x, &labels(&[0, 1]), quiet())), @"layer `input_layer` (InputLayer) expects as many targets as samples, 3, got 2; added at FILE: .add(Input::new([4]))");
    assert_snapshot!(said(fitted(&x, &Tensor::scalar(1i64), quiet())), @"layer `input_layer` (InputLayer) expects as many targets as samples, 3, got 1; added at FILE: .add(Input::new([4]))");
    let weight = floats(&[2]);
    assert_snapshot!(said(fitted(&x, &y, quiet().sample_weight(&weight))), @"layer `input_layer` (InputLayer) expects as many sample weights as samples, 3, got 2; added at FILE: .add(Input::new([4]))");
    let held_out = floats(&[1, 4]);
    assert_snapshot!(said(fitted(&x, &y, quiet().validation_data(&held_out, &y))), @"layer `input_layer` (InputLayer) expects as many targets as samples, 1, got 3; added at FILE: .add(Input::new([4]))");
    let weight = floats(&[3]);
    assert_snapshot!(said(fitted(&x, &y, quiet().sample_weight(&weight).class_weight([(0, 2.0)]))), @"class_weight: cannot be given together with sample_weight");
}

#[test]
fn unknown_names() {
    let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));
    assert_snapshot!(said(dense(Dense::new(2).activation("rellu"))), @"layer `dense` (Dense, units=2) has an unknown activation `rellu`; did you mean `relu`?; added at FILE: let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));");
    assert_snapshot!(said(dense(Dense::new(2).kernel_initializer("he_norml"))), @"layer `dense` (Dense, units=2) has an unknown initializer `he_norml`; did you mean `he_normal`?; added at FILE: let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));");
    assert_snapshot!(said(dense(Dense::new(2).bias_regularizer("l3"))), @"layer `dense` (Dense, units=2) has an unknown regularizer `l3`; did you mean `l1`?; added at FILE: let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));");
    assert_snapshot!(said(dense(Dense::new(2).kernel_constraint("maxnorm"))), @"layer `dense` (Dense, units=2) has an unknown constraint `maxnorm`; did you mean `max_norm`?; added at FILE: let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));");
    assert_snapshot!(said(dense(Dense::new(2).kernel_regularizer(L2::new(-1.0)))), @"layer `dense` (Dense, units=2) has a wrong argument: regularizer `L2`: `l2` must be a non-negative finite number, got -1; added at FILE: let dense = |layer: Dense| built(Sequential::new().add(Input::new([4])).add(layer));");
    let compile = |compile: Compile| said(Sequential::new().compile(compile));
    assert_snapshot!(compile(Compile::new().optimizer("adm")), @"unknown optimizer `adm`; did you mean `adam`?");
    assert_snapshot!(compile(Compile::new().loss("categorical_crosentropy")), @"unknown loss `categorical_crosentropy`; did you mean `categorical_crossentropy`?");
    assert_snapshot!(compile(Compile::new().loss("mse").metrics(["acuracy"])), @"unknown metric `acuracy`; did you mean `accuracy`?");
    assert_snapshot!(compile(Compile::new().optimizer("qqqqqq")), @"unknown optimizer `qqqqqq`; known are sgd, rmsprop, adam, adamw, adadelta, adagrad, adamax, adafactor, nadam, ftrl, lion, lamb, muon, schedulefreeadamw");
    assert_snapshot!(compile(Compile::new().optimizer(SGD::new(0.1).clipnorm(1.0).clipvalue(1.0))), @"optimizer `SGD`: only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, got clipnorm=1, clipvalue=1");
    assert_snapshot!(said(classifier("mse").get_layer("dense_2").map(drop)), @"unknown layer `dense_2`; did you mean `dense`?");
}

#[test]
fn names_of_layers() {
    let wrong = Sequential::new()
        .add(Input::new([4]))
        .add(Dense::new(3).name("hidden"))
        .add(Dense::new(2).name("hidden"));
    assert_snapshot!(said(built(wrong)), @r#"layer `hidden` (Dense, units=2) has the name of another layer (Dense, units=3): names of layers in a model must differ; added at FILE: .add(Dense::new(2).name("hidden"));"#);
    let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(3).name("a/b"));
    assert_snapshot!(said(built(wrong)), @r#"layer `a/b` (Dense, units=3) cannot be called `a/b`: a name has at least one letter and no `/`; added at FILE: let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(3).name("a/b"));"#);
}

#[test]
fn steps_left_out() {
    let mut model = Sequential::new().add(Input::new([4])).add(Dense::new(3));
    let (x, y) = (floats(&[2, 4]), floats(&[2, 3]));
    assert_snapshot!(said(model.fit(&x, &y, quiet())), @"model `sequential` must be compiled before it is trained or evaluated: call `compile`");
    assert_snapshot!(said(model.evaluate(&x, &y, Evaluate::new())), @"model `sequential` must be compiled before it is trained or evaluated: call `compile`");
    model.compile(Compile::new()).unwrap();
    assert_snapshot!(said(model.fit(&x, &y, quiet())), @"there is no loss to compute: give `compile` a loss");
    let mut unbuilt = Sequential::new().add(Dense::new(3));
    assert_snapshot!(said(unbuilt.get_weights()), @"model `sequential` has no weights yet: put an `Input` layer first, call `build`, or fit it to data");
    assert_snapshot!(said(unbuilt.set_weights(&[])), @"model `sequential` has no weights yet: put an `Input` layer first, call `build`, or fit it to data");
    assert_snapshot!(said(unbuilt.save("model.keras")), @"model `sequential` has no weights yet: put an `Input` layer first, call `build`, or fit it to data");
    assert_snapshot!(said(model.save("model.pb")), @"model.pb: the name of a model's file must end in .keras (recommended) or .h5");
}

#[test]
fn arguments_out_of_range() {
    let (x, y) = (floats(&[3, 4]), labels(&[0, 1, 2]));
    let fit = |fit: Fit<'_>| said(fitted(&x, &y, fit));
    assert_snapshot!(fit(quiet().validation_split(1.5)), @"validation_split: must lie between 0 and 1, got 1.5");
    assert_snapshot!(fit(quiet().validation_split(-0.1)), @"validation_split: must lie between 0 and 1, got -0.1");
    assert_snapshot!(fit(quiet().validation_split(f64::NAN)), @"validation_split: must lie between 0 and 1, got NaN");
    assert_snapshot!(fit(quiet().validation_split(0.9)), @"validation_split: 0.9 of 3 samples leaves none for training or none for validation");
    assert_snapshot!(fit(quiet().batch_size(0)), @"batch_size: must be at least 1, got 0");
    assert_snapshot!(fit(quiet().validation_batch_size(0)), @"batch_size: must be at least 1, got 0");
    let wrong = Sequential::new().add(Input::new([4])).add(Dropout::new(1.5));
    assert_snapshot!(said(built(wrong)), @"layer `dropout` (Dropout, rate=1.5) expects a rate between 0 and 1, got 1.5; added at FILE: let wrong = Sequential::new().add(Input::new([4])).add(Dropout::new(1.5));");
    let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(0));
    assert_snapshot!(said(built(wrong)), @"layer `dense` (Dense, units=0) needs at least one unit, got units=0; added at FILE: let wrong = Sequential::new().add(Input::new([4])).add(Dense::new(0));");
    let wrong = Sequential::new().add(Input::new([4])).add(BatchNormalization::new().momentum(2.0));
    assert_snapshot!(said(built(wrong)), @"layer `batch_normalization` (BatchNormalization, axis=-1) expects a momentum between 0 and 1, got 2; added at FILE: let wrong = Sequential::new().add(Input::new([4])).add(BatchNormalization::new().momentum(2.0));");
    let wrong = Sequential::new().add(Input::new([4])).add(Reshape::new([-1, -1]));
    assert_snapshot!(said(built(wrong)), @"layer `reshape` (Reshape, target_shape=[-1,-1]) has more than one -1 in its target_shape; added at FILE: let wrong = Sequential::new().add(Input::new([4])).add(Reshape::new([-1, -1]));");
}

#[test]
fn weights_of_another_shape() {
    let mut model = classifier("mse");
    let mut weights = model.get_weights().unwrap();
    assert_snapshot!(said(model.set_weights(&weights[..1])), @"model `sequential` has 4 weights, got 1");
    assert_snapshot!(said(model.set_layer_weights("dense", &weights)), @"layer `dense` has 2 weights, got 4");
    assert_snapshot!(said(model.set_layer_weights("dense_1", &weights[..2])), @r#"layer `dense_1` (Dense, units=3) has `dense_1/kernel` of shape (8, 3), got (4, 8); added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    let before = weights.clone();
    weights[2] = floats(&[3, 8]);
    assert_snapshot!(said(model.set_weights(&weights)), @r#"layer `dense_1` (Dense, units=3) has `dense_1/kernel` of shape (8, 3), got (3, 8); added at FILE: .add(Dense::new(3).activation("softmax"))"#);
    assert_eq!(model.get_weights().unwrap(), before, "nothing has changed");
}

#[test]
fn what_keras_files_cannot_hold_is_not_saved() {
    let gelu = cornu::activations::Gelu::new().approximate(true);
    let model = Sequential::new().add(Input::new([4])).add(Dense::new(3).activation(gelu).name("hidden"));
    let error = model.to_json().unwrap_err().to_string();
    let (message, line) = error.split_once("; added at").expect("a line");
    assert!(line.contains("messages.rs"));
    assert_snapshot!(
        message,
        @r#"layer `hidden` (Dense, units=3) has `gelu` with arguments that Keras' files cannot hold, {"approximate":true}; a model that is to be saved needs its defaults"#
    );
}
