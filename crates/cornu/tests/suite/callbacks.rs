//! Callbacks: the decisions of the real Keras, and what a training tells them.

use std::path::PathBuf;

use cornu::callbacks::{
    BackupAndRestore, CSVLogger, Callback, CallbackList, EarlyStopping, LambdaCallback,
    LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau, SwapEMAWeights, TerminateOnNaN,
};
use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
use cornu::optimizers::{Adam, SGD};
use cornu::{Compile, Evaluate, Fit, Logs, Model, Predict, Result, Sequential, Tensor, load_model};
use serde_json::{Map, Value};

use crate::common::{cases, number, object, text};

/// A compiled model whose one weight tells the epoch.
fn counting() -> Result<Model> {
    let mut model =
        Sequential::new().add(Input::new([1])).add(Dense::new(1).use_bias(false).kernel_initializer("zeros"));
    model.compile(Compile::new().optimizer("sgd").loss("mse").metrics(["accuracy", "mae"]))?;
    let zero = Tensor::from([[0.0f32]]);
    model.train_on_batch(&zero, &zero)?;
    Ok(model.into_model())
}

fn epochs(case: &Value) -> impl Iterator<Item = (usize, Logs)> {
    let monitor = text(&case["args"], "monitor").to_owned();
    let values = case["values"].as_array().unwrap().clone();
    values.into_iter().enumerate().map(move |(epoch, value)| {
        let value = (!value.is_null()).then(|| (monitor.as_str(), number(&value)));
        (epoch, [("loss", 0.0)].into_iter().chain(value).collect())
    })
}

fn same(got: Option<f64>, want: &Value) -> bool {
    match (got, want.is_null()) {
        (Some(got), false) => got == number(want) || (got.is_nan() && number(want).is_nan()),
        (None, null) => null,
        _ => false,
    }
}

fn arguments<C>(start: C, arguments: &Map<String, Value>, set: impl Fn(C, &str, &Value) -> C) -> C {
    arguments.iter().fold(start, |callback, (name, value)| set(callback, name, value))
}

fn count(value: &Value) -> usize {
    number(value) as usize
}

#[test]
fn early_stopping_decides_as_keras_does() -> Result<()> {
    let stopping = cases("callbacks.json").into_iter().filter(|case| case["callback"] == "EarlyStopping");
    for case in stopping {
        let mut callback =
            arguments(EarlyStopping::new(), &object(&case, "args"), |callback, name, value| match name {
                "monitor" => callback.monitor(value.as_str().unwrap()),
                "mode" => callback.mode(value.as_str().unwrap()),
                "patience" => callback.patience(count(value)),
                "min_delta" => callback.min_delta(number(value)),
                "baseline" => callback.baseline(number(value)),
                "restore_best_weights" => callback.restore_best_weights(value == true),
                "start_from_epoch" => callback.start_from_epoch(count(value)),
                other => panic!("no argument {other}"),
            });
        let mut model = counting()?;
        callback.on_train_begin(&mut model)?;
        let mut done = 0;
        for (epoch, mut logs) in epochs(&case) {
            model.set_weights(&[Tensor::from([[epoch as f32]])])?;
            callback.on_epoch_end(&mut model, epoch, &mut logs)?;
            done += 1;
            if model.stop_training {
                break;
            }
        }
        callback.on_train_end(&mut model, &Logs::default())?;
        let found = (done, callback.stopped_epoch(), callback.best_epoch());
        let want = (count(&case["epochs"]), count(&case["stopped_epoch"]), count(&case["best_epoch"]));
        assert_eq!(found, want, "{} {}", case["history"], case["args"]);
        assert!(same(callback.best(), &case["best"]), "{} {}", case["history"], case["args"]);
        let weight = model.get_weights()?[0].item();
        assert!(same(weight, &case["weight"]), "{} {}: {weight:?}", case["history"], case["args"]);
    }
    Ok(())
}

#[test]
fn checkpoints_are_saved_when_keras_saves_them() -> Result<()> {
    let folder = folder("checkpoints");
    for case in cases("callbacks.json").into_iter().filter(|case| case["callback"] == "ModelCheckpoint") {
        std::fs::create_dir_all(&folder).unwrap();
        let start = ModelCheckpoint::new(folder.join("{epoch:02d}.keras").display().to_string());
        let mut callback = arguments(start, &object(&case, "args"), |callback, name, value| match name {
            "monitor" => callback.monitor(value.as_str().unwrap()),
            "save_best_only" => callback.save_best_only(value == true),
            "initial_value_threshold" => callback.initial_value_threshold(number(value)),
            other => panic!("no argument {other}"),
        });
        let mut model = counting()?;
        callback.on_train_begin(&mut model)?;
        for (epoch, mut logs) in epochs(&case) {
            callback.on_epoch_begin(&mut model, epoch)?;
            callback.on_epoch_end(&mut model, epoch, &mut logs)?;
        }
        let mut saved: Vec<usize> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy()[..2].parse().unwrap())
            .collect();
        saved.sort_unstable();
        let want: Vec<usize> = case["saved"].as_array().unwrap().iter().map(count).collect();
        assert_eq!(saved, want, "{} {}", case["history"], case["args"]);
        assert!(same(callback.best(), &case["best"]), "{} {}", case["history"], case["args"]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
    Ok(())
}

#[test]
fn the_rate_falls_when_keras_lets_it_fall() -> Result<()> {
    let reducing = cases("callbacks.json").into_iter().filter(|case| case["callback"] == "ReduceLROnPlateau");
    for case in reducing {
        let mut callback =
            arguments(ReduceLROnPlateau::new(), &object(&case, "args"), |callback, name, value| match name {
                "monitor" => callback.monitor(value.as_str().unwrap()),
                "mode" => callback.mode(value.as_str().unwrap()),
                "patience" => callback.patience(count(value)),
                "min_delta" => callback.min_delta(number(value)),
                "factor" => callback.factor(number(value)),
                "cooldown" => callback.cooldown(count(value)),
                "min_lr" => callback.min_lr(number(value)),
                other => panic!("no argument {other}"),
            });
        let mut model = counting()?;
        callback.on_train_begin(&mut model)?;
        let mut rates = Vec::new();
        for (epoch, mut logs) in epochs(&case) {
            callback.on_epoch_end(&mut model, epoch, &mut logs)?;
            rates.push(model.learning_rate()?);
        }
        let want: Vec<f64> = case["rates"].as_array().unwrap().iter().map(number).collect();
        let close = rates.iter().zip(&want).all(|(got, want)| (got - want).abs() <= 1e-7 * want);
        assert!(
            close && rates.len() == want.len(),
            "{} {}: {rates:?} {want:?}",
            case["history"],
            case["args"]
        );
    }
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cornu-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn data() -> Result<(Tensor, Tensor)> {
    let x: Vec<f32> = (0..120).map(|at| ((at * 37 % 101) as f32 - 50.0) / 50.0).collect();
    let y: Vec<f32> = x.chunks(3).map(|row| row[0] * 2.0 - row[2]).collect();
    Ok((Tensor::new(x, [40, 3])?, Tensor::new(y, [40, 1])?))
}

fn model() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([3]))
        .add(Dense::new(8).activation("relu"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(1));
    model.compile(Compile::new().optimizer(Adam::new(0.01)).loss("mse").metrics(["mae"]))?;
    Ok(model.into_model())
}

/// Notes each hook as `tests/fixtures/hooks.json` does.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn note(&mut self, hook: impl Into<String>) -> Result<()> {
        self.0.push(hook.into());
        Ok(())
    }

    fn note_logs(&mut self, hook: &str, logs: &Logs) -> Result<()> {
        let names: Vec<&str> = std::iter::once(hook).chain(logs.iter().map(|(name, _)| name)).collect();
        self.note(names.join(" "))
    }
}

impl Callback for Told {
    fn on_train_begin(&mut self, _: &mut Model) -> Result<()> {
        self.note("train_begin")
    }
    fn on_train_end(&mut self, _: &mut Model, logs: &Logs) -> Result<()> {
        self.note_logs("train_end", logs)
    }
    fn on_epoch_begin(&mut self, _: &mut Model, epoch: usize) -> Result<()> {
        self.note(format!("epoch_begin {epoch}"))
    }
    fn on_epoch_end(&mut self, _: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        self.note_logs(&format!("epoch_end {epoch}"), logs)
    }
    fn on_train_batch_begin(&mut self, _: &mut Model, batch: usize) -> Result<()> {
        self.note(format!("train_batch_begin {batch}"))
    }
    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        assert!(model.get_metrics_result()?.loss() > 0.0);
        self.note(format!("train_batch_end {batch}"))
    }
    fn on_test_begin(&mut self, _: &mut Model) -> Result<()> {
        self.note("test_begin")
    }
    fn on_test_end(&mut self, _: &mut Model, logs: &Logs) -> Result<()> {
        self.note_logs("test_end", logs)
    }
    fn on_test_batch_begin(&mut self, _: &mut Model, batch: usize) -> Result<()> {
        self.note(format!("test_batch_begin {batch}"))
    }
    fn on_test_batch_end(&mut self, _: &mut Model, batch: usize) -> Result<()> {
        self.note(format!("test_batch_end {batch}"))
    }
    fn on_predict_begin(&mut self, _: &mut Model) -> Result<()> {
        self.note("predict_begin")
    }
    fn on_predict_end(&mut self, _: &mut Model) -> Result<()> {
        self.note("predict_end")
    }
    fn on_predict_batch_begin(&mut self, _: &mut Model, batch: usize) -> Result<()> {
        self.note(format!("predict_batch_begin {batch}"))
    }
    fn on_predict_batch_end(&mut self, _: &mut Model, batch: usize) -> Result<()> {
        self.note(format!("predict_batch_end {batch}"))
    }
}

#[test]
fn hooks_come_in_the_order_of_keras() -> Result<()> {
    let (x, y) = data()?;
    let (x, y) = (x.rows(0..20)?, y.rows(0..20)?);
    for case in cases("hooks.json") {
        let (mut model, mut told) = (model()?, Told::default());
        let fit = || Fit::new().batch_size(8).verbose(0);
        let evaluate = || Evaluate::new().batch_size(8).verbose(0);
        let stop = LambdaCallback::new().on_epoch_end(|model, epoch, _| {
            model.stop_training = epoch == 1;
            Ok(())
        });
        match text(&case, "name") {
            "fit" => drop(model.fit(&x, &y, fit().epochs(2).callback(&mut told))?),
            "fit with validation" => {
                let arguments = fit()
                    .epochs(3)
                    .validation_split(0.4)
                    .validation_freq(2)
                    .validation_batch_size(3)
                    .validation_steps(2)
                    .steps_per_epoch(1);
                model.fit(&x, &y, arguments.callback(&mut told))?;
            }
            "fit that is stopped" => {
                model.fit(&x, &y, fit().epochs(4).batch_size(16).callback(stop).callback(&mut told))?;
            }
            "evaluate" => drop(model.evaluate(&x, &y, evaluate().callback(&mut told))?),
            "evaluate some" => drop(model.evaluate(&x, &y, evaluate().steps(2).callback(&mut told))?),
            "predict" => drop(model.predict(&x, Predict::new().batch_size(8).callback(&mut told))?),
            "predict some" => {
                let found = model.predict(&x, Predict::new().batch_size(8).steps(1).callback(&mut told))?;
                assert_eq!(found.shape(), [8, 1]);
            }
            other => panic!("no case {other}"),
        }
        let wanted: Vec<&str> =
            case["told"].as_array().unwrap().iter().map(|hook| hook.as_str().unwrap()).collect();
        assert_eq!(told.0, wanted, "{}", case["name"]);
    }
    Ok(())
}

#[test]
fn what_callbacks_do_reaches_training_and_history() -> Result<()> {
    let (x, y) = data()?;
    let folder = folder("flow");
    std::fs::create_dir_all(&folder).unwrap();
    let csv = folder.join("log.csv");
    let best = folder.join("deep/best.weights.h5");
    let mut model = model()?;
    let mut stop = EarlyStopping::new().monitor("loss").patience(0).min_delta(1e9);
    let halve = LearningRateScheduler::new(|epoch, rate| if epoch == 0 { rate } else { rate / 2.0 });
    let arguments = Fit::new()
        .epochs(9)
        .validation_split(0.25)
        .verbose(0)
        .callback(halve)
        .callback(CSVLogger::new(&csv))
        .callback(ModelCheckpoint::new(best.display().to_string()).save_weights_only(true))
        .callback(&mut stop);
    let history = model.fit(&x, &y, arguments)?;
    assert_eq!((history.epoch.as_slice(), stop.stopped_epoch()), (&[0, 1][..], 1));
    let rates = history.get("learning_rate").unwrap();
    assert!((rates[0] - 0.01).abs() < 1e-8 && (rates[1] - 0.005).abs() < 1e-8, "{rates:?}");
    let text = std::fs::read_to_string(&csv).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "epoch,learning_rate,loss,mae,val_loss,val_mae");
    assert_eq!(lines.len(), 3);
    assert!(lines[2].starts_with("1,0.00"), "{text}");
    let weights = model.get_weights()?;
    model.fit(&x, &y, Fit::new().verbose(0))?;
    model.load_weights(&best)?;
    assert_eq!(model.get_weights()?, weights);
    std::fs::remove_dir_all(&folder).unwrap();
    Ok(())
}

#[test]
fn a_loss_that_is_no_number_ends_the_training() -> Result<()> {
    let (x, _) = data()?;
    let y = Tensor::full([40, 1], f32::MAX);
    let run = |guard: TerminateOnNaN| -> Result<_> {
        let mut batches = 0;
        let count = LambdaCallback::new().on_train_batch_end(|_, _| {
            batches += 1;
            Ok(())
        });
        let result =
            model()?.fit(&x, &y, Fit::new().batch_size(8).verbose(0).callback(guard).callback(count));
        Ok((result, batches))
    };
    let (history, batches) = run(TerminateOnNaN::new())?;
    assert_eq!((history?.epoch.len(), batches), (1, 1));
    let (result, _) = run(TerminateOnNaN::new().raise_error(true))?;
    insta::assert_snapshot!(result.unwrap_err(), @"the loss is inf after batch 0: training ends here");
    Ok(())
}

#[test]
fn averages_stand_in_for_weights_while_the_model_is_measured() -> Result<()> {
    let (x, y) = data()?;
    let mut model = Sequential::new().add(Input::new([3])).add(Dense::new(1));
    model.compile(Compile::new().optimizer(SGD::new(0.1).use_ema(true).ema_momentum(0.9)).loss("mse"))?;
    let mut model = model.into_model();
    let mut seen: Vec<(Vec<Tensor>, Vec<Tensor>)> = Vec::new();
    struct Both<'a>(&'a mut Vec<(Vec<Tensor>, Vec<Tensor>)>, Vec<Tensor>);
    impl Callback for Both<'_> {
        fn on_train_batch_end(&mut self, model: &mut Model, _: usize) -> Result<()> {
            self.1 = model.get_weights()?;
            Ok(())
        }
        fn on_test_batch_end(&mut self, model: &mut Model, _: usize) -> Result<()> {
            self.0.push((self.1.clone(), model.get_weights()?));
            Ok(())
        }
    }
    let arguments = Fit::new().epochs(3).verbose(0).validation_data(&x, &y);
    let both = Both(&mut seen, Vec::new());
    model.fit(&x, &y, arguments.callback(SwapEMAWeights::new()).callback(both))?;
    assert!(seen.iter().all(|(trained, measured)| trained != measured));
    // In the end the averages are the weights, as without the callback.
    assert_eq!(model.get_weights()?, seen.last().unwrap().1);
    let mut plain = Sequential::new().add(Input::new([3])).add(Dense::new(1));
    plain.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let refused =
        plain.fit(&x, &y, Fit::new().verbose(0).validation_data(&x, &y).callback(SwapEMAWeights::new()));
    insta::assert_snapshot!(refused.unwrap_err(), @"SwapEMAWeights needs an optimizer that keeps averages: give it `.use_ema(true)`");
    Ok(())
}

/// Ends a run after so many batches, as if it were killed: with an error, so that nothing is tidied up.
struct Killed(usize);

impl Callback for Killed {
    fn on_train_batch_end(&mut self, _: &mut Model, _: usize) -> Result<()> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| cornu::Error::model("killed"))?;
        Ok(())
    }
}

#[test]
fn a_run_that_was_killed_ends_in_the_same_bits() -> Result<()> {
    let (x, y) = data()?;
    let folder = folder("killed");
    std::fs::create_dir_all(&folder).unwrap();
    let start = folder.join("start.keras");
    model()?.save(&start)?;
    // Each time another model with a seed of its own, as another process would have.
    let run = |backup: BackupAndRestore, death: usize| -> Result<_> {
        let mut model = load_model(&start)?;
        let arguments = Fit::new()
            .epochs(6)
            .batch_size(8)
            .validation_split(0.2)
            .verbose(0)
            .callback(backup)
            .callback(EarlyStopping::new().patience(3).restore_best_weights(true))
            .callback(ReduceLROnPlateau::new().patience(1).factor(0.7).min_delta(0.05))
            .callback(Killed(death));
        let history = model.fit(&x, &y, arguments)?;
        Ok((history, model.get_weights()?))
    };
    let (never, often) = (folder.join("never"), folder.join("often"));
    let killed = run(BackupAndRestore::new(&never).save_freq(1), 1).unwrap_err();
    assert_eq!(killed.to_string(), "killed");
    let first = folder.join("first.npz");
    std::fs::copy(never.join("latest.npz"), &first).unwrap();
    let want = run(BackupAndRestore::new(&never), usize::MAX)?;
    assert!(!never.exists(), "the backup is removed in the end");
    assert!(want.0.get("learning_rate").unwrap().last() < Some(&0.01), "{:?}", want.0);
    for (frequency, deaths) in
        [(Some(1), vec![1, 4, 2, 3]), (Some(3), vec![5, 7, 4]), (None, vec![2, 9, 5, 4])]
    {
        std::fs::create_dir_all(&often).unwrap();
        std::fs::copy(&first, often.join("latest.npz")).unwrap();
        let backup = || match frequency {
            Some(batches) => BackupAndRestore::new(&often).save_freq(batches).double_checkpoint(true),
            None => BackupAndRestore::new(&often),
        };
        for death in deaths {
            assert_eq!(run(backup(), death).unwrap_err().to_string(), "killed");
        }
        assert_eq!(run(backup(), usize::MAX)?, want, "every {frequency:?} batches");
        assert!(!often.exists());
    }
    std::fs::remove_dir_all(&folder).unwrap();
    Ok(())
}

#[test]
fn a_run_that_was_told_to_stop_leaves_no_backup_that_goes_on() -> Result<()> {
    let (x, y) = data()?;
    let folder = folder("stopped");
    // Killed between the stop and the end: the next run must stop at the same epoch.
    let run = |dies: bool| {
        let end = LambdaCallback::new().on_train_end(move |_, _| match dies {
            true => Err(cornu::Error::model("killed")),
            false => Ok(()),
        });
        let stop = EarlyStopping::new().monitor("loss").patience(0).min_delta(1e9);
        let arguments = Fit::new().epochs(9).verbose(0).callback(end).callback(stop);
        model()?.fit(&x, &y, arguments.callback(BackupAndRestore::new(&folder)))
    };
    assert_eq!(run(true).unwrap_err().to_string(), "killed");
    assert_eq!(run(false)?.epoch, [0, 1]);
    let refused = model()?.fit(&x, &y, Fit::new().validation_freq(0)).unwrap_err();
    insta::assert_snapshot!(refused, @"validation_freq: must be at least 1, got 0");
    Ok(())
}

#[test]
fn the_backup_of_another_model_is_refused() -> Result<()> {
    let (x, y) = data()?;
    let folder = folder("other");
    let backup = || BackupAndRestore::new(&folder).delete_checkpoint(false);
    model()?.fit(&x, &y, Fit::new().verbose(0).callback(backup()))?;
    let mut other = Sequential::new().add(Input::new([3])).add(Dense::new(2)).add(Dense::new(1));
    other.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let error = other.fit(&x, &y, Fit::new().verbose(0).callback(backup())).unwrap_err().to_string();
    let error = error.split_once("latest.npz").unwrap().1;
    insta::assert_snapshot!(error, @": has `dense/kernel` of another shape, (3, 8); it is the backup of another run: remove it to begin anew");
    std::fs::write(folder.join("latest.npz"), b"PK no backup").unwrap();
    assert!(model()?.fit(&x, &y, Fit::new().verbose(0).callback(backup())).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
    Ok(())
}

#[test]
fn a_list_tells_all() -> Result<()> {
    let mut count = 0;
    let mut list = CallbackList::new();
    assert!(list.is_empty());
    list.append(LambdaCallback::new().on_epoch_begin(|_, epoch| {
        count += epoch;
        Ok(())
    }));
    list.on_epoch_begin(&mut counting()?, 3)?;
    drop(list);
    assert_eq!(count, 3);
    Ok(())
}
