//! `RandomSearch`: values chosen by chance.

use super::{History, Oracle, Proposal};

/// Tries values chosen by chance, none twice. What a trial tries depends on the seed and its number alone.
///
/// Source: <https://keras.io/keras_tuner/api/tuners/random/>.
///
/// ```
/// use cornu_tuner::{Search, oracles::RandomSearch};
/// let mut search = Search::new(RandomSearch::new()).max_trials(50).seed(1).verbose(0);
/// search.run(|hp| Ok((hp.float("x", -1.0..=1.0) - 0.5).abs()))?;
/// assert!(search.best_score() < Some(0.1));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RandomSearch {}

impl RandomSearch {
    /// There is nothing to set.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Oracle for RandomSearch {
    fn name(&self) -> &'static str {
        "RandomSearch"
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        history.random_values().map_or(Proposal::Stop, Proposal::Try)
    }
}
