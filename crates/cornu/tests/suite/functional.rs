//! Functional models: several inputs and outputs, shared layers, models made of other models' tensors.

use cornu::layers::{Activation, BatchNormalization, Dense, Dropout, Flatten, Input};
use cornu::{Compile, Connect, Fit, KerasTensor, Model, Predict, Result, Sequential, Tensor};

fn spread(rows: usize, columns: usize) -> Tensor {
    let values: Vec<f32> = (0..rows * columns).map(|at| ((at * 37 % 101) as f32 - 50.0) / 50.0).collect();
    Tensor::new(values, [rows, columns]).unwrap()
}

fn message(result: Result<Model>) -> String {
    let text = result.err().map(|error| error.to_string()).unwrap_or_default();
    // Lines of this file move; that there is one is what counts.
    let cut = text.find("; added at").unwrap_or(text.len());
    assert!(text[cut..].is_empty() || text[cut..].contains("functional.rs"), "{text}");
    text[..cut].to_owned()
}

#[test]
fn a_chain_computes_what_the_sequential_model_does() -> Result<()> {
    let layers = || (Dense::new(5).activation("tanh").name("a"), Dense::new(2).name("b"));
    let sequential = {
        let (a, b) = layers();
        Sequential::new().add(Input::new([3])).add(a).add(b)
    };
    let x = Input::new([3]).tensor();
    let (a, b) = layers();
    let mut model = Model::new(&x, b.on(a.on(&x)))?;
    model.set_weights(&sequential.get_weights()?)?;
    let data = spread(7, 3);
    let mut sequential = sequential.into_model();
    assert_eq!(model.predict(&data, Predict::new())?, sequential.predict(&data, Predict::new())?);
    assert_eq!(
        model.layers().iter().map(|layer| layer.name()).collect::<Vec<_>>(),
        ["input_layer", "a", "b"]
    );
    Ok(())
}

#[test]
fn a_shared_layer_has_one_set_of_weights() -> Result<()> {
    let (a, b) = (Input::new([3]).name("a").tensor(), Input::new([3]).name("b").tensor());
    let tower = Dense::new(4).activation("relu").name("tower").shared();
    let head = Dense::new(1).name("head").shared();
    let mut model = Model::new([&a, &b], [head.on(tower.on(&a)), head.on(tower.on(&b))])?;
    assert_eq!(model.count_params()?, 3 * 4 + 4 + 4 + 1);
    let (left, right) = (spread(4, 3), spread(4, 3));
    let found = model.predict_all([("b", &right), ("a", &left)], Predict::new())?;
    assert_eq!(found[0], found[1]);
    // Both calls survive the JSON.
    let json = model.to_json()?;
    let mut again = Model::from_json(&json)?;
    again.set_weights(&model.get_weights()?)?;
    assert_eq!(again.predict_all([&left, &right], Predict::new())?, found);
    assert_eq!(again.to_json()?, json);
    Ok(())
}

#[test]
fn layers_stand_in_the_order_of_keras() -> Result<()> {
    // Checked against Keras 3.15.1: the deepest first, then as a walk from the outputs meets them.
    let x = Input::new([4]).name("x").tensor();
    let stem = Dense::new(3).name("stem").on(&x);
    let short = Dense::new(2).name("short").on(&stem);
    let long = Dense::new(2).name("long_2").on(Dense::new(3).name("long_1").on(&stem));
    let model = Model::new(&x, [&short, &long])?;
    let names: Vec<&str> = model.layers().iter().map(|layer| layer.name()).collect();
    assert_eq!(names, ["x", "stem", "long_1", "short", "long_2"]);
    Ok(())
}

#[test]
fn models_are_made_of_the_tensors_of_others() -> Result<()> {
    let mut trained = Sequential::new()
        .add(Input::new([4]))
        .add(Dense::new(6).activation("relu").name("features"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.5))
        .add(Dense::new(1).name("head"));
    trained.compile(Compile::new().optimizer("adam").loss("mse"))?;
    let (x, y) = (spread(16, 4), spread(16, 1));
    trained.fit(&x, &y, Fit::new().epochs(2).verbose(0))?;
    let tensors = trained.tensors()?;
    let mut features = Model::new(tensors.inputs().to_vec(), tensors.layer("features")?)?;
    assert_eq!(features.get_weights()?, trained.get_weights()?[..2]);
    assert_eq!(features.predict(&x, Predict::new())?.shape(), [16, 6]);
    let both = Model::new(tensors.inputs().to_vec(), [tensors.layer("features")?, &tensors.outputs()[0]])?;
    assert_eq!(both.output_names()?, ["features", "head"]);
    // The rest of a model, from a tensor in its middle on.
    let mut rest = Model::new(tensors.layer("features")?, tensors.outputs().to_vec())?;
    let whole = trained.predict(&x, Predict::new())?;
    assert_eq!(rest.predict(&features.predict(&x, Predict::new())?, Predict::new())?, whole);
    assert!(tensors.layer("feature").unwrap_err().to_string().contains("did you mean `features`?"));
    Ok(())
}

#[test]
fn a_call_on_nothing_in_a_file_is_refused() -> Result<()> {
    let x = Input::new([4]).name("x").tensor();
    let json = Model::new(&x, Dense::new(1).name("out").on(&x))?.to_json()?;
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    value["config"]["layers"][1]["inbound_nodes"][0]["args"] = serde_json::json!([]);
    let error = Model::from_json(&value.to_string()).unwrap_err();
    insta::assert_snapshot!(error, @"layer `out` (Dense, units=1) is called on nothing");
    Ok(())
}

#[test]
fn a_cycle_in_a_file_is_refused() -> Result<()> {
    let x = Input::new([4]).name("x").tensor();
    let a = Dense::new(4).name("a").on(&x);
    let json = Model::new(&x, Dense::new(4).name("b").on(&a))?.to_json()?;
    let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let read = value.pointer_mut("/config/layers/1/inbound_nodes/0/args/0/config/keras_history/0").unwrap();
    assert_eq!(read, "x");
    *read = "b".into();
    let error = Model::from_json(&value.to_string()).unwrap_err();
    insta::assert_snapshot!(error, @"config.layers: the calls of `a` wait for each other");
    Ok(())
}

#[test]
fn a_long_chain_needs_no_deep_stack() -> Result<()> {
    let x = Input::new([2]).tensor();
    let mut y: KerasTensor = x.clone();
    for _ in 0..20_000 {
        y = Activation::new("relu").on(&y);
    }
    drop(y);
    let mut y = x.clone();
    for _ in 0..300 {
        y = Activation::new("relu").on(&y);
    }
    assert_eq!(Model::new(&x, y)?.layers().len(), 301);
    Ok(())
}

#[test]
fn what_does_not_connect_is_refused() {
    let (x, other) = (Input::new([4]).name("x").tensor(), Input::new([4]).name("other").tensor());
    insta::assert_snapshot!(
        message(Model::new(&x, Dense::new(1).name("out").on(&other))),
        @"layer `other` (InputLayer) is needed for the model's outputs, but is not among its inputs"
    );
    insta::assert_snapshot!(
        message(Model::new([&x, &x], Dense::new(1).on(&x))),
        @"layer `x` (InputLayer) is given twice among the model's inputs"
    );
    let twin = Input::new([4]).name("x").tensor();
    insta::assert_snapshot!(
        message(Model::new([&x, &twin], [Dense::new(1).on(&x), Dense::new(1).on(&twin)])),
        @"layer `x` (InputLayer) has the name of another layer (InputLayer): names of layers in a model must differ"
    );
    insta::assert_snapshot!(
        message(Model::new(&x, Dense::new(1).name("out").on(Flatten::new().on(&x).output(1)))),
        @"layer `out` (Dense, units=1) is called on output number 1 of `flatten`, which has none"
    );
    insta::assert_snapshot!(
        message(Model::new(&x, Dense::new(1).name("out").on(&x).output(2))),
        @"layer `out` (Dense, units=1) has no output number 2, which the model gives"
    );
    insta::assert_snapshot!(
        message(Model::new(&x, Dense::new(1).name("out").on(Vec::new()))),
        @"layer `out` (Dense, units=1) is called on nothing"
    );
    insta::assert_snapshot!(
        message(Model::new(&x, Input::new([4]).name("late").on(&x))),
        @"layer `late` (InputLayer) is needed for the model's outputs, but is not among its inputs"
    );
    insta::assert_snapshot!(
        message(Model::new(Vec::new(), &x)),
        @"layer `x` (InputLayer) is needed for the model's outputs, but is not among its inputs"
    );
    insta::assert_snapshot!(
        message(Model::new(&x, Vec::new())),
        @"a model needs at least one input and one output"
    );
}

#[test]
fn models_are_layers_of_models() -> Result<()> {
    let encoder = Sequential::new()
        .name("encoder")
        .add(Input::new([4]))
        .add(Dense::new(3).activation("tanh"))
        .add(BatchNormalization::new())
        .into_model();
    let (data, y) = (spread(12, 4), spread(12, 2));
    let (a, b) = (Input::new([4]).name("a").tensor(), Input::new([4]).name("b").tensor());
    let expected = encoder.get_weights()?;
    let shared = encoder.into_layer()?.shared();
    let head = Dense::new(2).name("head").shared();
    let mut model = Model::new([&a, &b], [head.on(shared.on(&a)), head.on(shared.on(&b))])?;
    assert_eq!(model.get_weights()?[..6], expected);
    assert_eq!(model.weight_paths()?[0], "encoder/dense/kernel");
    assert_eq!(model.weight_paths()?[4], "encoder/batch_normalization/moving_mean");
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    model.fit([&data, &data], [&y, &y], Fit::new().epochs(2).batch_size(4).verbose(0))?;
    assert_ne!(model.get_weights()?[4], expected[4], "running statistics move");

    // Through a file, with the optimizer's variables.
    let folder = tempfile();
    let path = folder.join("nested.keras");
    model.save(&path)?;
    let mut again = cornu::load_model(&path)?;
    assert_eq!(again.get_weights()?, model.get_weights()?);
    assert_eq!(again.to_json()?, model.to_json()?);
    let history =
        |model: &mut Model| model.fit([&data, &data], [&y, &y], Fit::new().shuffle(false).verbose(0));
    assert_eq!(history(&mut again)?.last("loss"), history(&mut model)?.last("loss"));
    std::fs::remove_dir_all(folder).map_err(|error| cornu::Error::file("nested.keras", error))?;
    Ok(())
}

#[test]
fn a_frozen_model_inside_stays_as_it_is() -> Result<()> {
    let inner =
        Sequential::new().add(Input::new([4])).add(Dense::new(3)).add(BatchNormalization::new()).into_model();
    let before = inner.get_weights()?;
    let mut model = Sequential::new()
        .add(Input::new([4]))
        .add(inner.into_layer()?.name("body").trainable(false))
        .add(Dense::new(1));
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    model.fit(&spread(8, 4), &spread(8, 1), Fit::new().epochs(2).verbose(0))?;
    assert_eq!(model.get_weights()?[..6], before);
    let (dense, all) = (model.get_layer("dense")?.count_params(), model.count_params()?);
    assert!(
        model.summary().to_string().contains(&format!("Trainable params: {dense}")),
        "{}",
        model.summary()
    );
    assert_eq!(all, 4 * 3 + 3 + 4 * 3 + 4);
    Ok(())
}

/// A folder of this test's own.
fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("cornu-functional-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A frozen normalisation computes with what it has learnt, and learns nothing more.
#[test]
fn a_frozen_normalisation_is_in_inference_mode() -> Result<()> {
    let mut model =
        Sequential::new().add(Input::new([3])).add(BatchNormalization::new().name("norm")).add(Dense::new(1));
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let (x, y) = (spread(10, 3), spread(10, 1));
    model.fit(&x, &y, Fit::new().epochs(1).verbose(0))?;
    let learnt = model.get_layer("norm")?.get_weights();
    model.set_layer_trainable("norm", false)?;
    model.fit(&x, &y, Fit::new().epochs(2).verbose(0))?;
    assert_eq!(model.get_layer("norm")?.get_weights(), learnt);
    model.set_layer_trainable("norm", true)?;
    model.fit(&x, &y, Fit::new().epochs(1).verbose(0))?;
    assert_ne!(model.get_layer("norm")?.get_weights(), learnt);
    Ok(())
}

#[test]
fn gradients_are_those_of_a_step() -> Result<()> {
    let mut model = Sequential::new()
        .add(Input::new([3]))
        .add(Dense::new(4).activation("tanh").kernel_regularizer("l2"))
        .add(Dense::new(1));
    model.compile(Compile::new().optimizer(cornu::optimizers::SGD::new(0.5)).loss("mse"))?;
    let (x, y) = (spread(6, 3), spread(6, 1));
    let before = model.get_weights()?;
    let gradients = model.gradients(&x, &y)?;
    assert_eq!(model.get_weights()?, before);
    model.train_on_batch(&x, &y)?;
    for (((path, gradient), before), after) in gradients.iter().zip(&before).zip(model.get_weights()?) {
        let moved = before.to_vec::<f32>().into_iter().zip(after.to_vec::<f32>());
        for ((before, after), slope) in moved.zip(gradient.to_vec::<f32>()) {
            assert!((before - after - 0.5 * slope).abs() < 1e-6, "{path}");
        }
    }
    Ok(())
}
