//! `Trial`: one set of values with what came of it.

use std::collections::BTreeMap;

use cornu::callbacks::Direction;
use serde::{Deserialize, Serialize};

use crate::objective::{Objective, direction_of};
use crate::{HyperParameters, Values};

/// How far a trial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Begun; in a project folder, also cut short.
    Running,
    /// Done, with a score.
    Completed,
    /// Given up, with its error.
    Failed,
}

/// One set of values with what came of it. As JSON it is KerasTuner's `trial.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trial {
    /// Its number, with as many digits as the last trial's.
    pub trial_id: String,
    /// The space as it was known then, with the trial's values.
    pub hyperparameters: HyperParameters,
    metrics: Metrics,
    /// The objective's value.
    pub score: Option<f64>,
    /// The epoch of that value, on average over the executions.
    pub best_step: usize,
    /// How far it is.
    pub status: Status,
    /// Why it failed.
    pub message: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Metrics {
    metrics: BTreeMap<String, MetricHistory>,
}

/// What was measured under one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricHistory {
    direction: String,
    /// The values, in the order of their steps.
    pub observations: Vec<Observation>,
}

/// What was measured at one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The value, null where it is no number.
    pub value: Vec<Option<f64>>,
    /// The epoch.
    pub step: usize,
}

/// What a trial's run gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// Values by name, the objective's among them.
    pub(crate) metrics: Vec<(String, f64)>,
    /// The epoch they are of.
    pub(crate) best_step: usize,
}

impl Trial {
    pub(crate) fn new(trial_id: String, hyperparameters: HyperParameters) -> Self {
        Trial {
            trial_id,
            hyperparameters,
            metrics: Metrics::default(),
            score: None,
            best_step: 0,
            status: Status::Running,
            message: None,
        }
    }

    /// Its values.
    pub fn values(&self) -> &Values {
        self.hyperparameters.values()
    }

    /// What was measured, by name.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &MetricHistory)> {
        self.metrics.metrics.iter().map(|(name, history)| (name.as_str(), history))
    }

    /// The value of a metric at the trial's best epoch.
    pub fn metric(&self, name: &str) -> Option<f64> {
        *self.metrics.metrics.get(name)?.observations.last()?.value.last()?
    }

    /// Whether nothing more will become of it.
    pub(crate) fn has_ended(&self) -> bool {
        self.status != Status::Running
    }

    /// The score of a trial that is done.
    pub(crate) fn result(&self) -> Option<f64> {
        self.score.filter(|_| self.status == Status::Completed)
    }

    /// Records what came of it.
    pub(crate) fn end(&mut self, outcome: Result<Outcome, String>, objective: &Objective) {
        let found = outcome.and_then(|outcome| {
            let score = outcome.metrics.iter().find(|(name, _)| name == objective.name());
            let (_, score) = score.ok_or_else(|| missing(objective, &outcome))?;
            let score = Some(*score).filter(|score| score.is_finite());
            let score = score.ok_or_else(|| format!("`{}` came out as no number", objective.name()))?;
            Ok((score, outcome))
        });
        match found {
            Ok((score, outcome)) => {
                self.metrics = Metrics::of(&outcome);
                (self.score, self.best_step) = (Some(score), outcome.best_step);
                (self.status, self.message) = (Status::Completed, None);
            }
            Err(message) => (self.status, self.message) = (Status::Failed, Some(message)),
        }
    }
}

fn missing(objective: &Objective, outcome: &Outcome) -> String {
    let known: Vec<&str> = outcome.metrics.iter().map(|(name, _)| name.as_str()).collect();
    let validation =
        objective.name().starts_with("val_") && !known.iter().any(|name| name.starts_with("val_"));
    let remedy = if validation { "; give `fit` validation data or a validation_split" } else { "" };
    format!("there is no `{}` among what was measured, {}{remedy}", objective.name(), known.join(", "))
}

impl Metrics {
    fn of(outcome: &Outcome) -> Self {
        let histories = outcome.metrics.iter().map(|(name, value)| {
            let direction = Objective::word(direction_of(name).unwrap_or(Direction::Down)).to_owned();
            let value = vec![Some(*value).filter(|value| value.is_finite())];
            let observations = vec![Observation { value, step: outcome.best_step }];
            (name.clone(), MetricHistory { direction, observations })
        });
        Metrics { metrics: histories.collect() }
    }
}
