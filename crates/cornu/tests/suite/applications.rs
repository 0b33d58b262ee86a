//! Keras Applications, which `oracle/applications.py FOLDER` saved with random weights, read and asked to predict.
//!
//! `CORNU_APPLICATIONS=FOLDER cargo test -p cornu --test suite applications -- --ignored --nocapture`

use std::path::PathBuf;
use std::time::Instant;

use cornu::data::load_npz;
use cornu::{LoadModel, Predict, Result, Tensor, load_model_with};

#[test]
#[ignore = "the files are two gigabytes"]
fn applications_predict_what_keras_predicts() -> Result<()> {
    let folder = std::env::var_os("CORNU_APPLICATIONS")
        .map(PathBuf::from)
        .expect("CORNU_APPLICATIONS names the folder");
    let is_model = |path: &PathBuf| path.extension().is_some_and(|end| end == "keras" || end == "h5");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_model).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no model", folder.display());
    println!("file                      params   error  load in s (Keras)  predict in s (Keras)");
    for file in files {
        let asked = load_npz(file.with_extension("npz"))?;
        let keras = |name: &str| asked.find(name).and_then(Tensor::item).unwrap_or(f64::NAN);
        let start = Instant::now();
        let mut model = load_model_with(&file, &LoadModel::new().compile(false))?;
        let load = start.elapsed().as_secs_f64();
        model.predict(asked.get("x")?, Predict::new())?;
        let start = Instant::now();
        let got = model.predict(asked.get("x")?, Predict::new())?;
        let predict = start.elapsed().as_secs_f64();
        let want = asked.get("y")?.to_vec::<f32>();
        let got = got.to_vec::<f32>();
        assert_eq!(got.len(), want.len());
        let error = got.iter().zip(&want).map(|(got, want)| (got - want).abs()).fold(0.0, f32::max);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let form = format!("load_{}", file.extension().unwrap_or_default().to_string_lossy());
        println!(
            "{name:22} {:9} {error:7.0e} {load:10.2} ({:5.2}) {predict:12.3} ({:5.3})",
            model.count_params()?,
            keras(&form),
            keras("predict"),
        );
        assert!(error <= 1e-3 && got.iter().all(|value| value.is_finite()), "{name}: off by {error}");
    }
    Ok(())
}
