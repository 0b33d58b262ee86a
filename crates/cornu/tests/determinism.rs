//! The same seed gives the same bits, on any number of threads and however often `fit` is called.

use std::sync::{Mutex, PoisonError};

use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
use cornu::optimizers::{Adam, LossScaleOptimizer, Optimizer};
use cornu::registry::{Family, Handle};
use cornu::utils::set_random_seed;
use cornu::{Compile, Fit, Model, Predict, Sequential, Tensor};

/// The seed of the next model is the whole process's.
static SEED: Mutex<()> = Mutex::new(());

/// A model in which all random numbers there are take part.
fn model() -> Model {
    model_with(Adam::new(0.01).global_clipnorm(1.0))
}

fn model_with(optimizer: impl Into<Handle<dyn Optimizer>>) -> Model {
    let _alone = SEED.lock().unwrap_or_else(PoisonError::into_inner);
    set_random_seed(42);
    let mut model = Sequential::new()
        .add(Input::new([96]))
        .add(Dense::new(160).activation("relu"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.3))
        .add(Dense::new(128).activation("tanh"))
        .add(Dropout::new(0.5))
        .add(Dense::new(10).activation("softmax"))
        .into_model();
    let compile =
        Compile::new().optimizer(optimizer).loss("sparse_categorical_crossentropy").metrics(["accuracy"]);
    model.compile(compile).unwrap();
    model
}

/// Samples for five steps of 64 and a short one.
fn data() -> (Tensor, Tensor) {
    let rows = 5 * 64 + 7;
    let x: Vec<f32> = (0..rows * 96).map(|at| (at as f32 * 0.7).sin()).collect();
    let y: Vec<i64> = (0..rows as i64).map(|at| at * at % 10).collect();
    (Tensor::new(x, [rows, 96]).unwrap(), Tensor::new(y, [rows]).unwrap())
}

fn fit<'a>() -> Fit<'a> {
    Fit::new().batch_size(64).validation_split(0.1).verbose(0)
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (x, y) = data();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = model();
            let history = model.fit(&x, &y, fit().epochs(3)).unwrap();
            let predicted = model.predict(&x, Predict::new().batch_size(50)).unwrap();
            (history, model.get_weights().unwrap(), predicted)
        })
    };
    let one = run(1);
    assert!(one.0.history.iter().all(|(_, values)| values.iter().all(|value| value.is_finite())));
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}

#[test]
fn no_optimizer_minds_the_number_of_threads() {
    let (x, y) = data();
    for entry in <dyn Optimizer>::table() {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut model = match entry.class_name {
                    "LossScaleOptimizer" => model_with(LossScaleOptimizer::new(Adam::default())),
                    name => model_with(name),
                };
                let history = model.fit(&x, &y, fit()).unwrap();
                (history, model.get_weights().unwrap())
            })
        };
        let one = run(1);
        assert_eq!(one, run(2), "{}", entry.class_name);
        assert_eq!(one, run(5), "{}", entry.class_name);
    }
}

#[test]
fn another_seed_changes_the_weights() {
    let one = model();
    let two = {
        let _alone = SEED.lock().unwrap_or_else(PoisonError::into_inner);
        set_random_seed(43);
        Sequential::new().add(Input::new([96])).add(Dense::new(160))
    };
    assert_ne!(one.get_weights().unwrap()[0], two.get_weights().unwrap()[0]);
}

#[test]
fn a_second_fit_goes_on_where_the_first_stood() {
    let (x, y) = data();
    let (mut at_once, mut in_parts) = (model(), model());
    let whole = at_once.fit(&x, &y, fit().epochs(3)).unwrap();
    let first = in_parts.fit(&x, &y, fit()).unwrap();
    let rest = in_parts.fit(&x, &y, fit().initial_epoch(1).epochs(3)).unwrap();
    assert_eq!(in_parts.iterations().unwrap(), at_once.iterations().unwrap());
    assert_eq!((first.epoch, rest.epoch), (vec![0], vec![1, 2]));
    for (name, values) in &whole.history {
        let parts = [first.history.as_slice(), rest.history.as_slice()].map(|history| {
            history
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, values)| values.clone())
                .unwrap_or_default()
        });
        assert_eq!(parts.concat(), *values, "{name}");
    }
    assert_eq!(in_parts.get_weights().unwrap(), at_once.get_weights().unwrap());
}

#[test]
fn shuffling_and_dropout_are_new_each_epoch() {
    let (x, y) = data();
    // Nothing is learned, so that epochs differ by their random numbers alone.
    let mut model = model();
    model.set_learning_rate(0.0).unwrap();
    let history = model.fit(&x, &y, Fit::new().batch_size(64).epochs(3).verbose(0)).unwrap();
    let losses = history.get("loss").unwrap();
    assert!(losses[0] != losses[1] && losses[1] != losses[2] && losses[0] != losses[2], "{losses:?}");
}

#[test]
fn looking_for_nan_changes_no_bit() {
    let (x, y) = data();
    let run = |debug: bool| {
        let mut model = model();
        let history = model.fit(&x, &y, fit().epochs(2).debug_nans(debug)).unwrap();
        (history, model.get_weights().unwrap())
    };
    assert_eq!(run(true), run(false));
}
