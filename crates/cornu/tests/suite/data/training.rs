//! Training from datasets: the bits of training from tensors, and Keras' rules on epochs.

use std::path::{Path, PathBuf};

use cornu::callbacks::{BackupAndRestore, LambdaCallback};
use cornu::data::{self, Dataset, Pipeline, Shuffle};
use cornu::layers::{Dense, Embedding, GlobalAveragePooling1D, Input};
use cornu::{Compile, Evaluate, Fit, Model, Predict, Result, Sequential, Tensor, load_model};

const ROWS: usize = 75;

/// Samples of four numbers in three classes.
fn samples() -> Result<(Tensor, Tensor, Tensor)> {
    let x: Vec<f32> = (0..ROWS * 4).map(|at| ((at * 37 % 101) as f32 - 50.0) / 30.0).collect();
    let y: Vec<i64> = (0..ROWS as i64).map(|at| at * 7 % 3).collect();
    let weights: Vec<f32> = (0..ROWS).map(|at| 0.5 + (at % 5) as f32 / 4.0).collect();
    Ok((Tensor::new(x, [ROWS, 4])?, y.into(), weights.into()))
}

fn compile(model: &mut Model) -> Result<()> {
    model.compile(
        Compile::new()
            .optimizer("adam")
            .loss("sparse_categorical_crossentropy")
            .metrics(["accuracy"])
            .weighted_metrics(["accuracy"]),
    )
}

fn model() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([4]))
        .add(Dense::new(16).activation("relu"))
        .add(Dense::new(3).activation("softmax"))
        .into_model();
    compile(&mut model)?;
    Ok(model)
}

/// A folder with a model in it, from which several begin with the same weights.
fn start(name: &str) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("cornu-data-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    model()?.save(folder.join("start.keras"))?;
    Ok(folder)
}

fn started(folder: &Path) -> Result<Model> {
    load_model(folder.join("start.keras"))
}

fn quiet<'a>() -> Fit<'a> {
    Fit::new().shuffle(false).verbose(0)
}

#[test]
fn batches_of_a_dataset_train_to_the_bits_that_tensors_do() -> Result<()> {
    let ((x, y, weights), folder) = (samples()?, start("bits")?);
    let held_out = (x.rows(0..20)?, y.rows(0..20)?);
    let plain = || data::from_tensor_slices((&x, &y)).map(|rows| rows.batch(16));
    let validation = data::from_tensor_slices((&held_out.0, &held_out.1))?.batch(7);
    let mut by_tensors = started(&folder)?;
    let fit = quiet().epochs(3).batch_size(16).validation_batch_size(7);
    let want = by_tensors.fit(&x, &y, fit.validation_data(&held_out.0, &held_out.1))?;
    assert_eq!(want.epoch.len(), 3);

    let ways: [Pipeline; 4] = [
        plain()?,
        plain()?.prefetch(2),
        plain()?.cache().prefetch(data::AUTOTUNE),
        // Sample by sample, so that nothing is a view of the tensors.
        data::from_tensor_slices((&x, &y))?.map(Ok).batch(16).prefetch(1),
    ];
    for (at, dataset) in ways.iter().enumerate() {
        let mut model = started(&folder)?;
        let got = model.fit(dataset, (), quiet().epochs(3).validation_data(&validation, ()))?;
        assert_eq!(got, want, "dataset {at}");
        assert_eq!(model.get_weights()?, by_tensors.get_weights()?, "dataset {at}");
    }
    let logs = by_tensors.evaluate(&x, &y, Evaluate::new().batch_size(16).verbose(0))?;
    assert_eq!(by_tensors.evaluate(&plain()?, (), Evaluate::new().verbose(0))?, logs);
    let predicted = by_tensors.predict(&x, Predict::new())?;
    assert_eq!(by_tensors.predict(&plain()?, Predict::new())?, predicted);
    assert_eq!(by_tensors.predict(&plain()?, Predict::new().steps(2))?, predicted.rows(0..32)?);

    // Weights of samples and of classes.
    let mut by_tensors = started(&folder)?;
    let want = by_tensors.fit(&x, &y, quiet().epochs(2).batch_size(16).sample_weight(&weights))?;
    let weighted = data::from_tensor_slices((&x, &y, &weights))?.batch(16);
    assert_eq!(started(&folder)?.fit(&weighted, (), quiet().epochs(2))?, want);
    let classes = [(0, 2.0), (2, 0.25)];
    let want = started(&folder)?.fit(&x, &y, quiet().batch_size(16).class_weight(classes))?;
    assert_eq!(started(&folder)?.fit(&plain()?, (), quiet().class_weight(classes))?, want);
    std::fs::remove_dir_all(folder).expect("cleaning up");
    Ok(())
}

/// The first input of each sample of each batch an epoch trains on, as batches of one epoch after another.
pub(super) fn seen_by_epoch(
    dataset: &Pipeline,
    epochs: usize,
    steps: Option<usize>,
) -> Result<Vec<Vec<f32>>> {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::<f32>::new()));
    let noted = seen.clone();
    let watched = dataset.clone().map(move |record| {
        let first = record.x.tensor().map(|x| x.as_slice::<f32>().map(|x| x[0])).transpose()?;
        noted.lock().expect("no panic").extend(first);
        Ok(record)
    });
    let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1)).into_model();
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let mut done = Vec::new();
    let each = seen.clone();
    let note = LambdaCallback::new().on_epoch_end(|_, _, _| {
        done.push(std::mem::take(&mut *each.lock().expect("no panic")));
        Ok(())
    });
    let mut fit = quiet().epochs(epochs).callback(note);
    if let Some(steps) = steps {
        fit = fit.steps_per_epoch(steps);
    }
    model.fit(&watched, (), fit)?;
    Ok(done)
}

#[test]
fn epochs_of_given_steps_go_on_where_the_last_one_stopped() -> Result<()> {
    let values: Vec<f32> = (0..7).map(|v| v as f32).collect();
    let column = Tensor::new(values, [7, 1])?;
    let ones = data::from_tensor_slices((&column, &column))?.batch(1);
    let seen = |dataset: &Pipeline, steps| seen_by_epoch(dataset, 4, steps);
    assert_eq!(seen(&ones, None)?[3], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    // Keras: the third epoch runs out of data, the fourth begins anew.
    assert_eq!(
        seen(&ones, Some(3))?,
        [vec![0.0, 1.0, 2.0], vec![3.0, 4.0, 5.0], vec![6.0], vec![0.0, 1.0, 2.0]]
    );
    // As many steps as there are batches, whether that is known or not.
    let unknown = ones.clone().filter(|_| Ok(true));
    for dataset in [&ones, &unknown] {
        assert_eq!(seen(dataset, Some(7))?, vec![seen(&ones, None)?[0].clone(); 4]);
    }
    assert_eq!(seen(&unknown, Some(3))?[..3], seen(&ones, Some(3))?[..3]);
    // A dataset without end never runs out.
    let forever = ones.repeat_forever();
    assert_eq!(
        seen(&forever, Some(3))?,
        [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 0.0, 1.0], [2.0, 3.0, 4.0]]
    );
    Ok(())
}

#[test]
fn a_killed_training_on_a_dataset_ends_in_the_same_bits() -> Result<()> {
    let ((x, y, _), folder) = (samples()?, start("killed")?);
    let rows = || data::from_tensor_slices((&x, &y));
    let shuffled = || Ok::<_, cornu::Error>(rows()?.shuffle(Shuffle::new(30).seed(5)).batch(8));
    let ways = [
        (shuffled()?.prefetch(2), None),
        // A pass that lasts over epochs, known and unknown; and one that never ends.
        (shuffled()?, Some(4)),
        (shuffled()?.filter(|_| Ok(true)), Some(4)),
        (shuffled()?.repeat_forever().prefetch(3), Some(6)),
    ];
    for (at, (dataset, steps)) in ways.into_iter().enumerate() {
        let backup = folder.join(format!("backup-{at}"));
        let run = |death: usize, backup: Option<&Path>| -> Result<_> {
            let mut model = started(&folder)?;
            let mut left = death;
            let killer = LambdaCallback::new().on_train_batch_begin(move |_, _| {
                left = left.wrapping_sub(1);
                if left == 0 { Err(cornu::Error::model("killed")) } else { Ok(()) }
            });
            let mut fit = quiet().epochs(5).callback(killer);
            if let Some(steps) = steps {
                fit = fit.steps_per_epoch(steps);
            }
            if let Some(folder) = backup {
                fit = fit.callback(BackupAndRestore::new(folder).save_freq(1));
            }
            let history = model.fit(&dataset, (), fit)?;
            Ok((history, model.get_weights()?))
        };
        let want = run(usize::MAX, None)?;
        for death in [3, 9, 5] {
            assert_eq!(run(death, Some(&backup)).unwrap_err().to_string(), "killed");
        }
        let got = run(usize::MAX, Some(&backup))?;
        assert_eq!(got.1, want.1, "dataset {at}");
        assert_eq!(got.0, want.0, "dataset {at}");
    }
    std::fs::remove_dir_all(folder).expect("cleaning up");
    Ok(())
}

#[test]
fn a_model_without_a_shape_takes_that_of_the_first_batch() -> Result<()> {
    let (x, y, _) = samples()?;
    let dataset = data::from_tensor_slices((&x, &y))?.batch(10);
    let mut model = Sequential::new().add(Dense::new(3).activation("softmax")).into_model();
    compile(&mut model)?;
    model.fit(&dataset, (), quiet())?;
    assert_eq!(model.count_params()?, 15);
    Ok(())
}

#[test]
fn batches_may_differ_in_the_length_of_their_sequences() -> Result<()> {
    let batches = data::from_iter((0..12usize).map(|at| {
        let length = 3 + at % 4;
        (Tensor::full([5, length], (at % 6) as i64), Tensor::full([5, 1], (at % 2) as f32))
    }));
    let mut model = Sequential::new()
        .add(Input::new([None]))
        .add(Embedding::new(6, 4))
        .add(GlobalAveragePooling1D::new())
        .add(Dense::new(1).activation("sigmoid"))
        .into_model();
    model.compile(Compile::new().optimizer("adam").loss("binary_crossentropy").metrics(["accuracy"]))?;
    let history = model.fit(&batches, (), quiet().epochs(20))?;
    assert!(history.last("loss") < history.get("loss").map(|losses| losses[0]));
    Ok(())
}

#[test]
fn what_does_not_fit_is_said_with_its_batch() -> Result<()> {
    let (x, y, weights) = samples()?;
    let rows = || data::from_tensor_slices((&x, &y));
    let said = |dataset: &Pipeline, fit: Fit<'_>| {
        Ok::<_, cornu::Error>(model()?.fit(dataset, (), fit).unwrap_err().to_string())
    };
    let odd = data::from_iter(
        [4usize, 4, 3].map(|width| (Tensor::full([2, width], 0.5f32), Tensor::from([0i64, 1]))),
    );
    let bad_label =
        data::from_iter([2i64, 9].map(|label| (Tensor::full([1, 4], 0.5f32), Tensor::from([label]))));
    let lines = [
        said(&odd, quiet())?,
        said(&bad_label, quiet())?,
        said(&data::from_tensor_slices(&x)?.batch(8), quiet())?,
        said(&rows()?.take(0).batch(8), quiet())?,
        said(&rows()?.batch(8).repeat_forever(), quiet())?,
        said(&rows()?.batch(8), quiet().validation_split(0.2))?,
        said(&rows()?.batch(8), quiet().sample_weight(&weights))?,
        model()?.fit(&rows()?.batch(8), &y, quiet()).unwrap_err().to_string(),
        model()?.fit(&x, &rows()?, quiet()).unwrap_err().to_string(),
        model()?.train_on_batch(&rows()?, ()).unwrap_err().to_string(),
        model()?.evaluate(&rows()?.repeat_forever().batch(2), (), Evaluate::new()).unwrap_err().to_string(),
    ];
    let lines = lines.map(|line| line.split("; added at").next().unwrap_or_default().to_owned());
    insta::assert_snapshot!(lines.join("\n"), @r"
    batch 2 of the training data: layer `input_layer` (InputLayer) expects axis -1 of its input to be 4, got (2, 3)
    batch 1 of the training data: label 9 at sample 0 lies outside 0..3, the classes of output `dense_1`
    batch 0 of the training data: model `sequential` wants targets for each of its outputs (`dense_1`), got 0
    the training data is empty: it gives no batch
    steps_per_epoch: must be given: the training data never ends
    validation_split: is for tensors: give a part of the dataset as `validation_data`, by `take` and `skip`
    sample_weight: must be left out (`()`) where the training data is a dataset: its elements hold their targets and sample weights
    y: must be left out (`()`) where the training data is a dataset: its elements hold their targets and sample weights
    targets must be tensors, got a dataset: `fit`, `evaluate` and `predict` take one as `x`, and with it targets and sample weights
    inputs must be tensors, got a dataset: `fit`, `evaluate` and `predict` take one as `x`, and with it targets and sample weights
    steps: must be given: the evaluation data never ends
    ");
    Ok(())
}
