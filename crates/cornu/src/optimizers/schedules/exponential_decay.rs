//! `ExponentialDecay`: the rate falls by one factor every so many steps.

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// `initial_learning_rate · decay_rate ^ (step / decay_steps)`; on a staircase the quotient is rounded down.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/>.
///
/// ```
/// use cornu::optimizers::schedules::{ExponentialDecay, LearningRateSchedule};
/// let schedule = ExponentialDecay::new(0.5, 10, 0.25);
/// assert_eq!(schedule.learning_rate(5), 0.25);
/// assert_eq!(schedule.staircase(true).learning_rate(5), 0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = ExponentialDecay::new(0.0, 0, 0.0))]
pub struct ExponentialDecay {
    #[fields(required)]
    initial_learning_rate: f64,
    #[fields(required, write = steps::write)]
    decay_steps: f64,
    #[fields(required)]
    decay_rate: f64,
    staircase: bool,
    name: String,
}

impl ExponentialDecay {
    /// A rate that has fallen to `decay_rate` of itself after `decay_steps`.
    pub fn new(initial_learning_rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        ExponentialDecay {
            initial_learning_rate,
            decay_steps: decay_steps as f64,
            decay_rate,
            staircase: false,
            name: "ExponentialDecay".into(),
        }
    }

    crate::setters! {
        /// Whether the rate stays for `decay_steps` and then falls at once.
        staircase: bool;
        /// The schedule's name.
        name: into String;
    }
}

impl LearningRateSchedule for ExponentialDecay {
    // In single precision throughout, as Keras computes it; so do the others.
    fn learning_rate(&self, steps: u64) -> f64 {
        let part = steps as f32 / self.decay_steps as f32;
        let part = if self.staircase { part.floor() } else { part };
        (self.initial_learning_rate as f32 * (self.decay_rate as f32).powf(part)).into()
    }

    fn check_arguments(&self) -> Result<(), String> {
        steps::above_zero("decay_steps", self.decay_steps)
    }
}
