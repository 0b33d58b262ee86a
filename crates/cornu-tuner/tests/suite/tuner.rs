//! Searches for models.

use cornu::callbacks::EarlyStopping;
use cornu::layers::{Dense, Dropout, Input};
use cornu::optimizers::Adam;
use cornu::{Compile, Evaluate, Fit, Result, Sequential, Tensor};
use cornu_tuner::oracles::{GridSearch, Hyperband, Oracle, RandomSearch};
use cornu_tuner::{Float, HyperParameters, Status, Tuner};

use crate::{Folder, tried};

/// Points in three groups on a line, which a small network tells apart.
fn data() -> (Tensor, Tensor) {
    let x: Vec<f32> = (0..120).map(|at| ((at * 37 % 120) as f32 - 60.0) / 20.0).collect();
    let y: Vec<i64> = x.iter().map(|x| if *x < -1.0 { 0 } else { i64::from(*x > 1.0) + 1 }).collect();
    (Tensor::new(x, [120, 1]).unwrap(), Tensor::from(y))
}

fn build(hp: &mut HyperParameters) -> Result<Sequential> {
    let mut model = Sequential::new().add(Input::new([1]));
    for layer in 0..hp.int("layers", 1..=2) {
        // Known only once there are two layers.
        let units = hp.int(&format!("units_{layer}"), 2..=12) as usize;
        model = model.add(Dense::new(units).activation(hp.choice("activation", ["relu", "tanh"])));
    }
    if hp.boolean("dropout", false) {
        model = model.add(Dropout::new(0.2));
    }
    let mut model = model.add(Dense::new(3).activation("softmax"));
    let rate = hp.float("learning_rate", Float::reciprocal(1e-3, 1e-1));
    let compile = Compile::new().optimizer(Adam::new(rate)).loss("sparse_categorical_crossentropy");
    model.compile(compile.metrics(["accuracy"]))?;
    Ok(model)
}

fn fit<'a>(hp: &mut HyperParameters) -> Fit<'a> {
    let stop = EarlyStopping::new().monitor("val_loss").patience(2);
    Fit::new()
        .epochs(6)
        .batch_size(hp.choice("batch_size", [8usize, 16]))
        .validation_split(0.25)
        .callback(stop)
}

fn tuner<'b>(oracle: impl Oracle + 'static) -> Tuner<'b> {
    Tuner::new(oracle, build).objective("val_accuracy").seed(3).verbose(0)
}

#[test]
fn trials_are_the_same_however_many_run_at_once() {
    let (x, y) = data();
    let run = |oracle: usize, jobs| {
        let mut tuner = match oracle {
            0 => tuner(RandomSearch::new()).max_trials(8),
            _ => tuner(Hyperband::new().max_epochs(4).factor(2)),
        };
        tuner = tuner.jobs(jobs);
        tuner.search(&x, &y, fit).unwrap();
        let weights = tuner.get_best_models(1).unwrap()[0].get_weights().unwrap();
        (tried(&tuner), weights)
    };
    for oracle in [0, 1] {
        let one = run(oracle, 1);
        assert!(one.0.len() >= 8);
        assert!(one.0.iter().all(|(_, score)| score.is_some()), "{one:?}");
        assert_eq!(one, run(oracle, 3), "{oracle}");
    }
}

#[test]
fn the_best_models_are_as_good_as_their_trials() {
    let (x, y) = data();
    let folder = Folder::new();
    for in_folder in [false, true] {
        let mut tuner = tuner(RandomSearch::new()).max_trials(5).objective("val_loss");
        if in_folder {
            tuner = tuner.directory(&folder.0).project_name("p");
        }
        tuner.search(&x, &y, fit).unwrap();
        let (x, y) = (x.rows(90..120).unwrap(), y.rows(90..120).unwrap());
        for (model, trial) in tuner.get_best_models(2).unwrap().iter_mut().zip(tuner.get_best_trials(2)) {
            let logs = model.evaluate(&x, &y, Evaluate::new().verbose(0)).unwrap();
            assert!((logs.loss() - trial.score.unwrap()).abs() < 1e-5, "{logs} instead of {:?}", trial.score);
            assert_eq!(trial.metric("val_loss"), trial.score);
        }
    }
    assert!(folder.0.join("p/trial_0/checkpoint.weights.h5").exists());
}

#[test]
fn a_model_without_an_input_is_found_again() {
    let (x, y) = data();
    let folder = Folder::new();
    for in_folder in [false, true] {
        let mut tuner = Tuner::new(RandomSearch::new(), |hp| {
            let units = hp.int("units", 2..=4) as usize;
            let mut model = Sequential::new().add(Dense::new(units)).add(Dense::new(3).activation("softmax"));
            model.compile(Compile::new().optimizer("adam").loss("sparse_categorical_crossentropy"))?;
            Ok(model)
        })
        .objective("loss")
        .max_trials(2)
        .verbose(0);
        if in_folder {
            tuner = tuner.directory(&folder.0);
        }
        tuner.search(&x, &y, |_| Fit::new()).unwrap();
        let shape = tuner.get_best_models(1).unwrap()[0].input_shape().unwrap();
        assert_eq!(shape.to_string(), "(None, 1)");
    }
}

#[test]
fn hyperband_goes_on_with_weights() {
    let (x, y) = data();
    let mut tuner = tuner(Hyperband::new().max_epochs(4).factor(2)).objective("loss");
    tuner.search(&x, &y, |_| Fit::new().batch_size(8)).unwrap();
    let mut followed = 0;
    for trial in tuner.trials() {
        let Some(before) = trial.values().get("tuner/trial_id").and_then(|id| id.as_str()) else { continue };
        let before = tuner.trials().find(|trial| trial.trial_id == before).unwrap();
        // From fresh weights an epoch or two would end far above.
        assert!(trial.score.unwrap() < before.score.unwrap() * 1.1, "{trial:?} after {before:?}");
        assert!(trial.best_step >= before.best_step);
        followed += 1;
    }
    assert_eq!(followed, (2 + 1) + 1);
}

#[test]
fn executions_are_averaged() {
    let (x, y) = data();
    let run = |executions| {
        let mut tuner =
            tuner(RandomSearch::new()).max_trials(2).objective("loss").executions_per_trial(executions);
        tuner.search(&x, &y, |_| Fit::new().epochs(1)).unwrap();
        tuner.trials().map(|trial| trial.score.unwrap()).collect::<Vec<f64>>()
    };
    let (one, two) = (run(1), run(2));
    assert!(one.iter().zip(&two).all(|(one, two)| one != two), "{one:?} {two:?}");
}

#[test]
fn the_grid_of_a_conditional_network_is_complete() {
    let (x, y) = data();
    let mut tuner = Tuner::new(GridSearch::new(), |hp| {
        let mut model = Sequential::new().add(Input::new([1]));
        for layer in 0..hp.int("layers", 1..=2) {
            model = model.add(Dense::new(hp.choice(&format!("units_{layer}"), [2usize, 3])));
        }
        let mut model = model.add(Dense::new(3).activation("softmax"));
        model.compile(Compile::new().loss("sparse_categorical_crossentropy"))?;
        Ok(model)
    })
    .objective("loss")
    .verbose(0);
    tuner.search(&x, &y, |_| Fit::new().steps_per_epoch(1)).unwrap();
    let names: Vec<String> = tuner.results().rows().iter().map(|row| row[3..].join(" ")).collect();
    assert_eq!(names, ["1 2 ", "1 3 ", "2 2 2", "2 2 3", "2 3 2", "2 3 3"]);
}

#[test]
fn what_a_trial_lacks_is_said() {
    let (x, y) = data();
    let message = |tuner: Tuner<'_>, split: f64| {
        let mut tuner = tuner.max_trials(1).max_consecutive_failed_trials(1);
        let error = tuner.search(&x, &y, |_| Fit::new().validation_split(split)).unwrap_err();
        assert_eq!(tuner.trials().next().map(|trial| trial.status), Some(Status::Failed));
        error.to_string()
    };
    insta::assert_snapshot!(message(tuner(RandomSearch::new()), 0.0), @"the search stops at max_consecutive_failed_trials=1: trial 0 failed with: there is no `val_accuracy` among what was measured, accuracy, loss; give `fit` validation data or a validation_split");
    insta::assert_snapshot!(message(tuner(RandomSearch::new()).max_model_size(5), 0.1), @"the search stops at max_consecutive_failed_trials=1: trial 0 failed with: the model has 138 parameters, more than max_model_size, 5");
    let mut none = Tuner::new(RandomSearch::new(), |_| -> Result<Sequential> {
        Err(cornu::Error::model("no such model"))
    });
    none = none.objective("loss");
    let error = none.search(&x, &y, |_| Fit::new()).unwrap_err();
    insta::assert_snapshot!(error, @"no such model");
}
