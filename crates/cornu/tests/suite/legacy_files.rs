//! The `.h5` files that Keras 3, tf-keras, Keras 2.2 and Keras 1.2 wrote, read, trained on, and written again.
//!
//! `CORNU_KERAS_FILES=FOLDER cargo test -p cornu --test suite legacy_files` leaves what is written there, each file beside its
//! inputs, predictions and another step of training, for `oracle/check_cornu_files.py FOLDER`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::fixture_path;
use cornu::data::{load_npz, save_npz};
use cornu::{
    Error, Fit, LoadModel, LoadWeights, Model, Predict, Result, Tensor, load_model, load_model_with,
};

/// A file with what it must predict.
struct Case {
    name: String,
    file: Vec<u8>,
    arrays: BTreeMap<String, Tensor>,
}

impl Case {
    /// The arrays of a kind, such as `x0`, `x1`, ….
    fn several(&self, kind: &str) -> Vec<Tensor> {
        (0..).map_while(|at| self.arrays.get(&format!("{kind}{at}")).cloned()).collect()
    }

    fn predict(&self, model: &mut Model) -> Result<Vec<Tensor>> {
        model.predict_all(self.several("x").as_slice(), Predict::new())
    }

    /// Whether another step was recorded.
    fn is_trained(&self) -> bool {
        self.arrays.contains_key("after0")
    }
}

/// The cases of a fixture.
fn cases(fixture: &str) -> Vec<Case> {
    let mut cases: BTreeMap<String, BTreeMap<String, Tensor>> = BTreeMap::new();
    for (name, array) in load_npz(fixture_path(&format!("legacy/{fixture}.npz"))).unwrap() {
        let (case, kind) = name.split_once('/').unwrap();
        cases.entry(case.into()).or_default().insert(kind.into(), array);
    }
    let case = |(name, mut arrays): (String, BTreeMap<String, Tensor>)| {
        let file = arrays.remove("file").unwrap().to_vec::<u8>();
        Case { name, file, arrays }
    };
    cases.into_iter().map(case).collect()
}

/// A folder that disappears with its value, unless it is to stay.
struct Folder {
    path: PathBuf,
    stays: bool,
}

impl Folder {
    fn new(name: &str) -> Self {
        let kept = std::env::var_os("CORNU_KERAS_FILES").map(PathBuf::from);
        let stays = kept.is_some();
        let path =
            kept.unwrap_or_else(|| std::env::temp_dir().join(format!("cornu-{name}-{}", std::process::id())));
        std::fs::create_dir_all(&path).unwrap();
        Folder { path, stays }
    }

    /// A case's file, under a name that does not say what it is.
    fn put(&self, case: &Case) -> PathBuf {
        let path = self.path.join(format!("{}.file", case.name));
        std::fs::write(&path, &case.file).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Compares outputs; where they differ, says by how much.
fn misfit(what: &str, got: &[Tensor], want: &[Tensor]) -> Option<String> {
    let shapes =
        |tensors: &[Tensor]| tensors.iter().map(|tensor| tensor.shape().to_vec()).collect::<Vec<_>>();
    if shapes(got) != shapes(want) {
        return Some(format!("{what}: {:?} instead of {:?}", shapes(got), shapes(want)));
    }
    let values =
        |tensors: &[Tensor]| tensors.iter().flat_map(|tensor| tensor.to_vec::<f64>()).collect::<Vec<_>>();
    let apart =
        values(got).into_iter().zip(values(want)).map(|(got, want)| (got - want).abs() / (1.0 + want.abs()));
    let worst =
        apart.fold(0.0, |worst: f64, apart| if apart.is_nan() { f64::INFINITY } else { worst.max(apart) });
    (worst > 1e-4).then(|| format!("{what}: off by {worst:.1e}"))
}

/// What a model predicts, and predicts after another step, that it should not.
fn misfits(what: &str, model: &mut Model, case: &Case) -> Result<Vec<String>> {
    let mut wrong = Vec::from_iter(misfit(what, &case.predict(model)?, &case.several("y")));
    if case.is_trained() {
        model.train_on_batch(case.several("x").as_slice(), case.several("t").as_slice())?;
        wrong.extend(misfit(&format!("{what} after a step"), &case.predict(model)?, &case.several("after")));
    }
    Ok(wrong)
}

/// Reads every file of a fixture, predicts, and trains on where that was recorded.
fn check(fixture: &str) {
    let folder = Folder::new(fixture);
    let mut wrong = Vec::new();
    for case in cases(fixture) {
        let path = folder.put(&case);
        let found = load_model(&path).and_then(|mut model| misfits(&case.name, &mut model, &case));
        std::fs::remove_file(&path).unwrap();
        wrong.extend(found.unwrap_or_else(|error| vec![format!("{}: {error}", case.name)]));
    }
    assert!(wrong.is_empty(), "{fixture}:\n{}", wrong.join("\n"));
}

#[test]
fn whole_models_of_keras_3() {
    check("keras_3");
}

#[test]
fn whole_models_of_tf_keras() {
    check("tf_keras");
}

#[test]
fn archives_of_tf_keras() {
    check("tf_keras_archive");
}

#[test]
fn every_layer_of_keras_3() {
    check("keras_3_layers");
}

#[test]
fn every_layer_of_tf_keras() {
    check("tf_keras_layers");
}

#[test]
fn layouts_of_keras_2() {
    check("keras_2");
}

#[test]
fn layouts_of_keras_1() {
    check("keras_1");
}

/// What is written is read again with its optimizer, in both formats.
#[test]
fn what_is_written_trains_on() -> Result<()> {
    let folder = Folder::new("written");
    let mut wrong = Vec::new();
    for case in cases("keras_3") {
        let original = folder.put(&case);
        for format in ["h5", "keras"] {
            let what = format!("{}_{format}", case.name);
            let path = folder.path.join(format!("{what}.{format}"));
            load_model(&original)?.save(&path)?;
            wrong.extend(misfits(&what, &mut load_model(&path)?, &case)?);
            if folder.stays {
                leave(&path, &case)?;
            }
        }
        std::fs::remove_file(&original).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Leaves beside a file what `check_cornu_files.py` asks of it.
fn leave(path: &Path, case: &Case) -> Result<()> {
    let (x, t) = (case.several("x"), case.several("t"));
    let mut model = load_model(path)?;
    let predicted = case.predict(&mut model)?;
    model.fit(x.as_slice(), t.as_slice(), Fit::new().batch_size(8).shuffle(false).verbose(0))?;
    let named = |stem: &str, tensors: &[Tensor]| -> Vec<(String, Tensor)> {
        tensors.iter().enumerate().map(|(at, tensor)| (format!("{stem}{at}"), tensor.clone())).collect()
    };
    let all =
        [named("x", &x), named("y", &t), named("y_pred", &predicted), named("w", &model.get_weights()?)];
    save_npz(path.with_extension("npz"), &all.concat())
}

/// What is said of a file, without its path; nor where a layer was added.
fn message(error: &Error) -> String {
    let text = error.to_string();
    let text = text.split("; added at").next().unwrap_or_default();
    let path = text.find(": ").filter(|_| text.starts_with('/'));
    path.map_or_else(|| text.to_owned(), |end| text[end + 2..].to_owned())
}

#[test]
fn weights_go_by_order_or_by_name() -> Result<()> {
    use cornu::Sequential;
    use cornu::layers::{Dense, Input};
    let folder = Folder::new("by-name");
    let path = folder.path.join("weights.h5");
    let make = |names: [&str; 2], units: usize| {
        let model = Sequential::new().add(Input::new([2])).add(Dense::new(3).name(names[0]));
        model.add(Dense::new(units).name(names[1])).into_model()
    };
    let saved = make(["a", "b"], 2);
    saved.save_weights(&path)?;
    let want = saved.get_weights()?;

    let mut by_order = make(["c", "d"], 2);
    by_order.load_weights(&path)?;
    assert_eq!(by_order.get_weights()?, want);

    let mut by_name = make(["x", "b"], 2);
    let own = by_name.get_weights()?;
    by_name.load_weights_with(&path, &LoadWeights::new().by_name(true))?;
    assert_eq!(by_name.get_weights()?, [&own[..2], &want[2..]].concat());

    let mut wider = make(["a", "b"], 5);
    let own = wider.get_weights()?;
    let mut messages = vec![message(&wider.load_weights(&path).unwrap_err())];
    assert_eq!(wider.get_weights()?, own, "nothing has changed");
    wider.load_weights_with(&path, &LoadWeights::new().skip_mismatch(true))?;
    assert_eq!(wider.get_weights()?, [&want[..2], &own[2..]].concat());

    let mut longer = Sequential::new().add(Input::new([2])).add(Dense::new(3));
    messages.push(message(&longer.load_weights(&path).unwrap_err()));

    let modern = folder.path.join("modern.weights.h5");
    saved.save_weights(&modern)?;
    let mut wider = make(["a", "b"], 5);
    let own = wider.get_weights()?;
    wider.load_weights_with(&modern, &LoadWeights::new().skip_mismatch(true))?;
    assert_eq!(wider.get_weights()?, [&want[..2], &own[2..]].concat());
    let by_name = wider.load_weights_with(&modern, &LoadWeights::new().by_name(true));
    messages.push(message(&by_name.unwrap_err()));
    messages.push(message(&saved.save_weights(folder.path.join("w.npy")).unwrap_err()));
    insta::assert_snapshot!(messages.join("\n"));
    Ok(())
}

#[test]
fn what_a_path_leads_to_is_told_by_its_content() -> Result<()> {
    use cornu::Sequential;
    use cornu::layers::{Dense, Input};
    let folder = Folder::new("content");
    let model = Sequential::new().add(Input::new([2])).add(Dense::new(3)).into_model();
    let at = |name: &str| folder.path.join(name);
    model.save(at("a.keras"))?;
    model.save(at("b.h5"))?;
    std::fs::rename(at("a.keras"), at("a.h5")).unwrap();
    std::fs::rename(at("b.h5"), at("b.keras")).unwrap();
    for name in ["a.h5", "b.keras"] {
        assert_eq!(load_model(at(name))?.get_weights()?, model.get_weights()?, "{name}");
    }
    std::fs::write(at("c.keras"), model.to_json()?).unwrap();
    std::fs::write(at("d.keras"), b"neither").unwrap();
    std::fs::create_dir_all(at("saved")).unwrap();
    std::fs::write(at("saved").join("saved_model.pb"), b"").unwrap();
    model.save_weights(at("e.weights.h5"))?;
    let refused = |name: &str| message(&load_model(at(name)).unwrap_err());
    let mut messages: Vec<String> = ["c.keras", "d.keras", "saved", "e.weights.h5"].map(refused).into();
    messages.push(message(&model.save(at("f.pb")).unwrap_err()));
    insta::assert_snapshot!(messages.join("\n"));
    Ok(())
}

#[test]
fn a_model_may_come_without_its_compilation() -> Result<()> {
    let folder = Folder::new("uncompiled");
    let case = &cases("tf_keras")[0];
    let path = folder.put(case);
    assert!(load_model(&path)?.optimizer().is_ok());
    assert!(load_model_with(&path, &LoadModel::new().compile(false))?.optimizer().is_err());
    Ok(())
}

#[test]
fn a_lambda_is_what_is_registered_for_it() -> Result<()> {
    let keras_3 = |function: &str| {
        format!(
            r#"{{"module": "keras", "class_name": "Sequential", "config": {{"name": "m", "layers": [
                {{"module": "keras.layers", "class_name": "InputLayer", "config": {{"batch_shape": [null, 2], "name": "x"}}}},
                {{"module": "keras.layers", "class_name": "Lambda", "config": {{"name": "twice", "trainable": true, "dtype": "float32",
                  "function": {function}, "arguments": {{}}}}}}]}}}}"#
        )
    };
    let bytecode = keras_3(
        r#"{"class_name": "__lambda__", "config": {"code": "4wEAAAAAAA==", "defaults": null, "closure": null}}"#,
    );
    let named = keras_3(
        r#"{"module": "builtins", "class_name": "function", "config": "my_square", "registered_name": "function"}"#,
    );
    // As Keras 2 wrote it.
    let older = r#"{"class_name": "Sequential", "keras_version": "2.4.0", "config": {"name": "m", "layers": [
        {"class_name": "Lambda", "config": {"name": "thrice", "batch_input_shape": [null, 2], "function": ["4wEAAAAAAA==", null, null],
         "function_type": "lambda", "module": "__main__", "output_shape": null, "output_shape_type": "raw", "arguments": {}}}]}}"#;
    let refused = |json: &str| Model::from_json(json).unwrap_err().to_string();
    insta::assert_snapshot!([refused(&bytecode), refused(&named)].join("\n"));
    cornu::utils::register_lambda("twice", |x| x[0] * 2.0);
    cornu::utils::register_lambda("my_square", |x| x[0].square());
    cornu::utils::register_lambda("thrice", |x| x[0] * 3.0);
    let x = Tensor::from([[1.0f32, 3.0]]);
    // The layer's own name counts before the function's.
    for (json, want) in
        [(bytecode.as_str(), [2.0f32, 6.0]), (named.as_str(), [2.0, 6.0]), (older, [3.0, 9.0])]
    {
        let mut model = Model::from_json(json)?;
        assert_eq!(model.predict(&x, Predict::new())?.to_vec::<f32>(), want);
        // What the file said of it is written again.
        let again = Model::from_json(&model.to_json()?)?;
        assert_eq!(again.to_json()?, model.to_json()?);
        assert!(model.to_json()?.contains(r#""function":"#));
    }
    Ok(())
}

/// Configs and lists of names longer than the 64 KiB that an attribute may take in its place.
#[test]
fn a_model_of_many_layers_fits() -> Result<()> {
    use cornu::Sequential;
    use cornu::layers::{Dense, Input};
    let folder = Folder::new("many");
    let path = folder.path.join("many_layers.h5");
    let long = |at: usize| format!("{at:0>800}");
    let layers = (0..100)
        .fold(Sequential::new().add(Input::new([1])), |model, at| model.add(Dense::new(1).name(long(at))));
    let mut model = layers.into_model();
    model.save(&path)?;
    assert!(std::fs::metadata(&path).unwrap().len() > 200_000);
    let mut again = load_model(&path)?;
    assert_eq!(again.get_weights()?, model.get_weights()?);
    let x = Tensor::from([[1.0f32]]);
    let y = model.predict(&x, Predict::new())?;
    assert_eq!(again.predict(&x, Predict::new())?, y);
    if folder.stays {
        save_npz(path.with_extension("npz"), &[("x".to_owned(), x), ("y_pred".to_owned(), y)])?;
    }
    Ok(())
}
