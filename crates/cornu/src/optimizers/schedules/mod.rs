//! Schedules: learning rates that follow the number of steps.

mod cosine_decay;
mod cosine_decay_restarts;
mod exponential_decay;
mod from_fn;
mod inverse_time_decay;
mod piecewise_constant_decay;
mod polynomial_decay;
mod steps;

use crate::registry::Configured;

pub use cosine_decay::CosineDecay;
pub use cosine_decay_restarts::CosineDecayRestarts;
pub use exponential_decay::ExponentialDecay;
pub use from_fn::{FromFn, from_fn};
pub use inverse_time_decay::InverseTimeDecay;
pub use piecewise_constant_decay::PiecewiseConstantDecay;
pub use polynomial_decay::PolynomialDecay;

/// A learning rate as a function of the number of steps done. It is asked before each step, outside of the graph:
/// nothing is compiled again.
///
/// A schedule of one's own is a function given to [`from_fn`], or a type:
///
/// ```
/// use cornu::optimizers::{Optimizer, SGD, schedules::LearningRateSchedule};
/// use cornu::registry::{Config, Configured};
///
/// /// The schedule of "Attention is all you need".
/// #[derive(Debug)]
/// struct Noam { width: f64, warmup_steps: f64 }
///
/// impl Configured for Noam {
///     fn class_name(&self) -> &str { "Noam" }
///     fn config(&self) -> Config { Config::new() }
/// }
///
/// impl LearningRateSchedule for Noam {
///     fn learning_rate(&self, steps: u64) -> f64 {
///         let step = (steps + 1) as f64;
///         self.width.powf(-0.5) * step.powf(-0.5).min(step * self.warmup_steps.powf(-1.5))
///     }
/// }
///
/// let optimizer = SGD::new(Noam { width: 512.0, warmup_steps: 4000.0 });
/// assert!(optimizer.base().learning_rate.at(3999) > optimizer.base().learning_rate.at(10));
/// ```
///
/// A type goes into files once it is registered ([`register_keras_serializable`](crate::utils::register_keras_serializable));
/// before, [`Model::save`](crate::Model::save) refuses a model whose optimizer follows it.
pub trait LearningRateSchedule: Configured {
    /// The rate of the step after so many steps.
    fn learning_rate(&self, steps: u64) -> f64;

    /// What is wrong with the arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the schedule's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }
}

crate::family! { LearningRateSchedule, "learning rate schedule", "keras.optimizers.schedules", {
    ExponentialDecay = "ExponentialDecay" [];
    PiecewiseConstantDecay = "PiecewiseConstantDecay" [];
    PolynomialDecay = "PolynomialDecay" [];
    InverseTimeDecay = "InverseTimeDecay" [];
    CosineDecay = "CosineDecay" [];
    CosineDecayRestarts = "CosineDecayRestarts" [];
}
    fn check_arguments(&self) -> Result<(), String> {
        LearningRateSchedule::check_arguments(self)
    }

}
