//! `Evolution`: values bred from those that did well.

use cornu::rng::Stream;
use serde_json::{Value as Json, json};

use super::{History, Oracle, Proposal};
use crate::{Trial, Values};

/// Breeds each generation of trials from the best ones before it: tournaments choose parents, crossover mixes two of them,
/// mutation gives a hyperparameter a value by chance. Numbers cross to numbers between those of their parents, all else is
/// exchanged. A child that is like an earlier trial mutates until it is not.
///
/// Each generation waits for the one before it, so the trials are the same however many run at once.
///
/// Source: the operators of <https://github.com/rsteca/sklearn-deap>, under DEAP's `eaMuPlusLambda`, where the best stay
/// parents until they are beaten (sklearn-deap's `eaSimple` keeps them by copies, which would be trials over again).
///
/// ```
/// use cornu_tuner::{Search, oracles::Evolution};
/// let mut search = Search::new(Evolution::new().population_size(10)).max_trials(60).seed(1).verbose(0);
/// search.run(|hp| Ok((hp.float("x", -1.0..=1.0).powi(2) + hp.float("y", -1.0..=1.0).powi(2)).sqrt()))?;
/// assert!(search.best_score() < Some(0.2));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Evolution {
    population_size: usize,
    tournament_size: usize,
    gene_crossover_prob: f64,
    gene_mutation_prob: f64,
    crossover_prob: f64,
    mutation_prob: f64,
}

impl Default for Evolution {
    fn default() -> Self {
        Evolution {
            population_size: 50,
            tournament_size: 3,
            gene_crossover_prob: 0.5,
            gene_mutation_prob: 0.1,
            crossover_prob: 0.5,
            mutation_prob: 0.2,
        }
    }
}

/// How often a child may mutate to be new before chance takes over.
const ATTEMPTS: usize = 20;

impl Evolution {
    /// sklearn-deap's defaults: 50 trials a generation, tournaments of three.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The trials of a generation; 50 by default.
        population_size: usize;
        /// How many compete to be a parent; 3 by default.
        tournament_size: usize;
        /// How likely two parents that cross mix a hyperparameter; 0.5 by default.
        gene_crossover_prob: f64;
        /// How likely a child that mutates changes a hyperparameter; 0.1 by default.
        gene_mutation_prob: f64;
        /// How likely two parents cross; 0.5 by default.
        crossover_prob: f64;
        /// How likely a child mutates; 0.2 by default.
        mutation_prob: f64;
    }

    /// The child of a number in its generation.
    fn child(&self, history: &History<'_>, number: usize, parents: &[&Trial]) -> Option<Values> {
        // Two that cross follow from the same chance.
        let pair = history.number - number % 2;
        let mut chance = history.common_stream("evolution/pair", pair as u64);
        let mut winner = || {
            let entered = (0..self.tournament_size).map(|_| chance.below(parents.len() as u64) as usize);
            // They are in order: the first of those that entered is the best of them.
            entered.min().and_then(|best| parents.get(best)).map(|parent| parent.values().clone())
        };
        let (mut a, mut b) = (winner()?, winner()?);
        if chance.next_f64() < self.crossover_prob {
            self.cross(history, &mut a, &mut b, &mut chance);
        }
        let mut child = if number.is_multiple_of(2) { a } else { b };
        let mut chance = history.stream("evolution/child");
        if chance.next_f64() < self.mutation_prob {
            self.mutate(history, &mut child, &mut chance);
        }
        for _ in 0..ATTEMPTS {
            // What now matters and has no value gets one by chance, what no longer matters goes.
            child = history.fill(child, |parameter| parameter.domain.at(chance.next_f64()));
            if !history.is_tried(&child) {
                return Some(child);
            }
            self.mutate(history, &mut child, &mut chance);
        }
        None
    }

    fn cross(&self, history: &History<'_>, a: &mut Values, b: &mut Values, chance: &mut Stream) {
        for parameter in history.space() {
            let (Some(x), Some(y)) = (a.get_mut(&parameter.name), b.get_mut(&parameter.name)) else {
                continue;
            };
            if chance.next_f64() >= self.gene_crossover_prob {
                continue;
            }
            if parameter.domain.is_ordered() {
                let (from, to) = (parameter.domain.place_of(x), parameter.domain.place_of(y));
                let between = from + chance.next_f64() * (to - from);
                *x = parameter.domain.at(between);
                *y = parameter.domain.at(between + chance.next_f64() * (to - between));
            } else {
                std::mem::swap(x, y);
            }
        }
    }

    fn mutate(&self, history: &History<'_>, child: &mut Values, chance: &mut Stream) {
        for parameter in history.space() {
            if let Some(value) = child.get_mut(&parameter.name)
                && chance.next_f64() < self.gene_mutation_prob
            {
                *value = parameter.domain.at(chance.next_f64());
            }
        }
    }
}

impl Oracle for Evolution {
    fn name(&self) -> &'static str {
        "Evolution"
    }

    fn config(&self) -> Json {
        json!({
            "population_size": self.population_size,
            "tournament_size": self.tournament_size,
            "gene_crossover_prob": self.gene_crossover_prob,
            "gene_mutation_prob": self.gene_mutation_prob,
            "crossover_prob": self.crossover_prob,
            "mutation_prob": self.mutation_prob,
        })
    }

    fn check(&self) -> Result<(), String> {
        let sizes = [("population_size", self.population_size), ("tournament_size", self.tournament_size)];
        if let Some((name, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return Err(format!("{name} must be at least 1, got 0"));
        }
        let chances = [
            ("gene_crossover_prob", self.gene_crossover_prob),
            ("gene_mutation_prob", self.gene_mutation_prob),
            ("crossover_prob", self.crossover_prob),
            ("mutation_prob", self.mutation_prob),
        ];
        match chances.into_iter().find(|(_, chance)| !(0.0..=1.0).contains(chance)) {
            Some((name, chance)) => Err(format!("{name} must lie between 0 and 1, got {chance}")),
            None => Ok(()),
        }
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        let number = history.number % self.population_size;
        let before = history.number - number;
        let mut parents: Vec<&Trial> =
            history.trials().take_while(|(number, _)| *number < before).map(|(_, trial)| trial).collect();
        if parents.iter().any(|trial| !trial.has_ended()) {
            return Proposal::Wait;
        }
        let cost = |trial: &&Trial| history.cost(trial).unwrap_or(f64::INFINITY);
        parents.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        parents.truncate(self.population_size);
        let child = if parents.is_empty() { None } else { self.child(history, number, &parents) };
        child.or_else(|| history.random_values()).map_or(Proposal::Stop, Proposal::Try)
    }
}
