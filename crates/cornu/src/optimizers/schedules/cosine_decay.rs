//! `CosineDecay`: the rate rises in a straight line, then falls along a cosine.

use std::f32::consts::PI;

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// `initial_learning_rate · ((1 - alpha) · (1 + cos(pi · step / decay_steps)) / 2 + alpha)`, with `step` at most
/// `decay_steps` (Loshchilov and Hutter 2016).
///
/// With `warmup_target` the rate first goes from `initial_learning_rate` to the target in `warmup_steps` (Goyal et al.
/// 2017), from where it falls. An `initial_learning_rate` of 0 warms up, as `0.0` does in Keras; at the integer `0` Keras
/// fails.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/>.
///
/// ```
/// use cornu::optimizers::schedules::{CosineDecay, LearningRateSchedule};
/// let schedule = CosineDecay::new(0.0, 100).warmup_target(0.5).warmup_steps(10);
/// assert_eq!([0, 5, 10, 110].map(|step| schedule.learning_rate(step)), [0.0, 0.25, 0.5, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = CosineDecay::new(0.0, 0))]
pub struct CosineDecay {
    #[fields(required)]
    initial_learning_rate: f64,
    #[fields(required, write = steps::write)]
    decay_steps: f64,
    alpha: f64,
    name: String,
    warmup_target: Option<f64>,
    #[fields(write = steps::write)]
    warmup_steps: f64,
}

impl CosineDecay {
    /// A rate that falls to 0 in so many steps.
    pub fn new(initial_learning_rate: f64, decay_steps: u64) -> Self {
        CosineDecay {
            initial_learning_rate,
            decay_steps: decay_steps as f64,
            alpha: 0.0,
            name: "CosineDecay".into(),
            warmup_target: None,
            warmup_steps: 0.0,
        }
    }

    crate::setters! {
        /// The last rate in parts of the one from which it falls.
        alpha: f64;
        /// The schedule's name.
        name: into String;
        /// The rate after the warm-up.
        warmup_target: some f64;
    }

    /// How many steps the warm-up takes, if there is one.
    #[must_use]
    pub fn warmup_steps(mut self, warmup_steps: u64) -> Self {
        self.warmup_steps = warmup_steps as f64;
        self
    }
}

impl LearningRateSchedule for CosineDecay {
    fn learning_rate(&self, steps: u64) -> f64 {
        let initial = self.initial_learning_rate as f32;
        let (steps, whole, warmup) = (steps as f32, self.decay_steps as f32, self.warmup_steps as f32);
        let decayed = |from: f32, steps: f32| {
            let cosine = 0.5 * (1.0 + (PI * (steps / whole)).cos());
            from * ((1.0 - self.alpha) as f32 * cosine + self.alpha as f32)
        };
        let rate = match self.warmup_target.map(|target| target as f32) {
            None => decayed(initial, steps.min(whole)),
            Some(target) if steps < warmup => (target - initial) * (steps / warmup) + initial,
            Some(target) => decayed(target, steps.min(whole + warmup) - warmup),
        };
        rate.into()
    }

    fn check_arguments(&self) -> Result<(), String> {
        steps::above_zero("decay_steps", self.decay_steps)
    }
}
