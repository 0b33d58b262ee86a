//! `LearningRateScheduler`: a learning rate for each epoch.

use super::Callback;
use crate::models::Model;
use crate::training::print_line;
use crate::{Logs, Result};

/// Sets the learning rate at the start of each epoch to what a function of the epoch, counted from 0, and the rate so far
/// says. The logs get `learning_rate`.
///
/// Source: <https://keras.io/api/callbacks/learning_rate_scheduler/>.
///
/// ```
/// use cornu::callbacks::LearningRateScheduler;
/// let schedule = LearningRateScheduler::new(|epoch, rate| if epoch < 10 { rate } else { rate * 0.9 });
/// ```
pub struct LearningRateScheduler<F> {
    schedule: F,
    verbose: u8,
}

impl<F: FnMut(usize, f64) -> f64 + Send> LearningRateScheduler<F> {
    /// The rate of an epoch, from its number and the rate so far.
    pub fn new(schedule: F) -> Self {
        LearningRateScheduler { schedule, verbose: 0 }
    }

    crate::setters! {
        /// 1: say each epoch's rate.
        verbose: u8;
    }
}

impl<F: FnMut(usize, f64) -> f64 + Send> Callback for LearningRateScheduler<F> {
    fn on_epoch_begin(&mut self, model: &mut Model, epoch: usize) -> Result<()> {
        let rate = (self.schedule)(epoch, model.learning_rate()?);
        model.set_learning_rate(rate)?;
        if self.verbose > 0 {
            print_line(format_args!(
                "\nEpoch {}: LearningRateScheduler setting learning rate to {rate}.",
                epoch + 1
            ));
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, model: &mut Model, _epoch: usize, logs: &mut Logs) -> Result<()> {
        logs.set("learning_rate", model.learning_rate()?);
        Ok(())
    }
}
