//! `Tpe`: values that are frequent among good trials and rare among the others.

use cornu::rng::Stream;
use serde_json::{Value as Json, json};

use super::{History, Oracle, Proposal};
use crate::{Parameter, Trial, Value, Values};

/// Tree-structured Parzen estimators: what Hyperopt does. The best trials and the others each give a density of every
/// hyperparameter, and of some values drawn from the first the one is tried at which it exceeds the second most. What matters
/// only under a condition learns only from trials where it mattered. Trials that run at the same time count among the others.
///
/// Source: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization" (2011), section 4, where as here
/// the part `gamma` of the trials counts as good; forgetting, candidates and the widths of the kernels are those of
/// <https://github.com/hyperopt/hyperopt>, which takes `0.25 · √N` trials and finds less with them.
///
/// ```
/// use cornu_tuner::{Search, oracles::Tpe};
/// let mut search = Search::new(Tpe::new()).max_trials(60).seed(1).verbose(0);
/// search.run(|hp| {
///     let kind = hp.choice("kind", ["near", "far"]);
///     let x = hp.float("x", -1.0..=1.0);
///     Ok((x - 0.5).abs() + if kind == "far" { 1.0 } else { 0.0 })
/// })?;
/// assert!(search.best_score() < Some(0.02));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tpe {
    gamma: f64,
    n_startup_trials: usize,
    n_ei_candidates: usize,
    prior_weight: f64,
}

impl Default for Tpe {
    fn default() -> Self {
        Tpe { gamma: 0.15, n_startup_trials: 20, n_ei_candidates: 24, prior_weight: 1.0 }
    }
}

/// So many of the latest trials count in full, earlier ones ever less: Hyperopt's linear forgetting.
const REMEMBERED: usize = 25;

impl Tpe {
    /// 20 trials by chance, then the best of 24 candidates, where the best 15 % of the trials are.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The part of the trials that counts as good, 25 trials at most; 0.15 by default.
        gamma: f64;
        /// Trials by chance at first; 20 by default.
        n_startup_trials: usize;
        /// Candidates for each hyperparameter; 24 by default.
        n_ei_candidates: usize;
        /// How many trials what is known beforehand, that is nothing, weighs; 1 by default.
        prior_weight: f64;
    }
}

impl Oracle for Tpe {
    fn name(&self) -> &'static str {
        "Tpe"
    }

    fn config(&self) -> Json {
        json!({
            "gamma": self.gamma,
            "n_startup_trials": self.n_startup_trials,
            "n_ei_candidates": self.n_ei_candidates,
            "prior_weight": self.prior_weight,
        })
    }

    fn check(&self) -> Result<(), String> {
        for (name, value) in [("gamma", self.gamma), ("prior_weight", self.prior_weight)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(format!("{name} must be above 0, got {value}"));
            }
        }
        if self.n_ei_candidates == 0 {
            return Err("n_ei_candidates must be at least 1, got 0".into());
        }
        Ok(())
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        let by_chance = || history.random_values().map_or(Proposal::Stop, Proposal::Try);
        if history.number < self.n_startup_trials {
            return by_chance();
        }
        let Some((settled, running)) = history.settled() else { return Proposal::Wait };
        let cost = |trial: &Trial| history.cost(trial).unwrap_or(f64::INFINITY);
        let mut ranked: Vec<(usize, f64)> = settled.iter().map(|trial| cost(trial)).enumerate().collect();
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        let good = ((self.gamma * ranked.len() as f64).ceil() as usize).min(REMEMBERED);
        let mut is_good = vec![false; settled.len()];
        for (at, cost) in ranked.iter().take(good) {
            is_good[*at] = cost.is_finite();
        }
        // In the order in which they began, for the earlier ones weigh less.
        let of = |wanted: bool| {
            let seen = settled.iter().zip(&is_good).filter(move |(_, good)| **good == wanted);
            seen.map(|(trial, _)| trial.values())
        };
        let good: Vec<&Values> = of(true).collect();
        let others: Vec<&Values> = of(false).chain(running).collect();
        let mut chance = history.stream("tpe");
        for _ in 0..=super::MAX_COLLISIONS {
            let values = history.fill(Values::new(), |parameter| {
                let (good, others) = (seen(parameter, &good), seen(parameter, &others));
                self.choose(parameter, &good, &others, &mut chance)
            });
            if !history.is_tried(&values) {
                return Proposal::Try(values);
            }
        }
        by_chance()
    }
}

/// The values of a parameter in the trials where it mattered.
fn seen<'v>(parameter: &Parameter, trials: &[&'v Values]) -> Vec<&'v Value> {
    trials
        .iter()
        .filter(|values| parameter.is_active(values))
        .filter_map(|values| values.get(&parameter.name))
        .collect()
}

impl Tpe {
    /// Of candidates drawn from the density of the good values, the one that the others' density has least.
    fn choose(
        &self,
        parameter: &Parameter,
        good: &[&Value],
        others: &[&Value],
        chance: &mut Stream,
    ) -> Value {
        let domain = &parameter.domain;
        if let (false, Some(count)) = (domain.is_ordered(), domain.count()) {
            let all = domain.values();
            let of = |values: &[&Value]| {
                let at = values.iter().filter_map(|value| all.iter().position(|known| known == *value));
                Categorical::new(count, &at.collect::<Vec<_>>(), self.prior_weight)
            };
            let (good, others) = (of(good), of(others));
            let candidates = (0..self.n_ei_candidates).map(|_| good.draw(chance));
            let ratio = |at: usize| good.weights[at] / others.weights[at];
            let best = candidates.max_by(|a, b| ratio(*a).total_cmp(&ratio(*b)));
            return best.and_then(|at| all.get(at).cloned()).unwrap_or_else(|| domain.default_value());
        }
        let of = |values: &[&Value]| {
            let places: Vec<f64> = values.iter().map(|value| domain.place_of(value)).collect();
            Parzen::new(&places, self.prior_weight)
        };
        let (good, others) = (of(good), of(others));
        let candidates = (0..self.n_ei_candidates).map(|_| good.draw(chance));
        // Of numbers in a row each stands for its part of the line.
        let log_ratio = |place: f64| match domain.count() {
            Some(count) => {
                let part = (place * count as f64).floor().min(count as f64 - 1.0);
                let (from, to) = (part / count as f64, (part + 1.0) / count as f64);
                good.mass(from, to).ln() - others.mass(from, to).ln()
            }
            None => good.density(place).ln() - others.density(place).ln(),
        };
        let best = candidates.max_by(|a, b| log_ratio(*a).total_cmp(&log_ratio(*b)));
        domain.at(best.unwrap_or(0.5))
    }
}

/// How much each of so many values counts, earlier ones less.
fn forgetting(count: usize) -> Vec<f64> {
    let early = count.saturating_sub(REMEMBERED);
    let ramp = |at: usize| {
        let from = 1.0 / count as f64;
        if early < 2 { from } else { from + (1.0 - from) * at as f64 / (early - 1) as f64 }
    };
    (0..count).map(|at| if at < early { ramp(at) } else { 1.0 }).collect()
}

/// The density of one of several values.
struct Categorical {
    weights: Vec<f64>,
}

impl Categorical {
    fn new(count: usize, seen: &[usize], prior_weight: f64) -> Self {
        let mut weights = vec![prior_weight; count];
        for (at, weight) in seen.iter().zip(forgetting(seen.len())) {
            weights[*at] += weight;
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Categorical { weights }
    }

    fn draw(&self, chance: &mut Stream) -> usize {
        draw(&self.weights, chance)
    }
}

/// One of these by its weight; the weights' sum is 1.
fn draw(weights: &[f64], chance: &mut Stream) -> usize {
    let mut left = chance.next_f64();
    let mut passes = |weight: &f64| {
        left -= weight;
        left >= 0.0
    };
    weights.iter().take_while(|weight| passes(weight)).count().min(weights.len().saturating_sub(1))
}

/// The density of a number between 0 and 1: a bell over each that was seen, and a wide one for those that were not.
struct Parzen {
    kernels: Vec<Kernel>,
}

struct Kernel {
    weight: f64,
    mean: f64,
    deviation: f64,
    /// Its part between 0 and 1.
    inside: f64,
}

impl Parzen {
    fn new(seen: &[f64], prior_weight: f64) -> Self {
        const PRIOR: (f64, f64) = (0.5, 1.0);
        let weights = forgetting(seen.len());
        let mut at: Vec<(f64, f64, bool)> =
            seen.iter().zip(weights).map(|(place, weight)| (*place, weight, false)).collect();
        at.push((PRIOR.0, prior_weight, true));
        at.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sum: f64 = at.iter().map(|(_, weight, _)| weight).sum();
        let narrowest = PRIOR.1 / (1.0 + at.len() as f64).min(100.0);
        let kernel = |(index, (mean, weight, is_prior)): (usize, &(f64, f64, bool))| {
            // As wide as the farther of its neighbours is away.
            let left = index.checked_sub(1).map(|before| mean - at[before].0);
            let right = at.get(index + 1).map(|after| after.0 - mean);
            let gap = left.unwrap_or(0.0).max(right.unwrap_or(0.0));
            let deviation = if *is_prior { PRIOR.1 } else { gap.clamp(narrowest, PRIOR.1) };
            let inside = normal_mass(*mean, deviation, 0.0, 1.0);
            Kernel { weight: weight / sum, mean: *mean, deviation, inside }
        };
        Parzen { kernels: at.iter().enumerate().map(kernel).collect() }
    }

    fn draw(&self, chance: &mut Stream) -> f64 {
        let weights: Vec<f64> = self.kernels.iter().map(|kernel| kernel.weight).collect();
        let kernel = &self.kernels[draw(&weights, chance)];
        // Of a bell whose middle is inside, one in two draws is.
        let draws = (0..64).map(|_| kernel.mean + kernel.deviation * f64::from(chance.normal()));
        let inside = draws.into_iter().find(|place| (0.0..1.0).contains(place));
        inside.unwrap_or(kernel.mean)
    }

    fn density(&self, place: f64) -> f64 {
        let of = |kernel: &Kernel| {
            let z = (place - kernel.mean) / kernel.deviation;
            let bell = (-0.5 * z * z).exp() / (kernel.deviation * (2.0 * std::f64::consts::PI).sqrt());
            kernel.weight * bell / kernel.inside
        };
        self.kernels.iter().map(of).sum()
    }

    fn mass(&self, from: f64, to: f64) -> f64 {
        let of = |kernel: &Kernel| {
            kernel.weight * normal_mass(kernel.mean, kernel.deviation, from, to) / kernel.inside
        };
        self.kernels.iter().map(of).sum()
    }
}

/// How much of a bell lies between two places.
fn normal_mass(mean: f64, deviation: f64, from: f64, to: f64) -> f64 {
    let below = |place: f64| 0.5 * libm::erfc(-(place - mean) / (deviation * std::f64::consts::SQRT_2));
    below(to) - below(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_are_whole() {
        let parzen = Parzen::new(&[0.1, 0.12, 0.5, 0.93], 1.0);
        let steps = 10_000;
        let sum: f64 = (0..steps).map(|at| parzen.density((f64::from(at) + 0.5) / f64::from(steps))).sum();
        assert!((sum / f64::from(steps) - 1.0).abs() < 1e-6);
        assert!((parzen.mass(0.0, 1.0) - 1.0).abs() < 1e-12);
        assert!((parzen.mass(0.0, 0.3) + parzen.mass(0.3, 1.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn draws_follow_the_density() {
        let parzen = Parzen::new(&[0.1, 0.12, 0.9], 1.0);
        let mut chance = Stream::new(1, 2, 3);
        let low = (0..20_000).filter(|_| parzen.draw(&mut chance) < 0.3).count();
        assert!((low as f64 / 20_000.0 - parzen.mass(0.0, 0.3)).abs() < 0.02, "{low}");
    }

    #[test]
    fn earlier_trials_count_less() {
        assert_eq!(forgetting(3), [1.0; 3]);
        let weights = forgetting(30);
        assert_eq!((weights[0], weights[4], weights[29]), (1.0 / 30.0, 1.0, 1.0));
    }
}
