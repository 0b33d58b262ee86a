//! `Hyperband`: many trials of few epochs, few of many.

use serde_json::{Value as Json, json};

use super::{History, Oracle, Proposal};
use crate::{Trial, Values};

/// Trains many models for a few epochs and the best of them for more, in several brackets that weigh breadth against depth.
/// A trial that goes on begins with the weights of the one it follows.
///
/// Brackets have the sizes of the paper's table (KerasTuner rounds them up, at the cost of a few more trials). Each rung of a
/// bracket waits for the one before it, while the next bracket begins where cores are idle: the trials are the same however
/// many run at once. The values `tuner/epochs`, `tuner/initial_epoch`, `tuner/bracket`, `tuner/round` and `tuner/trial_id`
/// say what a trial is to do; a [`Tuner`](crate::Tuner) does it, a function of one's own asks for
/// `hp.get("tuner/epochs")`.
///
/// Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter
/// Optimization" (2018), algorithm 1; <https://keras.io/keras_tuner/api/tuners/hyperband/>.
///
/// ```
/// use cornu_tuner::{Search, oracles::Hyperband};
/// let mut search = Search::new(Hyperband::new().max_epochs(9)).seed(1).verbose(0);
/// search.run(|hp| {
///     let epochs = hp.get("tuner/epochs").and_then(|epochs| epochs.as_f64()).unwrap_or(1.0);
///     Ok((hp.float("x", -1.0..=1.0)).abs() + 1.0 / epochs)
/// })?;
/// assert_eq!(search.trials().count(), (9 + 3 + 1) + (5 + 1) + 3);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hyperband {
    max_epochs: usize,
    factor: usize,
    hyperband_iterations: usize,
}

impl Default for Hyperband {
    fn default() -> Self {
        Hyperband { max_epochs: 100, factor: 3, hyperband_iterations: 1 }
    }
}

impl Hyperband {
    /// 100 epochs at most, a third of the trials going on, once.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The epochs of the longest trials; 100 by default.
        max_epochs: usize;
        /// One of so many trials goes on, for so many times the epochs; 3 by default.
        factor: usize;
        /// How often all brackets are gone through; once by default.
        hyperband_iterations: usize;
    }

    /// The rungs of all brackets of one iteration: how many trials of how many epochs.
    fn rungs(&self) -> Vec<Rung> {
        let steps = |bracket: usize| self.factor.saturating_pow(u32::try_from(bracket).unwrap_or(u32::MAX));
        let largest = (1..).take_while(|bracket| steps(*bracket) <= self.max_epochs).count();
        let mut rungs = Vec::new();
        let mut first = 0;
        for bracket in (0..=largest).rev() {
            let trials = ((largest + 1) * steps(bracket)).div_ceil(bracket + 1);
            let mut before = None;
            for round in 0..=bracket {
                let size = trials / steps(round);
                let epochs = self.max_epochs.div_ceil(steps(bracket - round));
                rungs.push(Rung { bracket, round, first, size, epochs, before });
                before = Some(rungs.len() - 1);
                first += size;
            }
        }
        rungs
    }
}

/// The trials of a bracket that train equally long.
#[derive(Debug, Clone, PartialEq)]
struct Rung {
    bracket: usize,
    round: usize,
    /// The number of its first trial in an iteration.
    first: usize,
    size: usize,
    epochs: usize,
    /// The rung whose best trials go on here.
    before: Option<usize>,
}

impl Oracle for Hyperband {
    fn name(&self) -> &'static str {
        "Hyperband"
    }

    fn config(&self) -> Json {
        json!({
            "max_epochs": self.max_epochs,
            "factor": self.factor,
            "hyperband_iterations": self.hyperband_iterations,
        })
    }

    fn check(&self) -> Result<(), String> {
        for (name, value, least) in [
            ("factor", self.factor, 2),
            ("max_epochs", self.max_epochs, 1),
            ("hyperband_iterations", self.hyperband_iterations, 1),
        ] {
            if value < least {
                return Err(format!("{name} must be at least {least}, got {value}"));
            }
        }
        Ok(())
    }

    fn default_max_trials(&self) -> Option<usize> {
        None
    }

    fn looks_ahead(&self) -> bool {
        true
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        let rungs = self.rungs();
        let trials: usize = rungs.iter().map(|rung| rung.size).sum();
        let (iteration, number) = (history.number / trials, history.number % trials);
        let rung = rungs.iter().rfind(|rung| rung.first <= number);
        let Some(rung) = rung.filter(|_| iteration < self.hyperband_iterations) else {
            return Proposal::Stop;
        };
        let Some(before) = rung.before.and_then(|at| rungs.get(at)) else {
            let values = history.random_values();
            return values.map_or(Proposal::Skip, |values| Proposal::Try(noted(values, rung, None)));
        };
        let first = iteration * trials + before.first;
        let mut candidates: Vec<&Trial> = Vec::new();
        for number in first..first + before.size {
            match history.trial(number) {
                Some(trial) if trial.has_ended() => candidates.push(trial),
                None if history.skipped.contains(&number) => {}
                _ => return Proposal::Wait,
            }
        }
        let cost = |trial: &&Trial| history.cost(trial).unwrap_or(f64::INFINITY);
        candidates.retain(|trial| trial.result().is_some());
        candidates.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        match candidates.get(number - rung.first) {
            Some(best) => {
                let own = best.values().iter().filter(|(name, _)| !name.starts_with("tuner/"));
                let values = own.map(|(name, value)| (name.clone(), value.clone())).collect();
                Proposal::Try(noted(values, rung, Some((best, before))))
            }
            // Too many failed.
            None => Proposal::Skip,
        }
    }
}

/// Values with what the trial is to do.
fn noted(mut values: Values, rung: &Rung, before: Option<(&Trial, &Rung)>) -> Values {
    let mut note = |name: &str, value: crate::Value| drop(values.insert(format!("tuner/{name}"), value));
    note("epochs", rung.epochs.into());
    note("initial_epoch", before.map_or(0, |(_, rung)| rung.epochs).into());
    note("bracket", rung.bracket.into());
    note("round", rung.round.into());
    if let Some((trial, _)) = before {
        note("trial_id", trial.trial_id.as_str().into());
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_those_of_the_papers_table() {
        let table = |max_epochs| {
            let mut brackets: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
            for rung in Hyperband::new().max_epochs(max_epochs).rungs() {
                match brackets.last_mut() {
                    Some((bracket, rungs)) if *bracket == rung.bracket => {
                        rungs.push((rung.size, rung.epochs))
                    }
                    _ => brackets.push((rung.bracket, vec![(rung.size, rung.epochs)])),
                }
            }
            brackets
        };
        // Table 1 of the paper: R = 81, η = 3.
        let wanted = vec![
            (4, vec![(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)]),
            (3, vec![(34, 3), (11, 9), (3, 27), (1, 81)]),
            (2, vec![(15, 9), (5, 27), (1, 81)]),
            (1, vec![(8, 27), (2, 81)]),
            (0, vec![(5, 81)]),
        ];
        assert_eq!(table(81), wanted);
        assert_eq!(table(1), [(0, vec![(1, 1)])]);
        assert_eq!(
            table(10),
            [(2, vec![(9, 2), (3, 4), (1, 10)]), (1, vec![(5, 4), (1, 10)]), (0, vec![(3, 10)])]
        );
    }
}
