//! The command as its users run it: arguments in, files, lines and exit status out.

mod convert;
mod diff;
mod errors;
mod evaluate;
mod fit;
mod help;
mod inspect;
mod plot;
mod predict;
mod serve;
mod summary;
mod tables;
mod tune;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use cornu::layers::{Dense, Input};
use cornu::{Compile, Model, Sequential, Tensor, data};

/// An empty folder that disappears with its value, in which commands run.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("cornu-cli-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// A folder with `line.npz` (y = 2x + 1) and `line.keras`, which learns it.
    fn with_line() -> Self {
        let folder = Folder::new();
        let x: Vec<f32> = (0..32).map(|at| at as f32 / 16.0 - 1.0).collect();
        let y: Vec<f32> = x.iter().map(|x| 2.0 * x + 1.0).collect();
        let column = |values: Vec<f32>| Tensor::from(values).reshape([32, 1]).unwrap();
        folder.npz("line.npz", [("x", column(x)), ("y", column(y))]);
        line_model().save(folder.path("line.keras")).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn npz<const N: usize>(&self, name: &str, arrays: [(&str, Tensor); N]) {
        data::save_npz(self.path(name), &arrays.map(|(name, array)| (name.to_owned(), array))).unwrap();
    }

    /// Writes an architecture of one layer from `inputs` to `units`.
    fn architecture(&self, name: &str, inputs: usize, units: usize, activation: &str) {
        let model = Sequential::new().add(Input::new([inputs])).add(Dense::new(units).activation(activation));
        std::fs::write(self.path(name), model.to_json().unwrap()).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn weights(&self, name: &str) -> Vec<Tensor> {
        cornu::load_model(self.path(name)).unwrap().get_weights().unwrap()
    }

    /// Runs `cornu` in the folder with these words.
    fn cornu(&self, words: &str) -> Run {
        Run::of(command(&self.0, words).output().unwrap())
    }

    /// Runs `cornu`, which must succeed, and gives back what it printed.
    fn done(&self, words: &str) -> String {
        let run = self.cornu(words);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "cornu {words}");
        run.stdout
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A model of one weight and one bias, compiled.
fn line_model() -> Model {
    cornu::utils::set_random_seed(1);
    let mut model = Sequential::new().name("line").add(Input::new([1])).add(Dense::new(1).name("only"));
    model.compile(Compile::new().optimizer("adam").loss("mse").metrics(["mae"])).unwrap();
    model.into_model()
}

fn command(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cornu"));
    // Nothing is found in the user's caches, so that nothing depends on them.
    command.args(words.split_whitespace()).current_dir(folder).env("CORNU_HOME", folder);
    command.stdin(Stdio::null());
    command
}

/// What a run left behind.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}
