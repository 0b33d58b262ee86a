//! `CosineDecayRestarts`: the rate falls along a cosine, again and again.

use std::f32::consts::PI;

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// A cosine from `initial_learning_rate` to `alpha` of it, which begins anew after `first_decay_steps`, each time over
/// `t_mul` times as many steps and from `m_mul` times the height (Loshchilov and Hutter 2016).
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/>.
///
/// ```
/// use cornu::optimizers::schedules::{CosineDecayRestarts, LearningRateSchedule};
/// let schedule = CosineDecayRestarts::new(0.5, 100).m_mul(0.5);
/// assert_eq!([0, 100, 300].map(|step| schedule.learning_rate(step)), [0.5, 0.25, 0.125]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = CosineDecayRestarts::new(0.0, 0))]
pub struct CosineDecayRestarts {
    #[fields(required)]
    initial_learning_rate: f64,
    #[fields(required, write = steps::write)]
    first_decay_steps: f64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
    name: String,
}

impl CosineDecayRestarts {
    /// A rate that falls to 0 in so many steps, then in twice as many, and so on.
    pub fn new(initial_learning_rate: f64, first_decay_steps: u64) -> Self {
        CosineDecayRestarts {
            initial_learning_rate,
            first_decay_steps: first_decay_steps as f64,
            t_mul: 2.0,
            m_mul: 1.0,
            alpha: 0.0,
            name: "SGDRDecay".into(),
        }
    }

    crate::setters! {
        /// The factor by which a period is longer than the one before.
        t_mul: f64;
        /// The factor by which a period's first rate is higher than that of the one before.
        m_mul: f64;
        /// The last rate of a period in parts of the initial one.
        alpha: f64;
        /// The schedule's name.
        name: into String;
    }
}

impl LearningRateSchedule for CosineDecayRestarts {
    fn learning_rate(&self, steps: u64) -> f64 {
        let (t_mul, m_mul, alpha) = (self.t_mul as f32, self.m_mul as f32, self.alpha as f32);
        let done = steps as f32 / self.first_decay_steps as f32;
        let (restarts, part) = if t_mul == 1.0 {
            (done.floor(), done - done.floor())
        } else {
            let restarts = ((1.0 - done * (1.0 - t_mul)).ln() / t_mul.ln()).floor();
            let before = (1.0 - t_mul.powf(restarts)) / (1.0 - t_mul);
            (restarts, (done - before) / t_mul.powf(restarts))
        };
        let cosine = 0.5 * m_mul.powf(restarts) * (1.0 + (PI * part).cos());
        (self.initial_learning_rate as f32 * ((1.0 - alpha) * cosine + alpha)).into()
    }

    fn check_arguments(&self) -> Result<(), String> {
        steps::above_zero("first_decay_steps", self.first_decay_steps)
    }
}
