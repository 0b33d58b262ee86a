//! How a search goes on, whatever happens to its trials.

use std::sync::atomic::{AtomicUsize, Ordering};

use cornu::{Error, Result};
use cornu_tuner::oracles::{
    BayesianOptimization, Evolution, GridSearch, Hyperband, Oracle, RandomSearch, Tpe,
};
use cornu_tuner::{Float, HyperParameters, Search, Status, Value};

use crate::{Folder, tried, values};

/// A function with a condition, of which larger numbers are worse.
fn bowl(hp: &mut HyperParameters) -> Result<f64> {
    let kind = hp.choice("kind", ["round", "long"]);
    let x = hp.float("x", -1.0..=1.0);
    let y = hp.conditional_scope("kind", ["long"], |hp| hp.float("y", Float::reciprocal(0.01, 1.0)));
    // Trials end in another order than they begin.
    std::thread::sleep(std::time::Duration::from_micros((x.abs() * 2000.0) as u64));
    Ok(x * x + y.unwrap_or(0.5) + if kind == "round" { 0.1 } else { 0.0 })
}

type Make = fn() -> Search;

fn oracles() -> Vec<(&'static str, Make)> {
    fn of(oracle: impl Oracle + 'static) -> Search {
        Search::new(oracle).seed(5).verbose(0)
    }
    vec![
        ("random", || of(RandomSearch::new()).max_trials(30)),
        ("hyperband", || of(Hyperband::new().max_epochs(9))),
        ("evolution", || of(Evolution::new().population_size(8)).max_trials(30)),
        ("bayesian", || of(BayesianOptimization::new().num_initial_points(6)).max_trials(16)),
        ("tpe", || of(Tpe::new().n_startup_trials(8)).max_trials(25)),
    ]
}

#[test]
fn the_same_seed_gives_the_same_trials() {
    for (name, search) in oracles() {
        let run = |seed| {
            let mut search = search().seed(seed);
            search.run(bowl).unwrap();
            tried(&search)
        };
        assert_eq!(run(5), run(5), "{name}");
        assert_ne!(run(5), run(6), "{name}");
    }
}

#[test]
fn how_many_run_at_once_changes_nothing_where_nothing_is_learned_from_a_single_trial() {
    for (name, search) in oracles() {
        let run = |jobs| {
            let mut search = search().jobs(jobs);
            search.run(bowl).unwrap();
            tried(&search)
        };
        let three = run(3);
        assert_eq!(three, run(3), "{name}");
        if !["bayesian", "tpe"].contains(&name) {
            assert_eq!(three, run(1), "{name}");
        }
    }
}

#[test]
fn a_search_that_was_cut_short_goes_on_as_if_it_had_not_been() {
    for (name, search) in oracles() {
        let folder = Folder::new();
        let mut whole = search();
        whole.run(bowl).unwrap();
        // Each time the function gives up for good after some more trials.
        let calls = AtomicUsize::new(0);
        for round in 1.. {
            let mut part = search().directory(&folder.0).project_name("p").max_consecutive_failed_trials(1);
            let before = calls.load(Ordering::SeqCst);
            let run = part.run(|hp| {
                if calls.fetch_add(1, Ordering::SeqCst) - before == 4 {
                    return Err(Error::model("killed"));
                }
                bowl(hp)
            });
            // What a killed process leaves is a trial that runs.
            if let Some(trial) = part.trials().find(|trial| trial.status == Status::Failed) {
                let path = folder.0.join(format!("p/trial_{}/trial.json", trial.trial_id));
                let text = std::fs::read_to_string(&path).unwrap().replace("FAILED", "RUNNING");
                std::fs::write(&path, text).unwrap();
            }
            if run.is_ok() {
                assert_eq!(tried(&part), tried(&whole), "{name}");
                break;
            }
            assert!(round < 20, "{name} never ends");
        }
        let repeated = calls.load(Ordering::SeqCst) - whole.trials().count();
        assert!(repeated <= whole.trials().count() / 4, "{name}: {repeated} calls too many");
    }
}

#[test]
fn a_finished_search_is_not_repeated_and_a_larger_one_goes_on() {
    let folder = Folder::new();
    let search = || Search::new(RandomSearch::new()).seed(1).directory(&folder.0).verbose(0);
    let mut first = search().max_trials(3);
    first.run(bowl).unwrap();
    let before = tried(&first);
    drop(first);
    let mut again = search().max_trials(3);
    again.run(|_| panic!("every trial has ended")).unwrap();
    assert_eq!(tried(&again), before);
    drop(again);
    let mut more = search().max_trials(6);
    more.run(bowl).unwrap();
    let mut whole = Search::new(RandomSearch::new()).seed(1).max_trials(6).verbose(0);
    whole.run(bowl).unwrap();
    assert_eq!(tried(&more), tried(&whole));
    drop(more);
    let mut anew = search().max_trials(2).overwrite(true);
    anew.run(bowl).unwrap();
    assert_eq!(anew.trials().count(), 2);
    assert!(folder.0.join("untitled_project/trial_0/trial.json").exists());
    assert!(!folder.0.join("untitled_project/trial_5").exists());
}

#[test]
fn a_trial_that_fails_is_recorded_and_the_search_goes_on() {
    let mut search = Search::new(GridSearch::new()).verbose(0);
    let function =
        |hp: &mut HyperParameters| match hp.choice("a", ["good", "bad", "none", "panics", "better"]) {
            "bad" => Err(Error::model("the disk is full")),
            "none" => Ok(f64::NAN),
            "panics" => panic!("no such thing"),
            "better" => Ok(1.0),
            _ => Ok(2.0),
        };
    search = search.max_consecutive_failed_trials(4);
    search.run(function).unwrap();
    let ended: Vec<(Status, Option<&str>)> =
        search.trials().map(|trial| (trial.status, trial.message.as_deref())).collect();
    assert_eq!(
        ended,
        [
            (Status::Completed, None),
            (Status::Failed, Some("the disk is full")),
            (Status::Failed, Some("`default_objective` came out as no number")),
            (Status::Failed, Some("the trial panicked: no such thing")),
            (Status::Completed, None),
        ]
    );
    assert_eq!(search.best_params(), Some(&values([("a", "better".into())])));
    let mut short = Search::new(GridSearch::new()).max_consecutive_failed_trials(2).verbose(0);
    assert_eq!(
        short.run(function).unwrap_err().to_string(),
        "the search stops at max_consecutive_failed_trials=2: trial 0002 failed with: `default_objective` came out as no number"
    );
    assert_eq!(short.trials().count(), 3);
}

#[test]
fn a_trial_that_fails_is_tried_again_where_it_may() {
    let calls = AtomicUsize::new(0);
    let mut search = Search::new(RandomSearch::new()).max_trials(2).max_retries_per_trial(2).verbose(0);
    search
        .run(|hp| {
            hp.float("x", 0.0..=1.0);
            match calls.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => Err(Error::model("not this time")),
                _ => Ok(1.0),
            }
        })
        .unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    assert!(search.trials().all(|trial| trial.status == Status::Completed));
}

#[test]
fn nothing_is_tried_twice_and_a_space_can_be_exhausted() {
    for oracle in [0, 1, 2] {
        let mut search = match oracle {
            0 => Search::new(RandomSearch::new()),
            1 => Search::new(Tpe::new().n_startup_trials(3)),
            _ => Search::new(BayesianOptimization::new().num_initial_points(3)),
        };
        search = search.max_trials(100).seed(2).verbose(0);
        search.run(|hp| Ok((hp.int("a", 1..=3) * hp.choice("b", [1i64, 10])) as f64)).unwrap();
        let mut all: Vec<String> = tried(&search).iter().map(|(values, _)| format!("{values:?}")).collect();
        assert!((5..=6).contains(&all.len()), "{oracle}: {all:?}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), search.trials().count());
        assert_eq!(search.best_score(), Some(1.0));
    }
}

#[test]
fn the_projects_of_others_are_refused() {
    let folder = Folder::new();
    let search = || Search::new(RandomSearch::new()).seed(1).directory(&folder.0).max_trials(2).verbose(0);
    let mut first = search();
    first.run(bowl).unwrap();
    let message = |mut search: Search| {
        search.run(bowl).unwrap_err().to_string().replace(&*folder.0.to_string_lossy(), "")
    };
    insta::assert_snapshot!(message(search()), @"/untitled_project: another search is at work here: wait for it, or give this one another project_name");
    drop(first);
    insta::assert_snapshot!(message(search().seed(2)), @"/untitled_project: holds a search of another seed, 1 instead of 2: give this one another project_name, or overwrite(true)");
    let other = Search::new(Hyperband::new()).seed(1).directory(&folder.0).verbose(0);
    insta::assert_snapshot!(message(other), @"/untitled_project: holds a search of another oracle, RandomSearch instead of Hyperband: give this one another project_name, or overwrite(true)");
    std::fs::write(folder.0.join("untitled_project/trial_1/trial.json"), "{}").unwrap();
    insta::assert_snapshot!(message(search()), @"/untitled_project/trial_1/trial.json: missing field `trial_id` at line 1 column 2");
}

#[test]
fn what_cannot_be_is_said() {
    let message = |search: Search, function: fn(&mut HyperParameters) -> Result<f64>| {
        let mut search = search.verbose(0).max_consecutive_failed_trials(1);
        search.run(function).unwrap_err().to_string()
    };
    let random = || Search::new(RandomSearch::new()).seed(1);
    insta::assert_snapshot!(message(random().objective("val_acuracy"), bowl), @"objective: nothing says whether larger or smaller values of `val_acuracy` are better, as the metrics and losses of Cornu do: give Objective::new(\"val_acuracy\", Direction::Up) or Direction::Down");
    insta::assert_snapshot!(message(random().jobs(0), bowl), @"jobs: must be at least 1, got 0");
    insta::assert_snapshot!(message(Search::new(Hyperband::new().factor(1)), bowl), @"Hyperband: factor must be at least 2, got 1");
    insta::assert_snapshot!(message(Search::new(Evolution::new().mutation_prob(2.0)), bowl), @"Evolution: mutation_prob must lie between 0 and 1, got 2");
    insta::assert_snapshot!(message(Search::new(Tpe::new().gamma(0.0)), bowl), @"Tpe: gamma must be above 0, got 0");
    insta::assert_snapshot!(message(Search::new(BayesianOptimization::new().alpha(-1.0)), bowl), @"BayesianOptimization: alpha must be above 0, got -1");
    insta::assert_snapshot!(message(random(), |hp| Ok(hp.float("a", 1.0..=0.0))), @"the search stops at max_consecutive_failed_trials=1: trial 00 failed with: hyperparameters: hyperparameter `a` has no range: from 1 to 0");
    insta::assert_snapshot!(message(random(), |hp| Ok(hp.float("a", Float::reciprocal(0.0, 1.0)))), @"the search stops at max_consecutive_failed_trials=1: trial 00 failed with: hyperparameters: hyperparameter `a` is spread by logarithms, which wants numbers above 0, got 0");
    insta::assert_snapshot!(message(random(), |hp| Ok((hp.int("a", 0..=1) as f64) + hp.choice("a", ["x"]).len() as f64)), @"the search stops at max_consecutive_failed_trials=1: trial 00 failed with: hyperparameters: hyperparameter `a` has the value 1, which is none of those asked for: is its name used twice?");
    insta::assert_snapshot!(message(random(), |hp| { hp.conditional_scope("b", [1i64], |_| ()); Ok(0.0) }), @"the search stops at max_consecutive_failed_trials=1: trial 00 failed with: hyperparameters: `b`, which others depend on, has not been asked for before them");
}

#[test]
fn tables_and_summaries_show_what_came_out() {
    let mut search = Search::new(GridSearch::new()).verbose(0);
    search
        .run(|hp| {
            let wide = hp.choice("kind", ["narrow", "wide"]) == "wide";
            let units = hp.conditional_scope("kind", ["wide"], |hp| hp.int("units", 1..=2));
            if wide && units == Some(2) { Err(Error::model("too wide")) } else { Ok(0.5) }
        })
        .unwrap();
    insta::assert_snapshot!(search.results(), @r"
    trial  status     default_objective  kind    units
    0000   completed  0.500000           narrow
    0001   completed  0.500000           wide    1
    0002   failed                        wide    2
    ");
    insta::assert_snapshot!(search.results_summary(1), @r"
    Results summary
    Showing 1 best trials

    Trial 0000 summary
    Hyperparameters:
    kind: narrow
    Score: 0.5
    ");
    assert_eq!(search.get_best_trials(9).len(), 2);
    assert_eq!(search.best_params(), Some(&values([("kind", Value::from("narrow"))])));
}
