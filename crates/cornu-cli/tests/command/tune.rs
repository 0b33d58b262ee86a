//! `cornu tune`.

use serde_json::Value;

use crate::{Folder, last_line};

const SMALL: &str = "[layers]\nvalue = 1\n[units]\nchoices = [4, 8]\n[batch_size]\nvalue = 32\n";

fn report(folder: &Folder, name: &str) -> Value {
    serde_json::from_str(&folder.read(name)).unwrap()
}

#[test]
fn the_best_model_is_saved_and_measured() {
    let folder = Folder::new();
    let printed = folder.done(
        "tune --dataset iris --search random --trials 4 --epochs 20 --seed 1 --output best.keras --report r.json",
    );
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 6, "{printed}");
    assert!(lines[0].starts_with("Trial 0 (1/4) - ") && lines[0].contains("val_accuracy: "), "{printed}");
    assert!(lines[4].starts_with("best - trial "), "{printed}");
    let evaluated = folder.done("evaluate best.keras --dataset iris");
    let (_, result) = last_line(&printed).split_once("test - ").unwrap();
    assert!(evaluated.trim_end().ends_with(result), "{evaluated} after {printed}");
    let report = report(&folder, "r.json");
    let trials = report["trials"].as_array().unwrap();
    let best = trials.iter().find(|trial| trial["trial"] == report["best"]).unwrap();
    let scores = trials.iter().map(|trial| trial["score"].as_f64().unwrap());
    assert_eq!(best["score"].as_f64(), scores.reduce(f64::max));
    assert_eq!((&report["search"], &report["objective"]), (&"random".into(), &"val_accuracy".into()));
    assert_eq!(best["metrics"]["val_accuracy"], best["score"]);
}

#[test]
fn every_way_to_search_does_it() {
    let folder = Folder::new();
    std::fs::write(folder.path("space.toml"), SMALL).unwrap();
    for search in ["random", "grid", "bayesian", "hyperband", "tpe", "evolution"] {
        let printed = folder.done(&format!(
            "tune --dataset iris --search {search} --trials 5 --epochs 3 --seed 3 --space space.toml --jobs 2"
        ));
        assert_eq!(printed.lines().count(), 7, "{search}: {printed}");
        assert!(printed.contains("units_1=") && !printed.contains("units_2="), "{search}: {printed}");
    }
}

#[test]
fn a_project_goes_on_where_it_stands() {
    let folder = Folder::new();
    let tune = "tune --dataset iris --search random --epochs 2 --seed 5 --verbose 0";
    folder.done(&format!("{tune} --trials 6 --report whole.json"));
    folder.done(&format!("{tune} --trials 2 --project runs/p"));
    let trial = folder.read("runs/p/trial_1/trial.json");
    std::fs::write(folder.path("runs/p/trial_1/trial.json"), trial.replace("COMPLETED", "RUNNING")).unwrap();
    folder.done(&format!("{tune} --trials 6 --project runs/p --report parts.json"));
    assert_eq!(report(&folder, "whole.json")["trials"], report(&folder, "parts.json")["trials"]);
    let other = folder.cornu("tune --dataset iris --search grid --trials 1 --project runs/p");
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("holds a search of another oracle, RandomSearch"), "{}", other.stderr);
}

#[test]
fn files_and_tables_are_searched() {
    let folder = Folder::with_line();
    std::fs::write(folder.path("space.toml"), SMALL).unwrap();
    let tune = "tune --search tpe --trials 3 --epochs 3 --seed 1 --space space.toml";
    let printed = folder.done(&format!("{tune} --data line.npz --output line_best.keras"));
    assert!(printed.contains("val_loss: "), "{printed}");
    folder.done("predict line_best.keras --data line.npz --output predicted.npz");
    let rows = (0..60).map(|at| format!("{},{},{}\n", at % 7, ["a", "b"][at % 2], ["no", "yes"][at % 2]));
    std::fs::write(folder.path("t.csv"), format!("number,word,answer\n{}", rows.collect::<String>()))
        .unwrap();
    let printed = folder.done(&format!("{tune} --csv t.csv --target answer --output t.keras"));
    assert!(printed.contains("test - accuracy: "), "{printed}");
    folder.done("predict t.keras --csv t.csv --output out.csv");
    assert!(folder.read("out.csv").starts_with("answer,probability_no,probability_yes\n"));
}

#[test]
fn what_is_wrong_is_said() {
    let folder = Folder::with_line();
    std::fs::write(folder.path("typo.toml"), "[unit]\nvalue = 3\n").unwrap();
    std::fs::write(folder.path("broken.toml"), "[units\n").unwrap();
    let message = |words: &str| {
        let run = folder.cornu(&format!("tune {words}"));
        assert_ne!(run.code, Some(0), "{words}");
        format!("$ cornu tune {words}\n{}", run.stderr)
    };
    let messages = [
        "--dataset iris --search rondom",
        "--dataset iris --trials 0",
        "--dataset iris --space none.toml",
        "--dataset iris --space typo.toml",
        "--dataset iris --space broken.toml",
        "--dataset iris --objective val_acuracy",
        "--data line.npz --objective val_accuracy --trials 1",
        "--data line.npz --output nowhere/best.keras",
        "--csv t.csv",
    ];
    insta::assert_snapshot!(messages.map(message).join("\n"));
}
