//! `BayesianOptimization`: values that a Gaussian process expects to be good.

mod gaussian_process;

use cornu::rng::Stream;
use serde_json::{Value as Json, json};

use self::gaussian_process::{Features, GaussianProcess};
use super::{History, Oracle, Proposal};
use crate::{Domain, Parameter, Trial, Value, Values};

/// How promising values are, from what the process expects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Acquisition {
    /// By how much they are expected to be better than the best so far, and by `xi` standard deviations more.
    ExpectedImprovement {
        /// The larger, the more is explored.
        xi: f64,
    },
    /// How good they may be: the mean and `beta` deviations.
    UpperConfidenceBound {
        /// The larger, the more is explored; KerasTuner's default is 2.6.
        beta: f64,
    },
}

impl Default for Acquisition {
    fn default() -> Self {
        Acquisition::ExpectedImprovement { xi: 0.01 }
    }
}

impl Acquisition {
    /// The promise of a point: how much smaller than `best` what it comes to may be.
    fn of(self, process: &GaussianProcess, best: f64, point: &[f64]) -> f64 {
        let (mean, deviation) = process.predict(point);
        match self {
            Acquisition::ExpectedImprovement { xi } => {
                let better = best - mean - xi * process.deviation();
                let z = better / deviation;
                let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
                let mass = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
                better * mass + deviation * density
            }
            Acquisition::UpperConfidenceBound { beta } => beta * deviation - mean,
        }
    }
}

/// Fits a Gaussian process to what trials came to and tries what it finds most promising. It begins with trials by chance.
///
/// The kernel is Matérn 5/2 with a length for each hyperparameter; words count as equally far from each other. Its lengths,
/// amplitude and noise are those most probable given the trials. Trials that run at the same time are believed to come to
/// what is expected of them and a deviation more, so that no two try the same.
///
/// Source: Snoek, Larochelle, Adams, "Practical Bayesian Optimization of Machine Learning Algorithms" (2012);
/// <https://keras.io/keras_tuner/api/tuners/bayesian/>, whose arguments these are. KerasTuner knows no expected improvement,
/// the default here.
///
/// ```
/// use cornu_tuner::{Search, oracles::{Acquisition, BayesianOptimization}};
/// let oracle = BayesianOptimization::new().acquisition(Acquisition::UpperConfidenceBound { beta: 2.6 });
/// let mut search = Search::new(oracle.num_initial_points(5)).max_trials(15).seed(1).verbose(0);
/// search.run(|hp| Ok((hp.float("x", -1.0..=1.0) - 0.5).powi(2)))?;
/// assert!(search.best_score() < Some(1e-3));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BayesianOptimization {
    num_initial_points: Option<usize>,
    alpha: f64,
    acquisition: Acquisition,
}

impl Default for BayesianOptimization {
    fn default() -> Self {
        BayesianOptimization { num_initial_points: None, alpha: 1e-4, acquisition: Acquisition::default() }
    }
}

/// Candidates by chance, how many of the best are improved, and how: in rounds of ever smaller steps.
const CANDIDATES: usize = 500;
const IMPROVED: usize = 5;
const STEPS: [f64; 4] = [0.1, 0.03, 0.01, 0.003];
const TRIES: usize = 20;

impl BayesianOptimization {
    /// Expected improvement after three trials by chance for each hyperparameter.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Trials by chance before the process is asked; three for each hyperparameter by default, at least three.
        num_initial_points: some usize;
        /// The noise there is at least, as a part of the variance of what trials come to; 1e-4 by default.
        alpha: f64;
        /// What is most promising; expected improvement by default.
        acquisition: Acquisition;
    }

    /// The most promising values that were not tried.
    fn most_promising(
        &self,
        history: &History<'_>,
        settled: &[&Trial],
        process: &GaussianProcess,
    ) -> Option<Values> {
        let best = process.smallest_mean();
        let promise = |values: &Values| self.acquisition.of(process, best, &point(history.space(), values));
        let mut chance = history.stream("bayesian/candidates");
        let mut candidates: Vec<Values> = (0..CANDIDATES).map(|_| random(history, &mut chance)).collect();
        candidates.extend(settled.iter().map(|trial| near(history, trial.values(), STEPS[0], &mut chance)));
        let mut ranked: Vec<(f64, Values)> =
            candidates.into_iter().map(|values| (promise(&values), values)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.truncate(IMPROVED * 4);
        for (value, values) in ranked.iter_mut().take(IMPROVED) {
            for scale in STEPS {
                for _ in 0..TRIES {
                    let other = near(history, values, scale, &mut chance);
                    let found = promise(&other);
                    if found > *value {
                        (*value, *values) = (found, other);
                    }
                }
            }
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranked.into_iter().map(|(_, values)| values).find(|values| !history.is_tried(values))
    }
}

impl Oracle for BayesianOptimization {
    fn name(&self) -> &'static str {
        "BayesianOptimization"
    }

    fn config(&self) -> Json {
        let acquisition = match self.acquisition {
            Acquisition::ExpectedImprovement { xi } => json!({ "xi": xi }),
            Acquisition::UpperConfidenceBound { beta } => json!({ "beta": beta }),
        };
        json!({ "num_initial_points": self.num_initial_points, "alpha": self.alpha, "acquisition": acquisition })
    }

    fn check(&self) -> Result<(), String> {
        if !(self.alpha > 0.0 && self.alpha.is_finite()) {
            return Err(format!("alpha must be above 0, got {}", self.alpha));
        }
        let (name, value) = match self.acquisition {
            Acquisition::ExpectedImprovement { xi } => ("xi", xi),
            Acquisition::UpperConfidenceBound { beta } => ("beta", beta),
        };
        if value >= 0.0 && value.is_finite() {
            Ok(())
        } else {
            Err(format!("{name} must be at least 0, got {value}"))
        }
    }

    fn propose(&self, history: &History<'_>) -> Proposal {
        let by_chance = || history.random_values().map_or(Proposal::Stop, Proposal::Try);
        let dimensions = history.space().iter().filter(|p| !matches!(p.domain, Domain::Fixed(_))).count();
        let initial = self.num_initial_points.unwrap_or((3 * dimensions).max(3));
        if history.number < initial {
            return by_chance();
        }
        let Some((settled, running)) = history.settled() else { return Proposal::Wait };
        let seen = settled
            .iter()
            .filter_map(|trial| Some((point(history.space(), trial.values()), history.cost(trial)?)));
        let (points, costs): (Vec<_>, Vec<_>) = seen.unzip();
        if costs.len() < 2 {
            return by_chance();
        }
        let mut process = GaussianProcess::fit(features(history.space()), points, &costs, self.alpha);
        for values in running {
            process = process.and_then(|process| {
                let point = point(history.space(), values);
                let (mean, deviation) = process.predict(&point);
                process.told(point, mean + deviation)
            });
        }
        let found = process.and_then(|process| self.most_promising(history, &settled, &process));
        found.map_or_else(by_chance, Proposal::Try)
    }
}

/// Which numbers of a point belong to which hyperparameter.
fn features(space: &[Parameter]) -> Features {
    let mut groups = Vec::new();
    for (at, parameter) in space.iter().enumerate() {
        groups.extend(std::iter::repeat_n(at, width(&parameter.domain)));
    }
    Features { groups, count: space.len() }
}

/// How many numbers a hyperparameter becomes.
fn width(domain: &Domain) -> usize {
    match domain {
        Domain::Fixed(_) => 0,
        _ if domain.is_ordered() => 1,
        _ => domain.count().unwrap_or(1),
    }
}

/// Values as the process sees them: places on the line, or one of several numbers, so that words are equally far from each
/// other. What does not matter lies in the middle.
fn point(space: &[Parameter], values: &Values) -> Vec<f64> {
    let mut point = Vec::new();
    for parameter in space {
        let value = values.get(&parameter.name).filter(|_| parameter.is_active(values));
        let width = width(&parameter.domain);
        match value {
            _ if parameter.domain.is_ordered() => {
                point.push(value.map_or(0.5, |value| parameter.domain.place_of(value)));
            }
            Some(value) if width > 0 => {
                let all = parameter.domain.values();
                let one = |known: &Value| if known == value { std::f64::consts::FRAC_1_SQRT_2 } else { 0.0 };
                point.extend(all.iter().map(one));
            }
            _ => point.extend(std::iter::repeat_n(0.0, width)),
        }
    }
    point
}

fn random(history: &History<'_>, chance: &mut Stream) -> Values {
    history.fill(Values::new(), |parameter| parameter.domain.at(chance.next_f64()))
}

/// Values nearby: numbers a step away, of the rest now and then another.
fn near(history: &History<'_>, values: &Values, scale: f64, chance: &mut Stream) -> Values {
    let mut moved = values.clone();
    for parameter in history.space() {
        let Some(value) = moved.get_mut(&parameter.name) else { continue };
        if parameter.domain.is_ordered() {
            // A step of a coarse row must reach the next value.
            let step = scale.max(parameter.domain.count().map_or(0.0, |count| 0.5 / count as f64));
            let place = parameter.domain.place_of(value) + step * f64::from(chance.normal());
            *value = parameter.domain.at(place.clamp(0.0, 1.0));
        } else if chance.next_f64() < 0.1 {
            *value = parameter.domain.at(chance.next_f64());
        }
    }
    history.fill(moved, |parameter| parameter.domain.at(chance.next_f64()))
}
