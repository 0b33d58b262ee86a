//! `cornu fit`.

use cornu::Tensor;
use serde_json::Value;

use crate::{Folder, last_line};

fn history(folder: &Folder, name: &str) -> Value {
    serde_json::from_str(&folder.read(name)).unwrap()
}

fn values(history: &Value, name: &str) -> Vec<f64> {
    history[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn a_dataset_brings_its_network_and_ends_with_its_test() {
    let folder = Folder::new();
    let printed = folder.done("fit --dataset iris --epochs 40 --seed 1 --verbose 0 --output iris.keras");
    let line = printed.trim_end();
    let rest = line.strip_prefix("test - accuracy: ").unwrap();
    let (accuracy, loss) = rest.split_once(" - loss: ").unwrap();
    assert!(accuracy.parse::<f64>().unwrap() > 0.85, "{line}");
    let evaluated = folder.done("evaluate iris.keras --dataset iris");
    assert!(evaluated.trim_end().ends_with(&format!("accuracy: {accuracy} - loss: {loss}")), "{evaluated}");
}

#[test]
fn lines_come_for_each_epoch_where_there_is_no_terminal() {
    let folder = Folder::new();
    let printed = folder.done("fit --dataset digits --epochs 2 --batch-size 100 --validation-split 0.1");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[2]), (5, "Epoch 1/2", "Epoch 2/2"), "{printed}");
    assert!(lines[1].starts_with("13/13 - "), "{printed}");
    for name in ["accuracy: ", "loss: ", "val_accuracy: ", "val_loss: "] {
        assert!(lines[3].contains(name), "{printed}");
    }
}

#[test]
fn training_goes_on_where_the_file_stands() {
    let folder = Folder::with_line();
    let fit = "fit --data line.npz --no-shuffle --verbose 0 --batch-size 8";
    folder.done(&format!("{fit} line.keras --epochs 5 --history whole.json --output whole.keras"));
    folder.done(&format!("{fit} line.keras --epochs 2 --history first.json --output half.keras"));
    folder.done(&format!("{fit} half.keras --epochs 3 --history second.json --output halves.keras"));
    let losses = |name| values(&history(&folder, name), "loss");
    assert_eq!(losses("whole.json"), [losses("first.json"), losses("second.json")].concat());
    assert_eq!(folder.weights("whole.keras"), folder.weights("halves.keras"));
}

#[test]
fn an_option_changes_only_what_it_names() {
    let folder = Folder::with_line();
    folder.done("fit line.keras --data line.npz --verbose 0 --output a.keras");
    folder
        .done("fit a.keras --data line.npz --verbose 0 --learning-rate 0.25 --metrics mse --output b.keras");
    let b = cornu::load_model(folder.path("b.keras")).unwrap();
    assert_eq!((b.iterations().unwrap(), b.learning_rate().unwrap()), (2, 0.25));
    folder.done(
        "fit b.keras --data line.npz --verbose 0 --optimizer sgd --loss mae --history h.json --output c.keras",
    );
    let c = cornu::load_model(folder.path("c.keras")).unwrap();
    assert_eq!((c.iterations().unwrap(), c.optimizer().unwrap().class_name()), (1, "SGD"));
    assert_eq!(c.loss().and_then(|loss| loss.name()), Some("mae"));
    let names: Vec<String> = history(&folder, "h.json").as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["loss", "mse"]);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let folder = Folder::new();
    for (seed, name) in [(7, "a"), (7, "b"), (8, "c")] {
        folder
            .done(&format!("fit --dataset iris --epochs 2 --verbose 0 --seed {seed} --output {name}.keras"));
    }
    assert_eq!(folder.weights("a.keras"), folder.weights("b.keras"));
    assert_ne!(folder.weights("a.keras"), folder.weights("c.keras"));
}

#[test]
fn an_architecture_is_compiled_by_the_options() {
    let folder = Folder::with_line();
    folder.architecture("one.json", 1, 1, "linear");
    folder.npz("held.npz", [("x", Tensor::from([[0.5f32]])), ("y", Tensor::from([[2.0f32]]))]);
    let printed = folder.done(
        "fit one.json --data line.npz --validation-data held.npz --epochs 60 --optimizer sgd \
         --learning-rate 0.1 --metrics mae --verbose 2 --history h.json",
    );
    let history = history(&folder, "h.json");
    let names: Vec<&String> = history.as_object().unwrap().keys().collect();
    assert_eq!(names, ["loss", "mae", "val_loss", "val_mae"]);
    assert!(*values(&history, "val_mae").last().unwrap() < 0.05, "{history}");
    // A file has no test part.
    assert!(last_line(&printed).contains("val_mae"), "{printed}");
}

#[test]
fn the_models_input_decides_the_form_of_images() {
    let folder = Folder::new();
    folder.architecture("flat.json", 64, 10, "softmax");
    let printed = folder.done("fit flat.json --dataset digits --metrics accuracy --verbose 0");
    assert!(printed.starts_with("test - accuracy: "), "{printed}");
}

#[test]
fn weights_of_classes_and_samples_count() {
    let folder = Folder::new();
    let x = || ("x", Tensor::from([[1.0f32], [1.0], [1.0], [1.0]]));
    let y = || ("y", Tensor::from([0i64, 0, 0, 1]));
    folder.npz("plain.npz", [x(), y()]);
    folder.npz("weighted.npz", [x(), y(), ("sample_weight", Tensor::from([0.0f32, 0.0, 0.0, 5.0]))]);
    folder.architecture("two.json", 1, 2, "softmax");
    let fit = "fit two.json --seed 3 --epochs 3 --optimizer sgd --verbose 0 --output";
    folder.done(&format!("{fit} classes.keras --data plain.npz --class-weight 0=0,1=5"));
    folder.done(&format!("{fit} samples.keras --data weighted.npz"));
    folder.done(&format!("{fit} plain.keras --data plain.npz"));
    assert_eq!(folder.weights("classes.keras"), folder.weights("samples.keras"));
    assert_ne!(folder.weights("classes.keras"), folder.weights("plain.keras"));
}

/// Starts a training that would take days, and gives it the signal of Ctrl-C once it has begun.
#[cfg(unix)]
fn interrupted(folder: &Folder) -> crate::Run {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Output, Stdio};
    let words =
        "fit line.keras --data line.npz --epochs 100000000 --verbose 2 --output out.keras --history h.json";
    let mut started = crate::command(&folder.0, words);
    let mut child = started.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..6 {
        lines.read_line(&mut String::new()).unwrap();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    lines.read_to_end(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    crate::Run::of(Output { status: child.wait().unwrap(), stdout, stderr })
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_after_the_batch_with_model_and_history() {
    let folder = Folder::with_line();
    let run = interrupted(&folder);
    let losses = values(&history(&folder, "h.json"), "loss");
    assert!(losses.len() >= 2);
    let message = format!("error: the training was ended after {} whole epochs\n", losses.len());
    assert_eq!((run.code, run.stderr), (Some(130), message));
    assert_ne!(folder.weights("out.keras"), folder.weights("line.keras"));
}
