//! Saving that is killed at any moment: the file is the old one or the new one, whole.
//!
//! `CORNU_KILLS=100 cargo test -p cornu --test killed saves` kills a hundred times for each format.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cornu::data::{load_npz, save_npz};
use cornu::layers::{Dense, Input};
use cornu::{Model, Result, Sequential, Tensor, load_model};

/// Where the process that saves finds its file.
const FILE: &str = "CORNU_TEST_KILLED_SAVE";

/// A model whose weights all have one value.
fn model(value: f32) -> Result<Model> {
    let mut model =
        Sequential::new().add(Input::new([256])).add(Dense::new(256)).add(Dense::new(256)).into_model();
    let weights: Vec<Tensor> =
        model.get_weights()?.iter().map(|weight| Tensor::full(weight.shape().to_vec(), value)).collect();
    model.set_weights(&weights)?;
    Ok(model)
}

fn save(model: &Model, path: &Path) -> Result<()> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npz") => {
            let named = model.weight_paths()?.into_iter().zip(model.get_weights()?);
            save_npz(path, &named.collect::<Vec<_>>())
        }
        _ => model.save(path),
    }
}

/// The one value of all weights in a file.
fn value(path: &Path) -> Result<f32> {
    let weights = match path.extension().and_then(|extension| extension.to_str()) {
        Some("npz") => load_npz(path)?.into_iter().map(|(_, array)| array).collect(),
        _ => load_model(path)?.get_weights()?,
    };
    let first = weights[0].to_vec::<f32>()[0];
    assert_eq!(weights.len(), 4);
    assert!(weights.iter().all(|weight| weight.to_vec::<f32>().iter().all(|value| *value == first)));
    Ok(first)
}

#[test]
fn a_save_killed_at_any_moment_leaves_a_whole_file() {
    if let Some(path) = std::env::var_os(FILE) {
        let path = Path::new(&path);
        let models: Vec<Model> = (1..=8).map(|value| model(value as f32).unwrap()).collect();
        println!("ready");
        loop {
            models.iter().for_each(|model| save(model, path).unwrap());
        }
    }
    let kills = std::env::var("CORNU_KILLS").map_or(10, |kills| kills.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("cornu-killed-saves-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut random = 0x9E37_79B9u32;
    for format in ["keras", "h5", "npz"] {
        let path = folder.join(format!("model.{format}"));
        save(&model(1.0).unwrap(), &path).unwrap();
        for _ in 0..kills {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args([
                "--exact",
                "saves::a_save_killed_at_any_moment_leaves_a_whole_file",
                "--nocapture",
            ]);
            let mut child =
                command.env(FILE, &path).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            // Its first word comes when it begins to save.
            let mut output = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            while !line.contains("ready") {
                line.clear();
                assert_ne!(output.read_line(&mut line).unwrap(), 0, "it has ended");
            }
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            std::thread::sleep(Duration::from_micros(u64::from(random >> 16) % 100_000));
            child.kill().unwrap();
            child.wait().unwrap();
            let found = value(&path).unwrap_or_else(|error| panic!("{format}: {error}"));
            assert!((1.0..=8.0).contains(&found), "{format}: {found}");
        }
        // A save that is not killed clears away nothing that it should not, and works beside what is left.
        save(&model(9.0).unwrap(), &path).unwrap();
        assert_eq!(value(&path).unwrap(), 9.0);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
