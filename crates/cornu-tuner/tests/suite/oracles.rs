//! Whether searches that learn find better values than chance does.

use std::ops::Range;

use cornu::Result;
use cornu_tuner::oracles::{
    Acquisition, BayesianOptimization, Evolution, Hyperband, Oracle, RandomSearch, Tpe,
};
use cornu_tuner::{Float, HyperParameters, Search};

/// Branin's function: three places where it is 0.397887.
fn branin(hp: &mut HyperParameters) -> Result<f64> {
    use std::f64::consts::PI;
    let (x, y) = (hp.float("x", -5.0..=10.0), hp.float("y", 0.0..=15.0));
    let (b, c, t) = (5.1 / (4.0 * PI * PI), 5.0 / PI, 1.0 / (8.0 * PI));
    Ok((y - b * x * x + c * x - 6.0).powi(2) + 10.0 * (1.0 - t) * x.cos() + 10.0)
}

/// Words, logarithms, whole numbers and conditions: what spaces of networks are made of. The best is 0.
fn mixed(hp: &mut HyperParameters) -> Result<f64> {
    let rate = hp.float("rate", Float::reciprocal(1e-5, 1.0));
    let off = (rate.log10() + 3.0).abs() / 2.0;
    let kind = hp.choice("kind", ["linear", "tree", "mlp"]);
    let layers = hp.conditional_scope("kind", ["mlp"], |hp| hp.int("layers", 1..=8));
    let depth = hp.conditional_scope("kind", ["tree"], |hp| hp.int("depth", 1..=20));
    let shape = match kind {
        "mlp" => layers.map_or(0.0, |layers| 0.1 * (layers - 5).abs() as f64),
        "tree" => 0.3 + depth.map_or(0.0, |depth| 0.02 * (depth - 12).abs() as f64),
        _ => 0.8,
    };
    let smooth = if hp.boolean("smooth", true) { 0.2 } else { 0.0 };
    let momentum = (hp.float("momentum", 0.0..=1.0) - 0.9).abs();
    Ok(off + shape + smooth + momentum)
}

type Function = fn(&mut HyperParameters) -> Result<f64>;

/// The best of so many trials, for some seeds.
fn bests(
    oracle: impl Oracle + Clone + 'static,
    function: Function,
    trials: usize,
    seeds: Range<u64>,
) -> Vec<f64> {
    let best = |seed| {
        let mut search = Search::new(oracle.clone()).max_trials(trials).seed(seed).verbose(0);
        search.run(function).unwrap();
        search.best_score().unwrap()
    };
    seeds.map(best).collect()
}

/// Fails unless one sample is smaller than another by Mann and Whitney's test, which chance passes once in a hundred times.
#[track_caller]
fn assert_smaller(what: &str, own: &[f64], chance: &[f64]) {
    let (n, m) = (own.len() as f64, chance.len() as f64);
    let won = own.iter().flat_map(|a| {
        chance.iter().map(move |b| f64::from(u8::from(a < b)) + 0.5 * f64::from(u8::from(a == b)))
    });
    let won = won.sum::<f64>() / (n * m);
    let needed = 0.5 + 2.33 * ((n + m + 1.0) / (12.0 * n * m)).sqrt();
    println!("{what}: median {:.4} against {:.4}, {won:.2} of {needed:.2} won", median(own), median(chance));
    assert!(won >= needed, "{what}: {won} instead of {needed} with {own:?} against {chance:?}");
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[track_caller]
fn beats_chance(name: &str, oracle: impl Oracle + Clone + 'static, trials: usize, seeds: u64) {
    for (of, function) in [("branin", branin as Function), ("mixed", mixed)] {
        let own = bests(oracle.clone(), function, trials, 0..seeds);
        let chance = bests(RandomSearch::new(), function, trials, 100..130);
        assert_smaller(&format!("{name} on {of}"), &own, &chance);
    }
}

#[test]
fn expected_improvement_beats_chance() {
    beats_chance("EI", BayesianOptimization::new().num_initial_points(10), 30, 5);
}

#[test]
fn confidence_bounds_beat_chance() {
    let oracle = BayesianOptimization::new().acquisition(Acquisition::UpperConfidenceBound { beta: 2.6 });
    beats_chance("UCB", oracle.num_initial_points(10), 30, 5);
}

#[test]
fn parzen_estimators_beat_chance() {
    beats_chance("TPE", Tpe::new(), 60, 10);
}

#[test]
fn evolution_beats_chance() {
    beats_chance("evolution", Evolution::new().population_size(20), 240, 10);
}

/// What an epoch costs is what counts: chance spends as many on fewer trials.
#[test]
fn hyperband_beats_chance_for_the_same_number_of_epochs() {
    // Badly chosen values show early.
    let learning = |hp: &mut HyperParameters| {
        let epochs = hp.get("tuner/epochs").and_then(|epochs| epochs.as_f64()).unwrap_or(27.0);
        let end = mixed(hp)?;
        Ok(end + 2.0 * (-epochs / 6.0).exp())
    };
    let mut spent = 0;
    let own: Vec<f64> = (0..40)
        .map(|seed| {
            let mut search = Search::new(Hyperband::new().max_epochs(27)).seed(seed).verbose(0);
            search.run(learning).unwrap();
            let epochs = |name: &str| -> i64 {
                search.trials().filter_map(|trial| trial.values().get(name)?.as_i64()).sum()
            };
            spent = (epochs("tuner/epochs") - epochs("tuner/initial_epoch")) as usize;
            search.best_score().unwrap()
        })
        .collect();
    let chance: Vec<f64> = (100..160)
        .map(|seed| {
            let mut search =
                Search::new(RandomSearch::new()).max_trials(spent.div_ceil(27)).seed(seed).verbose(0);
            search.run(learning).unwrap();
            search.best_score().unwrap()
        })
        .collect();
    assert_smaller("hyperband", &own, &chance);
}
