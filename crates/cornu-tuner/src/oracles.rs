//! Which values to try next, one way a file.
//!
//! An oracle is plain data: what it proposes follows from the seed, the trial's number and what earlier trials came to,
//! so that a search that was killed goes on as if it had not been.

mod bayesian_optimization;
mod evolution;
mod grid_search;
mod hyperband;
mod random_search;
mod tpe;

pub use bayesian_optimization::{Acquisition, BayesianOptimization};
pub use evolution::Evolution;
pub use grid_search::GridSearch;
pub use hyperband::Hyperband;
pub use random_search::RandomSearch;
pub use tpe::Tpe;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use cornu::rng::{Stream, stream_of};

use crate::objective::Objective;
use crate::space::NewEntries;
use crate::{HyperParameters, Parameter, Trial, Value, Values};

/// A way to search.
///
/// ```
/// use cornu_tuner::oracles::{History, Oracle, Proposal};
/// use cornu_tuner::{Search, Values};
///
/// /// Tries all defaults, then stops.
/// #[derive(Debug)]
/// struct Defaults;
///
/// impl Oracle for Defaults {
///     fn name(&self) -> &'static str {
///         "Defaults"
///     }
///     fn draws_new_entries(&self) -> bool {
///         false
///     }
///     fn propose(&self, history: &History<'_>) -> Proposal {
///         let default = history.fill(Values::new(), |parameter| parameter.domain.default_value());
///         if history.number() == 0 { Proposal::Try(default) } else { Proposal::Stop }
///     }
/// }
///
/// let mut search = Search::new(Defaults).verbose(0);
/// search.run(|hp| Ok(hp.float("x", -1.0..=1.0).abs()))?;
/// assert_eq!(search.best_score(), Some(1.0));
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Oracle: Debug + Send + Sync {
    /// Its name, which a project folder remembers.
    fn name(&self) -> &'static str;

    /// What else it was told, which a project folder remembers, too.
    fn config(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// What is wrong with its arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind its name.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// How many trials there are where the user does not say; all it has where there is no number.
    fn default_max_trials(&self) -> Option<usize> {
        Some(10)
    }

    /// Whether trials may begin before others of smaller numbers, for which it still waits.
    fn looks_ahead(&self) -> bool {
        false
    }

    /// Whether what a trial asks for that was not known before gets a value by chance; else its default.
    fn draws_new_entries(&self) -> bool {
        true
    }

    /// The values of the trial of [`History::number`]. Asked again, with the same history, it says the same.
    fn propose(&self, history: &History<'_>) -> Proposal;
}

/// What an oracle says.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposal {
    /// These values.
    Try(Values),
    /// Nothing until another trial has ended.
    Wait,
    /// There is no trial of this number.
    Skip,
    /// There is nothing more to try.
    Stop,
}

/// What there is to know before a trial.
#[derive(Debug)]
pub struct History<'a> {
    pub(crate) number: usize,
    pub(crate) seed: u64,
    pub(crate) space: &'a HyperParameters,
    pub(crate) objective: &'a Objective,
    pub(crate) trials: &'a BTreeMap<usize, Trial>,
    /// Numbers of which there is no trial.
    pub(crate) skipped: &'a BTreeSet<usize>,
    /// Whether what a trial asks for is known when it begins.
    pub(crate) is_probed: bool,
    /// How many trials run at once.
    pub(crate) jobs: usize,
}

/// How often chance may hit what was tried already before the space counts as exhausted: KerasTuner's number.
const MAX_COLLISIONS: usize = 20;

impl<'a> History<'a> {
    /// The number of the trial to begin.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The trial of a number, if it has begun.
    pub fn trial(&self, number: usize) -> Option<&'a Trial> {
        self.trials.get(&number)
    }

    /// All trials that have begun, by number.
    pub fn trials(&self) -> impl Iterator<Item = (usize, &'a Trial)> {
        self.trials.iter().map(|(number, trial)| (*number, trial))
    }

    /// The trials whose outcome may be looked at, and the values of those that count as running: of so many trials at
    /// once, as many before this one less one, whether they have ended or not, so that what is proposed does not hang on
    /// which of them is faster. None where one of the former still runs.
    pub fn settled(&self) -> Option<(Vec<&'a Trial>, Vec<&'a Values>)> {
        let is_settled = |number: usize| number + self.jobs <= self.number;
        let before = || self.trials().filter(|(number, _)| *number < self.number);
        let (settled, running): (Vec<_>, Vec<_>) = before().partition(|(number, _)| is_settled(*number));
        let settled: Vec<&Trial> = settled.into_iter().map(|(_, trial)| trial).collect();
        let all_ended = settled.iter().all(|trial| trial.has_ended());
        all_ended.then(|| (settled, running.into_iter().map(|(_, trial)| trial.values()).collect()))
    }

    /// A trial's score as something to make small; none for one that failed.
    pub fn cost(&self, trial: &Trial) -> Option<f64> {
        trial.result().map(|score| self.objective.cost(score))
    }

    /// What may vary.
    pub fn space(&self) -> &'a [Parameter] {
        self.space.space()
    }

    /// Values for all that matters, each chosen when those it depends on are; values that are given stay where they matter.
    pub fn fill(&self, given: Values, choose: impl FnMut(&Parameter) -> Value) -> Values {
        self.space.fill(given, choose)
    }

    /// Random numbers for this trial and one purpose.
    pub fn stream(&self, purpose: &str) -> Stream {
        Stream::new(self.seed, stream_of(purpose), self.number as u64)
    }

    /// Random numbers for one purpose, the same for all trials.
    pub(crate) fn common_stream(&self, purpose: &str, step: u64) -> Stream {
        Stream::new(self.seed, stream_of(purpose), step)
    }

    /// Whether a trial before this one has these values.
    pub fn is_tried(&self, values: &Values) -> bool {
        self.trials().any(|(number, trial)| number < self.number && is_same(trial.values(), values))
    }

    /// Values chosen by chance that were not tried yet; none where chance finds none.
    pub fn random_values(&self) -> Option<Values> {
        self.complete_untried(Values::new())
    }

    /// The same, where some values are given.
    pub(crate) fn complete_untried(&self, given: Values) -> Option<Values> {
        let chance = NewEntries::Drawn { seed: self.seed, trial: self.number as u64 };
        let draw = |attempt| self.fill(given.clone(), |parameter| chance.value(parameter, attempt));
        (0..=MAX_COLLISIONS).map(draw).find(|values| !self.is_tried(values))
    }
}

/// Whether two trials try the same; what an oracle itself notes does not count.
pub(crate) fn is_same(a: &Values, b: &Values) -> bool {
    fn tried(values: &Values) -> impl Iterator<Item = (&String, &Value)> {
        values.iter().filter(|(name, _)| !name.starts_with("tuner/"))
    }
    tried(a).eq(tried(b))
}
