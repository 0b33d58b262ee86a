//! `ReduceLROnPlateau`: a smaller learning rate where a value no longer improves.

use super::Callback;
use super::monitor::{Monitor, monitor_setters};
use crate::models::Model;
use crate::training::print_line;
use crate::{Error, Logs, Result, Tensor};

/// Multiplies the learning rate by a factor when a watched value has not become better for `patience` epochs. The logs get
/// `learning_rate`.
///
/// Source: <https://keras.io/api/callbacks/reduce_lr_on_plateau/>.
///
/// ```
/// use cornu::callbacks::ReduceLROnPlateau;
/// let slower = ReduceLROnPlateau::new().factor(0.5).patience(3).min_lr(1e-5);
/// ```
#[derive(Debug, Clone)]
pub struct ReduceLROnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    verbose: u8,
    cooldown: usize,
    min_lr: f64,
    best: Option<f64>,
    cooling: usize,
    wait: usize,
}

impl Default for ReduceLROnPlateau {
    fn default() -> Self {
        ReduceLROnPlateau {
            monitor: Monitor::new(1e-4),
            factor: 0.1,
            patience: 10,
            verbose: 0,
            cooldown: 0,
            min_lr: 0.0,
            best: None,
            cooling: 0,
            wait: 0,
        }
    }
}

impl ReduceLROnPlateau {
    /// A tenth of the rate after 10 epochs without a better `val_loss`: Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    monitor_setters!(min_delta);

    crate::setters! {
        /// What the rate is multiplied by, below 1.
        factor: f64;
        /// Epochs without improvement after which the rate becomes smaller.
        patience: usize;
        /// 1: say when it does.
        verbose: u8;
        /// Epochs that are not counted after a change of the rate.
        cooldown: usize;
        /// The rate becomes no smaller than this.
        min_lr: f64;
    }

    fn reduce(&self, model: &mut Model, epoch: usize) -> Result<bool> {
        let old = model.learning_rate()?;
        if old <= f64::from(self.min_lr as f32) {
            return Ok(false);
        }
        let new = (old * self.factor).max(self.min_lr);
        model.set_learning_rate(new)?;
        if self.verbose > 0 {
            print_line(format_args!(
                "\nEpoch {}: ReduceLROnPlateau reducing learning rate to {new}.",
                epoch + 1
            ));
        }
        Ok(true)
    }
}

impl Callback for ReduceLROnPlateau {
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        if self.factor.is_nan() || self.factor >= 1.0 {
            return Err(Error::argument("factor", format!("must be below 1, got {}", self.factor)));
        }
        self.monitor.begin();
        (self.best, self.cooling, self.wait) = (None, 0, 0);
        Ok(())
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        self.monitor.set_up(model, "ReduceLROnPlateau")?;
        logs.set("learning_rate", model.learning_rate()?);
        let Some(value) = self.monitor.value(logs, "ReduceLROnPlateau watches") else { return Ok(()) };
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if self.monitor.is_improvement(value, self.best) {
            self.best = Some(value);
            self.wait = 0;
        } else if self.cooling == 0 {
            self.wait += 1;
            if self.wait >= self.patience && self.reduce(model, epoch)? {
                self.cooling = self.cooldown;
                self.wait = 0;
            }
        }
        Ok(())
    }

    fn state(&self) -> Vec<Tensor> {
        let numbers = [self.wait as f64, self.cooling as f64];
        vec![Tensor::from(numbers.into_iter().chain(self.best).collect::<Vec<f64>>())]
    }

    fn restore_state(&mut self, state: &[Tensor]) {
        if let Some([wait, cooling, best @ ..]) = state.first().map(Tensor::to_vec::<f64>).as_deref() {
            (self.wait, self.cooling) = (*wait as usize, *cooling as usize);
            self.best = best.first().copied();
        }
    }
}
