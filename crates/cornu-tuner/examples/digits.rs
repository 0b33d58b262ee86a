//! Handwritten digits: the same space searched in three ways for about the same number of epochs.
//!
//! `cargo run --release -p cornu-tuner --example digits`
//!
//! On 2 cores it takes some ten seconds and prints, for each way, the trials, the epochs they took, the best accuracy on
//! the samples held back and that model's accuracy on the test part.

use std::time::Instant;

use cornu::datasets::digits;
use cornu::layers::{Dense, Dropout, Flatten, Input, Rescaling};
use cornu::{Compile, Evaluate, Fit, Result, Sequential};
use cornu_tuner::oracles::{BayesianOptimization, Hyperband, Oracle, RandomSearch};
use cornu_tuner::{Float, HyperParameters, Int, Sampling, Tuner};

const EPOCHS: usize = 27;

fn build(hp: &mut HyperParameters) -> Result<Sequential> {
    let layers = hp.int("layers", 1..=3);
    let activation = hp.choice("activation", ["relu", "tanh", "gelu"]);
    let dropout = hp.float("dropout", 0.0..=0.5);
    let mut model =
        Sequential::new().add(Input::new([8, 8])).add(Rescaling::new(1.0 / 16.0)).add(Flatten::new());
    for layer in 1..=3 {
        // The second layer's units matter where there is a second layer.
        let at_least: Vec<i64> = (layer..=3).collect();
        let units = hp.conditional_scope("layers", at_least, |hp| {
            hp.int(&format!("units_{layer}"), Int::new(16..=256).step(2).sampling(Sampling::Log))
        });
        if let Some(units) = units.filter(|_| layer <= layers) {
            model = model.add(Dense::new(units as usize).activation(activation)).add(Dropout::new(dropout));
        }
    }
    let mut model = model.add(Dense::new(10).activation("softmax"));
    let optimizer = hp.choice("optimizer", ["adam", "rmsprop", "sgd"]);
    model.compile(
        Compile::new().optimizer(optimizer).loss("sparse_categorical_crossentropy").metrics(["accuracy"]),
    )?;
    model.set_learning_rate(hp.float("learning_rate", Float::reciprocal(1e-4, 1e-1)))?;
    Ok(model)
}

fn search(name: &str, oracle: impl Oracle + 'static, trials: Option<usize>) -> Result<()> {
    let ((x, y), (x_test, y_test)) = digits::load_data()?;
    let mut tuner = Tuner::new(oracle, build).objective("val_accuracy").seed(7).jobs(2).verbose(0);
    if let Some(trials) = trials {
        tuner = tuner.max_trials(trials);
    }
    let begun = Instant::now();
    tuner.search(&x, &y, |hp| {
        let batch_size = hp.int("batch_size", Int::new(16..=128).step(2).sampling(Sampling::Log));
        Fit::new().epochs(EPOCHS).batch_size(batch_size as usize).validation_split(0.2)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut best = tuner.get_best_models(1)?.remove(0);
    let test = best.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
    let epochs = tuner.trials().map(|trial| {
        let noted = |name: &str| trial.values().get(name).and_then(|value| value.as_i64());
        noted("tuner/epochs").unwrap_or(EPOCHS as i64) - noted("tuner/initial_epoch").unwrap_or(0)
    });
    println!(
        "{name:<10} {:>3} trials {:>4} epochs {seconds:>5.1} s  held back {:.4}  test {:.4}",
        tuner.trials().count(),
        epochs.sum::<i64>(),
        tuner.best_score().unwrap_or(f64::NAN),
        test.get("accuracy").unwrap_or(f64::NAN),
    );
    for (name, value) in tuner.best_params().into_iter().flatten() {
        println!("           {name} = {value}");
    }
    Ok(())
}

fn main() -> Result<()> {
    search("hyperband", Hyperband::new().max_epochs(EPOCHS), None)?;
    search("random", RandomSearch::new(), Some(12))?;
    search("bayesian", BayesianOptimization::new().num_initial_points(5), Some(12))
}
