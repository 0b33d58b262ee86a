//! Layers that learn from data or work on strings, against the real Keras.

use std::any::Any;

use crate::common::{
    assert_close, assert_close_values, assert_same_json, fixture, fixture_path, numbers, object, tensor, text,
};
use crate::layer_case::list;
use cornu::layers::{
    Dense, Discretization, Embedding, Flatten, Input, IntegerLookup, Layer, Normalization, StringLookup,
    TextVectorization, alone,
};
use cornu::optimizers::SGD;
use cornu::registry::Family;
use cornu::{
    Called, Compile, Connect, Data, Evaluate, Fit, Inputs, KerasTensor, Model, Predict, Sequential,
    StringTensor, Tensor, load_model,
};
use serde_json::Value;

fn cases() -> Vec<Value> {
    list(&fixture("preprocessing.json")["cases"]).to_vec()
}

/// Numbers or strings in their fixture form; integers are exact.
fn data(value: &Value) -> Data {
    let shape: Vec<usize> = numbers(&value["shape"]).into_iter().map(|length| length as usize).collect();
    let items = list(&value["data"]);
    match text(value, "dtype") {
        "string" => {
            let strings: Vec<String> = items.iter().map(|item| item.as_str().unwrap().to_owned()).collect();
            StringTensor::new(strings, shape).unwrap().into()
        }
        "int64" | "int32" => {
            let integers: Vec<i64> = items.iter().map(|item| item.as_i64().unwrap()).collect();
            Tensor::new(integers, shape).unwrap().into()
        }
        _ => tensor(value).into(),
    }
}

fn inputs(case: &Value) -> Vec<Data> {
    list(&case["inputs"]).iter().map(data).collect()
}

/// The layer as it was made, and what it has learned since.
fn layers(case: &Value) -> (Box<dyn Layer>, Box<dyn Layer>) {
    let made = <dyn Layer>::from_class(text(case, "class"), object(&case["made"], "config"));
    let made = made.unwrap_or_else(|error| panic!("{}: {error}", case["made"])).boxed();
    let mut learned = made.boxed();
    if !case["adapt"].is_null() {
        learned.learn(&data(&case["adapt"])).unwrap_or_else(|error| panic!("{}: {error}", case["made"]));
    }
    if let [tokens, rest @ ..] = list(&case["set"]) {
        let tokens: Vec<&str> = list(tokens).iter().map(|token| token.as_str().unwrap()).collect();
        let weights = rest.first().map(numbers);
        let any: &mut dyn Any = learned.as_mut();
        if let Some(layer) = any.downcast_mut::<StringLookup>() {
            layer.set_vocabulary(tokens, weights.as_deref()).unwrap();
        } else {
            let layer = any.downcast_mut::<TextVectorization>().unwrap();
            layer.set_vocabulary(tokens, weights.as_deref()).unwrap();
        }
    }
    (made, learned)
}

fn what(case: &Value) -> String {
    format!("{} {} adapted to {}", text(case, "class"), case["made"]["config"], case["adapt"])
}

/// What Keras writes of a layer before a model builds it.
fn unbuilt(value: &Value) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().shift_remove("build_config");
    value
}

/// JSON with its fractions in single precision: reading doubles may miss their last bit.
fn single(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(single).collect(),
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), single(item))).collect(),
        Value::Number(number) if number.is_f64() => number.as_f64().map(|number| number as f32).into(),
        other => other.clone(),
    }
}

#[test]
fn configs_are_those_of_keras_before_and_after_learning() {
    for case in cases() {
        let (made, learned) = layers(&case);
        let same = |layer: &dyn Layer, want: &Value| {
            assert_same_json(&what(&case), &single(&Family::to_json(layer)), &single(&unbuilt(want)));
        };
        same(made.as_ref(), &case["made"]);
        same(learned.as_ref(), &case["learned"]);
    }
}

#[test]
fn vocabularies_are_those_of_keras() {
    let mut checked = 0;
    for case in cases().iter().filter(|case| !case["vocabulary"].is_null()) {
        let (_, layer) = layers(case);
        let any: &dyn Any = layer.as_ref();
        for (want, special) in list(&case["vocabulary"]).iter().zip([true, false]) {
            let got: Data = if let Some(layer) = any.downcast_ref::<StringLookup>() {
                StringTensor::from(layer.get_vocabulary(special)).into()
            } else if let Some(layer) = any.downcast_ref::<TextVectorization>() {
                StringTensor::from(layer.get_vocabulary(special)).into()
            } else {
                Tensor::from(any.downcast_ref::<IntegerLookup>().unwrap().get_vocabulary(special)).into()
            };
            assert_eq!(got, data(want), "{}", what(case));
        }
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[track_caller]
fn assert_same(what: &str, got: &Data, want: &Data) {
    match (got, want) {
        (Data::Numbers(got), Data::Numbers(want)) => {
            assert_close(what, got, want, 1e-5);
            // What Keras gives as integers may be vectors, which are floats here.
            if !got.dtype().is_float() {
                assert_eq!(got.to_vec::<i64>(), want.to_vec::<i64>(), "{what}");
            }
        }
        _ => assert_eq!(got, want, "{what}"),
    }
}

#[test]
fn layers_alone_give_what_keras_gives() {
    for case in cases() {
        let (_, layer) = layers(&case);
        let named: Vec<(&String, Tensor)> =
            case["named"].as_object().unwrap().iter().map(|(name, value)| (name, tensor(value))).collect();
        let named: Vec<(&str, &Tensor)> = named.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let got = alone::apply(layer.as_ref(), &inputs(&case), &named);
        let got = got.unwrap_or_else(|error| panic!("{}: {error}", what(&case)));
        assert_same(&what(&case), &got[0], &data(&case["output"]));
    }
}

#[test]
fn layers_in_models_give_what_keras_gives() {
    for case in cases().into_iter().filter(|case| case["named"].as_object().unwrap().is_empty()) {
        let (_, layer) = layers(&case);
        let (fed, want) = (inputs(&case), data(&case["output"]));
        let (Data::Numbers(want), true) = (&want, fed[0].shape().len() > 1) else {
            continue;
        };
        let input = |data: &Data| {
            let dtype = data.dtype().map_or("string", cornu::DType::name);
            Input::new(data.shape()[1..].to_vec()).dtype(dtype).tensor()
        };
        let begin: Vec<KerasTensor> = fed.iter().map(input).collect();
        let mut model = Model::new(begin.clone(), layer.on(Called::new(begin)))
            .unwrap_or_else(|error| panic!("{}: {error}", what(&case)));
        let fed: Inputs<'_> = fed.into_iter().map(|data| (None, data)).collect();
        let got =
            model.predict(fed, Predict::new()).unwrap_or_else(|error| panic!("{}: {error}", what(&case)));
        assert_close(&what(&case), &got, want, 1e-5);
    }
}

#[test]
fn statistics_are_those_of_keras() {
    for case in cases().iter().filter(|case| !case["statistics"].is_null()) {
        let (_, layer) = layers(case);
        let fed = inputs(case);
        let declared = alone::weights(layer.as_ref(), &[fed[0].to_shape()]).unwrap();
        for (weight, want) in declared.iter().zip(list(&case["statistics"])) {
            let got = weight.value.as_ref().unwrap().to_vec::<f64>();
            assert_close_values(&what(case), &got, &numbers(&want["data"]), 1e-5);
        }
    }
}

#[test]
fn what_keras_refuses_is_refused() {
    for case in list(&fixture("preprocessing.json")["refused"]) {
        let attempt = || -> Result<(), String> {
            let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config"));
            let mut layer = layer.map_err(|error| error.to_string())?.boxed();
            if !case["adapt"].is_null() {
                layer.learn(&data(&case["adapt"]))?;
            }
            let fed = inputs(case);
            if fed.is_empty() {
                return Ok(());
            }
            alone::apply(layer.as_ref(), &fed, &[]).map(drop).map_err(|error| error.to_string())
        };
        assert!(attempt().is_err(), "{case} is taken");
    }
}

/// A file that disappears with its value.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Scratch(std::env::temp_dir().join(format!("cornu-preprocessing-{}-{name}.keras", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_file_of_keras_is_read_trained_and_written() {
    let case = &fixture("preprocessing.json")["model"];
    let mut model = load_model(fixture_path(text(case, "file"))).unwrap();
    let named: Vec<(String, Data)> =
        case["x"].as_object().unwrap().iter().map(|(name, value)| (name.clone(), data(value))).collect();
    let x: Inputs<'_> = named.iter().map(|(name, data)| (Some(name.as_str()), data)).collect();
    let predicted = model.predict(x.clone(), Predict::new()).unwrap();
    assert_close("predictions", &predicted, &tensor(&case["predicted"]), 1e-5);

    let scratch = Scratch::new("file");
    model.save(&scratch.0).unwrap();
    let mut again = load_model(&scratch.0).unwrap();
    assert_eq!(again.predict(x.clone(), Predict::new()).unwrap(), predicted);

    let fit = Fit::new().batch_size(2).epochs(2).shuffle(false).verbose(0);
    let history = model.fit(x.clone(), &tensor(&case["y"]), fit).unwrap();
    assert_close_values("loss", history.get("loss").unwrap(), &numbers(&case["loss"]), 1e-4);
    let got = model.get_weights().unwrap();
    for (at, (got, want)) in got.iter().zip(list(&case["weights"])).enumerate() {
        assert_close(&format!("weight {at}"), got, &tensor(want), 1e-4);
    }
}

fn reviews() -> (StringTensor, Tensor) {
    let texts = ["good film", "bad film!", "a good, good story", "bad", "what a bad story", "Good."];
    (texts.into(), Tensor::from([[1.0f32], [0.0], [1.0], [0.0], [0.0], [1.0]]))
}

#[test]
fn a_model_of_texts_learns() {
    let (texts, labels) = reviews();
    let mut words = TextVectorization::new().output_sequence_length(4);
    words.adapt(&texts).unwrap();
    let size = words.vocabulary_size();
    let mut model = Sequential::new()
        .add(Input::new([1]).dtype("string"))
        .add(words)
        .add(Embedding::new(size, 4))
        .add(Flatten::new())
        .add(Dense::new(1).activation("sigmoid"));
    let compile = Compile::new().optimizer(SGD::new(1.0)).loss("binary_crossentropy").metrics(["accuracy"]);
    model.compile(compile).unwrap();
    let fit = Fit::new().epochs(60).batch_size(2).validation_data(&texts, &labels).verbose(0);
    let history = model.fit(&texts, &labels, fit).unwrap();
    assert_eq!(history.last("val_accuracy"), Some(1.0));
    let logs = model.evaluate(&texts, &labels, Evaluate::new().verbose(0)).unwrap();
    assert_eq!(logs.get("accuracy"), Some(1.0));
    let split = Fit::new().validation_split(0.5).verbose(0);
    assert!(model.fit(&texts, &labels, split).unwrap().last("val_loss").is_some());
}

#[test]
fn a_model_within_a_model_reads_strings() {
    let (texts, _) = reviews();
    let mut words = TextVectorization::new().output_mode("count");
    words.adapt(&texts).unwrap();
    let encoder =
        Sequential::new().name("encoder").add(Input::new([1]).dtype("string")).add(words).add(Dense::new(3));
    let text = Input::new([1]).dtype("string").tensor();
    let code = encoder.into_model().into_layer().unwrap().on(&text);
    let mut model = Model::new(&text, Dense::new(1).on(&code)).unwrap();
    let predicted = model.predict(&texts, Predict::new()).unwrap();
    let scratch = Scratch::new("nested");
    model.save(&scratch.0).unwrap();
    assert_eq!(load_model(&scratch.0).unwrap().predict(&texts, Predict::new()).unwrap(), predicted);
}

#[test]
fn large_integers_reach_lookups_exactly() {
    let ids = [(1i64 << 53) + 1, (1 << 53) + 2, (1 << 24) + 1];
    for dtype in ["int64", "float32"] {
        let lookup = IntegerLookup::new().vocabulary(ids);
        let mut model = Sequential::new().add(Input::new([1]).dtype(dtype)).add(lookup).into_model();
        let got = model.predict(&Tensor::from(ids), Predict::new()).unwrap();
        assert_eq!(got.to_vec::<f32>(), [1.0, 2.0, 3.0], "{dtype}");
    }
    // Without an `Input` the model is built for the data it sees.
    let mut model = Sequential::new().add(IntegerLookup::new().vocabulary(ids)).into_model();
    assert_eq!(model.predict(&Tensor::from(ids), Predict::new()).unwrap().to_vec::<f32>(), [1.0, 2.0, 3.0]);
    // What lies between is done on data, too.
    let far = (1i64 << 24) + 1;
    let x = Input::new([2]).dtype("int64").tensor();
    let flat = Flatten::new().on(&x);
    let looked_up = IntegerLookup::new().vocabulary([far]).on(&flat);
    let mut model = Model::new(&x, looked_up).unwrap();
    let got = model.predict(&Tensor::from([[far, far + 1]]), Predict::new()).unwrap();
    assert_eq!(got, Tensor::from([[1i64, 0]]));
}

#[test]
fn a_layer_of_a_model_learns() {
    let x = Tensor::from([[1.0f32], [3.0]]);
    let mut model = Sequential::new()
        .add(Input::new([1]))
        .add(Normalization::new())
        .add(Dense::new(1).kernel_initializer("ones"))
        .into_model();
    let compile = Compile::new().optimizer("adam").loss("mse");
    model.compile(compile).unwrap();
    model.fit(&x, &Tensor::from([[0.0f32], [1.0]]), Fit::new().verbose(0)).unwrap();
    let kernel = model.get_weights().unwrap()[3].clone();
    model.adapt("normalization", Tensor::from([[0.0f32], [4.0]])).unwrap();
    let weights = model.get_weights().unwrap();
    assert_eq!(weights[..2], [Tensor::from([2.0f32]), Tensor::from([4.0f32])]);
    assert_eq!(weights[3], kernel);
    model.fit(&x, &Tensor::from([[0.0f32], [1.0]]), Fit::new().verbose(0)).unwrap();
    // Not built yet.
    let mut model =
        Sequential::new().add(StringLookup::new().output_mode("count")).add(Dense::new(1)).into_model();
    model.adapt("string_lookup", ["a", "b"]).unwrap();
    assert_eq!(model.predict(&StringTensor::from([["a"]]), Predict::new()).unwrap().shape(), [1, 1]);
}

#[test]
fn misuse_is_named() {
    let message = |error: cornu::Error| {
        let message = error.to_string();
        message.split("; added at").next().unwrap().to_owned()
    };
    let lookup = || StringLookup::new().vocabulary(["a"]);
    let mut model =
        Sequential::new().add(Input::new([1]).dtype("string").name("word")).add(lookup()).into_model();
    let error = model.predict(&Tensor::from([[1.0f32]]), Predict::new()).unwrap_err();
    assert_eq!(message(error), "layer `word` (InputLayer) expects strings, got numbers");
    let error = model.predict(&StringTensor::from([["a", "b"]]), Predict::new()).unwrap_err();
    assert!(message(error).contains("expects axis -1 of its input to be 1, got (1, 2)"));

    let word = Input::new([1]).dtype("string").name("word").tensor();
    let error = Model::new(&word, Dense::new(1).on(&word)).unwrap_err();
    assert_eq!(
        message(error),
        "layer `dense` (Dense, units=1) reads numbers, but `word` gives strings: put `StringLookup`, \
         `TextVectorization` or `Hashing` between them"
    );
    let error = Model::new(&word, &word).unwrap_err();
    assert!(message(error).contains("gives strings, which a model's output cannot be"));

    let x = Input::new([1]).tensor();
    let error = Model::new(&x, IntegerLookup::new().vocabulary([1]).on(Dense::new(1).on(&x))).unwrap_err();
    assert!(message(error).contains("has weights: a layer that works on data before the first step"));

    let error = lookup().num_oov_indices(0).apply(["b"]).unwrap_err();
    assert_eq!(
        message(error),
        "layer `string_lookup` (StringLookup, num_oov_indices=0) meets [\"b\"], which its vocabulary lacks: \
         num_oov_indices of 1 gives all such tokens a number"
    );
    let error = lookup().apply(Tensor::from([1i64])).unwrap_err();
    assert!(message(error).ends_with("expects strings, got numbers"));
    let error = StringLookup::new().apply(["b"]).unwrap_err();
    assert!(message(error).ends_with("has no vocabulary yet: `adapt` it to data, or give it one"));
    let error = Dense::new(1).apply(Tensor::from([[1.0f32]])).unwrap_err();
    assert!(message(error).contains("has weights, such as `kernel`, that only a model keeps"));
    let error = Discretization::new().bin_boundaries([0.0]).adapt(Tensor::from([1.0f32])).unwrap_err();
    assert!(message(error).contains("only with num_bins does it learn some"));
    let error = lookup().sparse(true).output_mode("count").apply(["a"]).unwrap_err();
    assert!(message(error).contains("cannot be sparse"));

    let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1)).into_model();
    model.compile(Compile::new().loss("mse")).unwrap();
    let (x, y) = (Tensor::from([[1.0f32]]), StringTensor::from([["a"]]));
    let error = model.fit(&x, &y, Fit::new().verbose(0)).unwrap_err();
    assert!(message(error).contains("is given strings as targets, which must be numbers"));
    let error = model.adapt("dense", &x).unwrap_err();
    assert!(message(error).contains("learns nothing from data"));
}

#[test]
fn a_vocabulary_is_read_from_a_file() {
    let path = std::env::temp_dir().join(format!("cornu-vocabulary-{}.txt", std::process::id()));
    std::fs::write(&path, "b\na\n").unwrap();
    let layer = StringLookup::new().vocabulary_file(&path);
    assert_eq!(layer.get_vocabulary(true), ["[UNK]", "b", "a"]);
    assert!(layer.clone().adapt(["a"]).is_err(), "its vocabulary is given");
    let scratch = Scratch::new("vocabulary");
    let model = Sequential::new().add(Input::new([1]).dtype("string")).add(layer).into_model();
    model.save(&scratch.0).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut again = load_model(&scratch.0).unwrap();
    let got = again.predict(&StringTensor::from(["a", "c"]), Predict::new()).unwrap();
    assert_eq!(got.to_vec::<f32>(), [2.0, 0.0]);
    let error = StringLookup::new().vocabulary_file(&path).apply(["a"]).unwrap_err().to_string();
    assert!(error.contains("cannot read its vocabulary from"), "{error}");
}
