//! `from_fn`: a function as a schedule.

use std::any::type_name;
use std::fmt;

use super::LearningRateSchedule;
use crate::registry::{Config, Configured};

/// A schedule that calls a function with the number of steps done.
///
/// ```
/// use cornu::optimizers::{Adam, Optimizer, schedules::from_fn};
/// let optimizer = Adam::new(from_fn(|steps| 0.1 / (1.0 + steps as f64)));
/// assert_eq!(optimizer.base().learning_rate.at(3), 0.025);
/// ```
///
/// Keras' files cannot hold it: [`Model::save`](crate::Model::save) refuses a model whose optimizer follows one.
pub fn from_fn<F: Fn(u64) -> f64 + Send + Sync + 'static>(function: F) -> FromFn<F> {
    FromFn(function)
}

/// What [`from_fn`] gives.
pub struct FromFn<F>(F);

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from_fn({})", type_name::<F>())
    }
}

impl<F: Send + Sync + 'static> Configured for FromFn<F> {
    fn class_name(&self) -> &str {
        "from_fn"
    }

    fn config(&self) -> Config {
        Config::new()
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync + 'static> LearningRateSchedule for FromFn<F> {
    fn learning_rate(&self, steps: u64) -> f64 {
        (self.0)(steps)
    }
}
