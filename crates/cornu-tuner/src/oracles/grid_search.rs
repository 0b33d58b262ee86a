//! `GridSearch`: all combinations.

use super::{History, Oracle, Proposal};
use crate::{HyperParameters, Parameter, Value, Values};

/// Tries all combinations, the last hyperparameter changing fastest, the default of each first; of ranges without step ten
/// values that are spread over them. The order is KerasTuner's.
///
/// Source: <https://keras.io/keras_tuner/api/tuners/grid/>.
///
/// ```
/// use cornu_tuner::{Search, oracles::GridSearch};
/// let mut search = Search::new(GridSearch::new()).verbose(0);
/// search.run(|hp| Ok((hp.int("a", 0..=2) * 10 + hp.int("b", 0..=1)) as f64))?;
/// let scores: Vec<f64> = search.trials().filter_map(|trial| trial.score).collect();
/// assert_eq!(scores, [0.0, 1.0, 10.0, 11.0, 20.0, 21.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GridSearch {}

impl GridSearch {
    /// There is nothing to set.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Oracle for GridSearch {
    fn name(&self) -> &'static str {
        "GridSearch"
    }

    fn default_max_trials(&self) -> Option<usize> {
        None
    }

    fn draws_new_entries(&self) -> bool {
        false
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        let Some(number) = history.number.checked_sub(1) else {
            return Proposal::Try(history.fill(Values::new(), |parameter| parameter.domain.default_value()));
        };
        match history.trial(number) {
            None => Proposal::Stop,
            // What a function asks for is known when it has run.
            Some(last) if !history.is_probed && !last.has_ended() => Proposal::Wait,
            Some(last) => next(history.space, last.values()).map_or(Proposal::Stop, Proposal::Try),
        }
    }
}

/// The combination after this one.
fn next(space: &HyperParameters, values: &Values) -> Option<Values> {
    let mut values = values.clone();
    for parameter in space.space().iter().rev() {
        let now = values.remove(&parameter.name).filter(|_| parameter.is_active(&values));
        let Some(now) = now else { continue };
        let all = in_order(parameter);
        let after = all.iter().position(|value| *value == now).and_then(|at| all.get(at + 1));
        if let Some(after) = after {
            values.insert(parameter.name.clone(), after.clone());
            return Some(space.fill(values, |parameter| parameter.domain.default_value()));
        }
    }
    None
}

/// All values, the default first.
fn in_order(parameter: &Parameter) -> Vec<Value> {
    let default = parameter.domain.default_value();
    let others = parameter.domain.values().into_iter().filter(|value| *value != default);
    std::iter::once(default.clone()).chain(others).collect()
}
