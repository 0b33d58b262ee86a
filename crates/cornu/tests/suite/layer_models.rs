//! Each recorded layer in a model of its own: through a file and back, and on any number of threads.
//!
//! `CORNU_KERAS_FILES=FOLDER cargo test -p cornu --test suite layer_models` leaves the files there, each beside its inputs
//! and outputs, for `oracle/check_cornu_files.py FOLDER`: does the real Keras open them and compute the same?

use std::path::{Path, PathBuf};

use crate::common::{assert_close, object, tensor};
use crate::layer_case::{Case, cases, list};
use cornu::data::save_npz;
use cornu::layers::Input;
use cornu::{Called, KerasTensor, Model, Predict, Result, Tensor, load_model};

/// Cases a model can hold: computed outside training, from inputs alone.
fn plain() -> impl Iterator<Item = Case> {
    let is_plain = |case: &Case| {
        let given =
            ["masks", "tensors"].iter().any(|key| list(&case.json[key]).iter().any(|it| !it.is_null()));
        !case.training && !given
    };
    cases().into_iter().filter(is_plain)
}

fn model(case: &Case) -> Result<Model> {
    let input = |(at, x): (usize, &Tensor)| {
        let input = match case.json["config"].to_string().contains(r#""stateful":true"#) {
            true => Input::batch(x.shape().to_vec()),
            false => Input::new(x.shape()[1..].to_vec()),
        };
        input.name(format!("x{at}")).tensor()
    };
    let inputs: Vec<KerasTensor> = case.inputs.iter().enumerate().map(input).collect();
    let arguments = object(&case.json, "arguments").into_iter();
    let called =
        arguments.fold(Called::new(inputs.clone()), |called, (name, value)| called.argument(name, value));
    let result = case.layer.boxed().on(called);
    let outputs: Vec<KerasTensor> =
        (0..list(&case.json["outputs"]).len()).map(|at| result.output(at)).collect();
    let mut model = Model::new(inputs, outputs)?;
    let kept = case.weights.iter().zip(&case.values).filter(|(weight, _)| !weight.transient);
    model.set_weights(&kept.map(|(_, value)| value.clone()).collect::<Vec<_>>())?;
    Ok(model)
}

/// Where files go, and whether they are to stay.
fn folder(name: &str) -> (PathBuf, bool) {
    let kept = std::env::var_os("CORNU_KERAS_FILES").map(PathBuf::from);
    let stays = kept.is_some();
    let folder =
        kept.unwrap_or_else(|| std::env::temp_dir().join(format!("cornu-{name}-{}", std::process::id())));
    std::fs::create_dir_all(&folder).unwrap();
    (folder, stays)
}

fn leave(path: &Path, x: &[Tensor], y: &[Tensor]) -> Result<()> {
    let named = |stem: &str, tensors: &[Tensor]| -> Vec<(String, Tensor)> {
        tensors.iter().enumerate().map(|(at, tensor)| (format!("{stem}{at}"), tensor.clone())).collect()
    };
    save_npz(path.with_extension("npz"), &[named("x", x), named("y_pred", y)].concat())
}

#[test]
fn every_layer_goes_through_a_file() -> Result<()> {
    let (folder, stays) = folder("layers");
    for (number, case) in plain().enumerate() {
        let what = case.what();
        // Stateful layers were asked several times.
        let calls = case.json["calls"].as_u64().unwrap_or(1);
        let predict = |model: &mut Model| model.predict_all(case.inputs.as_slice(), Predict::new());
        let predicted = |model: &mut Model| {
            (1..calls).try_for_each(|_| predict(model).map(drop)).and_then(|()| predict(model))
        };
        let mut model = model(&case).unwrap_or_else(|error| panic!("{what}: {error}"));
        let path = folder.join(format!("{number:03}_{}.keras", case.layer.class_name()));
        model.save(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
        let found = predicted(&mut model).unwrap_or_else(|error| panic!("{what}: {error}"));
        for (got, want) in found.iter().zip(list(&case.json["outputs"])) {
            assert_close(&what, got, &tensor(want), case.tolerance());
        }
        let mut loaded = load_model(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
        // A state from before would make another prediction.
        loaded.reset_states()?;
        assert_eq!(predicted(&mut loaded)?, found, "{what}");
        // A layer that keeps a vocabulary has no place for it in an `.h5` file, and says so.
        let legacy = path.with_file_name(format!("{number:03}_{}_h5.h5", case.layer.class_name()));
        let kept = case.layer.kept().unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(model.save(&legacy).is_ok(), kept.is_empty(), "{what}");
        if kept.is_empty() {
            let mut loaded = load_model(&legacy).unwrap_or_else(|error| panic!("{what}: {error}"));
            loaded.reset_states()?;
            assert_eq!(predicted(&mut loaded)?, found, "{what}: as .h5");
        }
        if stays {
            for path in [&path, &legacy].into_iter().filter(|path| path.exists()) {
                loaded.reset_states()?;
                leave(path, &case.inputs, &predict(&mut loaded)?)?;
            }
        }
    }
    if !stays {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    Ok(())
}

#[test]
fn the_number_of_threads_changes_no_bit() -> Result<()> {
    let pools = [1, 5].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    for case in plain() {
        let found: Vec<Vec<Tensor>> = pools
            .iter()
            .map(|pool| {
                let mut model = model(&case)?;
                pool.install(|| model.predict_all(case.inputs.as_slice(), Predict::new()))
            })
            .collect::<Result<_>>()?;
        assert_eq!(found[0], found[1], "{}", case.what());
    }
    Ok(())
}
