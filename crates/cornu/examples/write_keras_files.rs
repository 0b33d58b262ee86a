//! Writes `.keras` files, each beside what Cornu predicts with it and makes of it in another epoch.
//!
//! `cargo run --release -p cornu --example write_keras_files -- FOLDER`, then `oracle/check_cornu_files.py FOLDER`
//! says whether the real Keras does the same.

use std::path::{Path, PathBuf};

use cornu::activations::{LeakyRelu, Relu};
use cornu::constraints::{MaxNorm, NonNeg};
use cornu::data::save_npz;
use cornu::initializers::{HeNormal, Orthogonal};
use cornu::layers::{
    Activation, BatchNormalization, Concatenate, Dense, Discretization, Dropout, Embedding, Flatten,
    HashedCrossing, Hashing, Input, IntegerLookup, Normalization, Reshape, StringLookup, TextVectorization,
};
use cornu::losses::CategoricalCrossentropy;
use cornu::metrics::TopKCategoricalAccuracy;
use cornu::optimizers::schedules::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay,
    PolynomialDecay,
};
use cornu::optimizers::{Adam, LearningRate, LossScaleOptimizer, Optimizer, RMSprop, SGD};
use cornu::registry::{Family, Handle};
use cornu::regularizers::{L1, L1L2, L2};
use cornu::{
    Compile, Connect, Data, Fit, Model, Predict, Result, Sequential, StringTensor, Tensor, load_model, utils,
};

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/keras_files".into()));
    std::fs::create_dir_all(&folder).map_err(|error| cornu::Error::io(&folder, error))?;
    utils::set_random_seed(7);
    let (x, images) = (noise(&[37, 6])?, noise(&[37, 2, 3])?);
    let labels = Tensor::from((0..37i64).map(|at| at * at % 3).collect::<Vec<i64>>());
    let one_hot = utils::to_categorical(&labels, Some(3))?;
    let answers =
        Tensor::new(labels.to_vec::<f32>().iter().map(|l| l.min(1.0)).collect::<Vec<_>>(), [37, 1])?;
    let numbers = noise(&[37, 2])?;

    let plain = Sequential::new()
        .add(Input::new([6]))
        .add(Dense::new(8).activation("relu"))
        .add(Dense::new(8).activation("tanh"))
        .add(Dense::new(3).activation("softmax"));
    let compile = Compile::new().loss("sparse_categorical_crossentropy").metrics(["accuracy"]);
    trained(&folder, "plain", plain.into_model(), compile, &x, &labels)?;

    let objects = Sequential::new()
        .name("objects")
        .add(Input::new([2, 3]).name("image"))
        .add(Flatten::new())
        .add(
            Dense::new(8)
                .kernel_initializer(HeNormal::new().seed(3))
                .kernel_regularizer(L1L2::new().l1(0.001).l2(0.002))
                .bias_regularizer(L1::new(0.01))
                .activity_regularizer(L2::new(0.001))
                .kernel_constraint(MaxNorm::new().max_value(2.0))
                .bias_constraint(NonNeg::new()),
        )
        .add(BatchNormalization::new().momentum(0.9).gamma_regularizer(L2::new(0.01)))
        .add(Activation::new(LeakyRelu::new().negative_slope(0.1)))
        .add(Reshape::new([4, -1]))
        .add(Dense::new(2).activation(Relu::new().max_value(3.0)).use_bias(false))
        .add(Flatten::new())
        .add(Dense::new(3).name("classes").kernel_initializer(Orthogonal::new()).activation("softmax"));
    let compile = Compile::new()
        .optimizer(SGD::new(0.05).momentum(0.9).nesterov(true).weight_decay(0.001).clipnorm(1.0))
        .loss(CategoricalCrossentropy::new().label_smoothing(0.1))
        .loss_weights(0.5)
        .metrics([TopKCategoricalAccuracy::new().k(2).name("second")])
        .weighted_metrics(["accuracy"]);
    trained(&folder, "objects", objects.into_model(), compile, &images, &one_hot)?;

    let bare = Sequential::new()
        .add(Dense::new(5).name("first").activation("gelu"))
        .add(Dense::new(1).activation("sigmoid"));
    let adam = Adam::new(0.01).amsgrad(true);
    let compile = Compile::new().optimizer(adam).loss("binary_crossentropy").metrics(["accuracy", "mse"]);
    trained(&folder, "without_input", bare.into_model(), compile, &x, &answers)?;

    let frozen = Sequential::new()
        .add(Input::new([6]))
        .add(Dense::new(4).activation("elu").trainable(false))
        .add(Dense::new(2));
    let averaged = RMSprop::new(0.01).momentum(0.5).centered(true).use_ema(true).ema_momentum(0.9);
    trained(
        &folder,
        "frozen_averaged",
        frozen.into_model(),
        Compile::new().optimizer(averaged).loss("mae"),
        &x,
        &numbers,
    )?;

    let functional =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keras_files/functional_linear.keras");
    let mut functional = load_model(functional)?;
    let (x4, y2) = (noise(&[20, 4])?, noise(&[20, 2])?);
    functional.fit(&x4, &y2, Fit::new().verbose(0))?;
    write(&folder, "functional", &mut functional, &x4, vec![("y".into(), y2)])?;

    let mut dropping = Sequential::new()
        .add(Input::new([6]))
        .add(Dropout::new(0.2))
        .add(Dense::new(8).activation("silu"))
        .add(Dropout::new(0.5).seed(3))
        .add(Dense::new(2))
        .into_model();
    dropping.compile(Compile::new().optimizer("adam").loss("mse"))?;
    // Not trained: the optimizer's variables are those before the first step.
    write(&folder, "dropping_untrained", &mut dropping, &x, vec![("y".into(), numbers)])?;

    for entry in <dyn Optimizer>::table() {
        let name = entry.class_name;
        let optimizer: Handle<dyn Optimizer> = match name {
            "LossScaleOptimizer" => LossScaleOptimizer::new(Adam::new(0.01)).into(),
            name => name.into(),
        };
        optimized(&folder, &format!("optimizer_{name}"), optimizer)?;
    }
    let schedules: [LearningRate; 6] = [
        CosineDecay::new(0.1, 12).warmup_target(0.2).warmup_steps(4).into(),
        CosineDecayRestarts::new(0.1, 4).into(),
        ExponentialDecay::new(0.1, 5, 0.5).into(),
        InverseTimeDecay::new(0.1, 3, 0.5).into(),
        PiecewiseConstantDecay::new([3, 11], [0.1, 0.05, 0.01]).into(),
        PolynomialDecay::new(0.1, 13).into(),
    ];
    for schedule in schedules {
        let name = schedule.schedule().map_or("constant", |schedule| schedule.class_name()).to_owned();
        optimized(&folder, &format!("schedule_{name}"), SGD::new(schedule).momentum(0.5).into())?;
    }

    mixed(&folder)?;

    let uncompiled = Sequential::new().add(Input::new([6])).add(Dense::new(3).activation("softplus"));
    write(&folder, "uncompiled", &mut uncompiled.into_model(), &x, Vec::new())
}

/// A small model in the middle of its training by an optimizer.
fn optimized(folder: &Path, name: &str, optimizer: Handle<dyn Optimizer>) -> Result<()> {
    let model = Sequential::new()
        .add(Input::new([6]))
        .add(Dense::new(5).activation("tanh"))
        .add(BatchNormalization::new())
        .add(Dense::new(2));
    let (x, y) = (noise(&[37, 6])?, noise(&[37, 2])?);
    trained(folder, name, model.into_model(), Compile::new().optimizer(optimizer).loss("mse"), &x, &y)
}

/// A model of strings, large integers and numbers, with what its layers have learned of them.
fn mixed(folder: &Path) -> Result<()> {
    let cities = StringTensor::from([["Oslo"], ["Rome"], ["Bonn"], ["Oslo"]]);
    let texts = StringTensor::from([["The cat."], ["a dog sat"], [""], ["dog dog cat the sat"]]);
    let zones = Tensor::from([[1i64 << 40], [(1 << 40) + 1], [7], [7]]);
    let ages = Tensor::from([[20.0f32, 1.0], [50.0, 2.0], [30.0, 3.0], [40.0, 0.0]]);
    let strings = |name: &str| Input::new([1]).dtype("string").name(name).tensor();
    let (city, text) = (strings("city"), strings("text"));
    // To Keras the words of a text are of shape (batch, 1, words) unless the input has no axis of its own.
    let note = Input::new(cornu::Shape::scalar()).dtype("string").name("note").tensor();
    let zone = Input::new([1]).dtype("int64").name("zone").tensor();
    let age = Input::new([2]).name("age").tensor();

    let mut by_city = StringLookup::new().output_mode("one_hot");
    by_city.adapt(&cities)?;
    let mut weighed = StringLookup::new().output_mode("tf_idf");
    weighed.adapt(&cities)?;
    let mut words = TextVectorization::new().output_sequence_length(3);
    words.adapt(&texts)?;
    let mut bag = TextVectorization::new().output_mode("tf_idf").ngrams(2);
    bag.adapt(&texts)?;
    let mut by_zone = IntegerLookup::new().output_mode("multi_hot");
    by_zone.adapt(&zones)?;
    let mut normal = Normalization::new();
    normal.adapt(&ages)?;
    let mut bins = Discretization::new().num_bins(3).output_mode("count");
    bins.adapt(&ages)?;
    let embedded = Embedding::new(words.vocabulary_size(), 2).on(words.on(&text));
    let parts = [
        by_city.on(&city),
        weighed.on(&city),
        Flatten::new().on(embedded),
        bag.on(&note),
        by_zone.on(&zone),
        normal.on(&age),
        bins.on(&age),
        Hashing::new(5).output_mode("one_hot").on(&city),
        HashedCrossing::new(6).output_mode("one_hot").on([&city, &zone]),
    ];
    let mut model = Model::new(
        [&city, &text, &note, &zone, &age],
        Dense::new(1).on(Concatenate::new().on(Vec::from(parts))),
    )?;
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    let x = [
        ("city", Data::from(&cities)),
        ("text", Data::from(&texts)),
        ("note", Data::from(texts.reshape([4])?)),
        ("zone", Data::from(&zones)),
        ("age", Data::from(&ages)),
    ];
    let y = Tensor::from([[1.0f32], [-1.0], [0.5], [2.0]]);
    model.fit(x.clone(), &y, Fit::new().verbose(0))?;
    model.save(folder.join("mixed.keras"))?;
    let predicted = model.predict(x.clone(), Predict::new())?;
    let history = model.fit(x.clone(), &y, Fit::new().batch_size(8).shuffle(false).verbose(0))?;
    let mut arrays = vec![("y_pred".to_owned(), predicted), ("y".to_owned(), y)];
    arrays.extend(history.last("loss").map(|loss| ("loss".to_owned(), Tensor::scalar(loss))));
    save_npz(folder.join("mixed.npz"), &arrays)?;
    let json = |data: &Data| match data {
        Data::Strings(strings) => {
            serde_json::json!({"shape": data.shape(), "dtype": "string", "data": strings.as_slice()})
        }
        Data::Numbers(tensor) if tensor.dtype().is_float() => {
            serde_json::json!({"shape": data.shape(), "dtype": "float32", "data": tensor.to_vec::<f32>()})
        }
        Data::Numbers(tensor) => {
            serde_json::json!({"shape": data.shape(), "dtype": "int64", "data": tensor.to_vec::<i64>()})
        }
    };
    let named: serde_json::Map<String, serde_json::Value> =
        x.iter().map(|(name, data)| ((*name).to_owned(), json(data))).collect();
    let path = folder.join("mixed.json");
    std::fs::write(&path, serde_json::Value::from(named).to_string())
        .map_err(|error| cornu::Error::io(&path, error))
}

/// Trains two epochs and writes the model with what a third one makes of it.
fn trained(
    folder: &Path,
    name: &str,
    mut model: Model,
    compile: Compile,
    x: &Tensor,
    y: &Tensor,
) -> Result<()> {
    model.compile(compile)?;
    let fit = || Fit::new().batch_size(8).shuffle(false).verbose(0);
    model.fit(x, y, fit().epochs(2))?;
    write(folder, name, &mut model, x, Vec::new())?;
    let mut later = load_model(folder.join(format!("{name}.keras")))?;
    let history = later.fit(x, y, fit())?;
    let mut arrays = vec![("y".to_owned(), y.clone())];
    arrays.extend(history.last("loss").map(|loss| ("loss".to_owned(), Tensor::scalar(loss))));
    let weights = later.get_weights()?.into_iter().enumerate();
    arrays.extend(weights.map(|(at, weight)| (format!("w{at}"), weight)));
    write(folder, name, &mut model, x, arrays)
}

fn write(
    folder: &Path,
    name: &str,
    model: &mut Model,
    x: &Tensor,
    mut arrays: Vec<(String, Tensor)>,
) -> Result<()> {
    model.save(folder.join(format!("{name}.keras")))?;
    arrays.push(("y_pred".into(), model.predict(x, Predict::new())?));
    arrays.push(("x".into(), x.clone()));
    save_npz(folder.join(format!("{name}.npz")), &arrays)
}

/// Numbers without a pattern that a formula could hide in.
fn noise(shape: &[usize]) -> Result<Tensor> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (0..count).map(|at| (at as f32 * 1.618).sin() * 1.5).collect();
    Ok(Tensor::new(values, shape)?)
}
