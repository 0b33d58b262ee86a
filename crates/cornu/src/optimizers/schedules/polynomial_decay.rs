//! `PolynomialDecay`: the rate falls to an end along a power of what is left of the steps.

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// `(initial_learning_rate - end_learning_rate) · (1 - step / decay_steps) ^ power + end_learning_rate`, with `step` at
/// most `decay_steps`; in cycles, `decay_steps` times the least whole number that makes it no less than `step`.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/>.
///
/// ```
/// use cornu::optimizers::schedules::{LearningRateSchedule, PolynomialDecay};
/// let schedule = PolynomialDecay::new(0.5, 10).end_learning_rate(0.0).power(2.0);
/// assert_eq!(schedule.learning_rate(5), 0.125);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = PolynomialDecay::new(0.0, 0))]
pub struct PolynomialDecay {
    #[fields(required)]
    initial_learning_rate: f64,
    #[fields(required, write = steps::write)]
    decay_steps: f64,
    end_learning_rate: f64,
    power: f64,
    cycle: bool,
    name: String,
}

impl PolynomialDecay {
    /// A rate that falls to 0.0001 in a straight line.
    pub fn new(initial_learning_rate: f64, decay_steps: u64) -> Self {
        PolynomialDecay {
            initial_learning_rate,
            decay_steps: decay_steps as f64,
            end_learning_rate: 0.0001,
            power: 1.0,
            cycle: false,
            name: "PolynomialDecay".into(),
        }
    }

    crate::setters! {
        /// The rate after `decay_steps`.
        end_learning_rate: f64;
        /// The power of the polynomial.
        power: f64;
        /// Whether the rate rises again and falls more slowly each time.
        cycle: bool;
        /// The schedule's name.
        name: into String;
    }
}

impl LearningRateSchedule for PolynomialDecay {
    fn learning_rate(&self, steps: u64) -> f64 {
        let (initial, end) = (self.initial_learning_rate as f32, self.end_learning_rate as f32);
        let (steps, whole) = (steps as f32, self.decay_steps as f32);
        let part = match (self.cycle, steps == 0.0) {
            (true, true) => 0.0,
            (true, false) => steps / (whole * (steps / whole).ceil()),
            (false, _) => steps.min(whole) / whole,
        };
        ((initial - end) * (1.0 - part).powf(self.power as f32) + end).into()
    }

    fn check_arguments(&self) -> Result<(), String> {
        steps::above_zero("decay_steps", self.decay_steps)
    }
}
