//! `LearningRate`: a number, or a schedule that gives one for each step.

use std::sync::Arc;

use serde_json::Value;

use super::schedules::LearningRateSchedule;
use crate::registry::{Argument, Family, wants};
use crate::{Error, Result};

/// The factor on each step of an optimizer. Whatever it is, it is an input of the step's graph: changing it compiles
/// nothing.
///
/// ```
/// use cornu::optimizers::schedules::ExponentialDecay;
/// use cornu::optimizers::{LearningRate, SGD, Optimizer};
/// let fixed = SGD::new(0.1);
/// assert_eq!(fixed.base().learning_rate, LearningRate::from(0.1));
/// let falling = SGD::new(ExponentialDecay::new(0.1, 1000, 0.5));
/// assert_eq!(falling.base().learning_rate.at(2000), 0.025);
/// ```
#[derive(Debug, Clone)]
pub enum LearningRate {
    /// A number. Keras keeps it as a `float32`, and so do its files.
    Constant(f32),
    /// A function of the number of steps done.
    Schedule(Arc<dyn LearningRateSchedule>),
}

impl LearningRate {
    /// The rate of the step after so many steps.
    pub fn at(&self, steps: u64) -> f32 {
        match self {
            LearningRate::Constant(rate) => *rate,
            LearningRate::Schedule(schedule) => schedule.learning_rate(steps) as f32,
        }
    }

    /// The schedule, if it is one.
    pub fn schedule(&self) -> Option<&dyn LearningRateSchedule> {
        match self {
            LearningRate::Constant(_) => None,
            LearningRate::Schedule(schedule) => Some(schedule.as_ref()),
        }
    }

    /// Reports a schedule that Keras' files cannot hold.
    pub(crate) fn check_serializable(&self) -> Result<()> {
        let Some(schedule) = self.schedule().filter(|schedule| schedule.check_serializable().is_err()) else {
            return Ok(());
        };
        let message = format!(
            "follows `{}`, a schedule of your own, which a file cannot hold: register its type, or compile the model with \
             a number before it is saved",
            schedule.class_name()
        );
        Err(Error::argument("learning_rate", message))
    }

    /// What is wrong with it, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            LearningRate::Constant(rate) if !rate.is_finite() => {
                Err(format!("`learning_rate` must be a finite number, got {rate}"))
            }
            LearningRate::Constant(_) => Ok(()),
            LearningRate::Schedule(schedule) => {
                schedule.check().map_err(|error| format!("`learning_rate`: {error}"))
            }
        }
    }
}

impl From<f64> for LearningRate {
    fn from(rate: f64) -> Self {
        LearningRate::Constant(rate as f32)
    }
}

impl<T: LearningRateSchedule> From<T> for LearningRate {
    fn from(schedule: T) -> Self {
        LearningRate::Schedule(Arc::new(schedule))
    }
}

/// Schedules are equal when they are the same one or Keras writes them alike.
impl PartialEq for LearningRate {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (LearningRate::Constant(a), LearningRate::Constant(b)) => a == b,
            (LearningRate::Schedule(a), LearningRate::Schedule(b)) => {
                Arc::ptr_eq(a, b) || (a.check_serializable().is_ok() && a.to_json() == b.to_json())
            }
            _ => false,
        }
    }
}

impl Argument for LearningRate {
    fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::Number(rate) => Ok(rate.as_f64().unwrap_or(f64::NAN).into()),
            Value::Object(_) => <dyn LearningRateSchedule>::from_json(value)
                .map(LearningRate::Schedule)
                .map_err(|error| error.to_string()),
            _ => wants("a number or a schedule", value),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            LearningRate::Constant(rate) => (*rate).into(),
            LearningRate::Schedule(schedule) => schedule.to_json(),
        }
    }
}
