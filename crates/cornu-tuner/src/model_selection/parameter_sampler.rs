//! `ParameterSampler`: values drawn from distributions.

use std::collections::BTreeMap;

use cornu::rng::{Stream, stream_of};
use cornu::{Error, Result};

use super::distribution::{Distribution, Kind};
use crate::{Value, Values};

/// Values drawn from distributions. Where all are lists, no combination is drawn twice; there are as many as there are then.
/// The same `random_state` gives the same values (not scikit-learn's, whose generator is another).
///
/// ```
/// use cornu_tuner::model_selection::{ParameterSampler, randint, reciprocal};
/// let sampler = ParameterSampler::new(3)
///     .param("units", randint(1, 100))
///     .param("learning_rate", reciprocal(3e-4, 3e-2))
///     .param("activation", ["relu", "tanh"])
///     .random_state(42);
/// assert_eq!(sampler.sample()?.len(), 3);
/// assert_eq!(sampler.sample()?, sampler.sample()?);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.ParameterSampler.html>.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSampler {
    distributions: BTreeMap<String, Distribution>,
    n_iter: usize,
    random_state: u64,
}

impl ParameterSampler {
    /// So many combinations.
    pub fn new(n_iter: usize) -> Self {
        ParameterSampler { distributions: BTreeMap::new(), n_iter, random_state: 0 }
    }

    /// A parameter with what it is drawn from.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, from: impl Into<Distribution>) -> Self {
        self.distributions.insert(name.into(), from.into());
        self
    }

    setters! {
        /// What the draws follow from; 0 by default.
        random_state: u64;
        /// The number of combinations.
        n_iter: usize;
    }

    /// The combinations.
    ///
    /// # Errors
    /// If a distribution cannot be, or none is asked for.
    pub fn sample(&self) -> Result<Vec<Values>> {
        if self.n_iter == 0 {
            return Err(Error::argument("n_iter", "must be at least 1, got 0"));
        }
        for (name, distribution) in &self.distributions {
            if let Some(problem) = distribution.problem() {
                return Err(Error::argument(format!("parameter `{name}`"), problem));
            }
        }
        let mut chance = Stream::new(self.random_state, stream_of("parameter_sampler"), 0);
        if let Some(lists) = self.lists() {
            let grid = lists.into_iter().fold(super::ParameterGrid::new(), |grid, (name, list)| {
                grid.list(name.clone(), list.iter().cloned())
            });
            let drawn = distinct(grid.len(), self.n_iter, &mut chance);
            return Ok(drawn.into_iter().filter_map(|at| grid.get(at)).collect());
        }
        let mut draw = || -> Values {
            self.distributions.iter().map(|(name, from)| (name.clone(), from.draw(&mut chance))).collect()
        };
        Ok((0..self.n_iter).map(|_| draw()).collect())
    }

    /// All distributions as lists, if that is what they are.
    fn lists(&self) -> Option<Vec<(&String, &Vec<Value>)>> {
        let lists = self.distributions.iter().map(|(name, distribution)| match &distribution.0 {
            Kind::List(values) => Some((name, values)),
            _ => None,
        });
        lists.collect()
    }
}

/// So many different numbers below a bound, or all: Floyd's algorithm, then shuffled.
fn distinct(bound: usize, count: usize, chance: &mut Stream) -> Vec<usize> {
    let count = count.min(bound);
    let mut drawn = Vec::with_capacity(count);
    for last in bound - count..bound {
        let at = chance.below(last as u64 + 1) as usize;
        drawn.push(if drawn.contains(&at) { last } else { at });
    }
    chance.shuffle(&mut drawn);
    drawn
}
