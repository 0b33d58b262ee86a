//! `InverseTimeDecay`: the rate falls with the inverse of the number of steps.

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// `initial_learning_rate / (1 + decay_rate · step / decay_steps)`; on a staircase the quotient is rounded down.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/>.
///
/// ```
/// use cornu::optimizers::schedules::{InverseTimeDecay, LearningRateSchedule};
/// let schedule = InverseTimeDecay::new(0.5, 10, 1.0);
/// assert_eq!(schedule.learning_rate(10), 0.25);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = InverseTimeDecay::new(0.0, 0, 0.0))]
pub struct InverseTimeDecay {
    #[fields(required)]
    initial_learning_rate: f64,
    #[fields(required, write = steps::write)]
    decay_steps: f64,
    #[fields(required)]
    decay_rate: f64,
    staircase: bool,
    name: String,
}

impl InverseTimeDecay {
    /// A rate that has fallen to `1 / (1 + decay_rate)` of itself after `decay_steps`.
    pub fn new(initial_learning_rate: f64, decay_steps: u64, decay_rate: f64) -> Self {
        InverseTimeDecay {
            initial_learning_rate,
            decay_steps: decay_steps as f64,
            decay_rate,
            staircase: false,
            name: "InverseTimeDecay".into(),
        }
    }

    crate::setters! {
        /// Whether the rate stays for `decay_steps` and then falls at once.
        staircase: bool;
        /// The schedule's name.
        name: into String;
    }
}

impl LearningRateSchedule for InverseTimeDecay {
    fn learning_rate(&self, steps: u64) -> f64 {
        let part = steps as f32 / self.decay_steps as f32;
        let part = if self.staircase { part.floor() } else { part };
        (self.initial_learning_rate as f32 / (1.0 + self.decay_rate as f32 * part)).into()
    }

    fn check_arguments(&self) -> Result<(), String> {
        steps::above_zero("decay_steps", self.decay_steps)
    }
}
