//! `EarlyStopping`: ends a training that no longer improves.

use super::Callback;
use super::monitor::{Monitor, monitor_setters};
use crate::models::Model;
use crate::training::print_line;
use crate::{Logs, Result, Tensor};

/// Ends the training when a watched value has not become better for `patience` epochs.
///
/// Source: <https://keras.io/api/callbacks/early_stopping/>.
///
/// ```
/// use cornu::callbacks::EarlyStopping;
/// let stop = EarlyStopping::new().monitor("val_accuracy").patience(5).restore_best_weights(true);
/// ```
#[derive(Debug, Clone)]
pub struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    verbose: u8,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    wait: usize,
    stopped_epoch: usize,
    best: Option<f64>,
    best_epoch: usize,
    best_weights: Option<Vec<Tensor>>,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        EarlyStopping {
            monitor: Monitor::new(0.0),
            patience: 0,
            verbose: 0,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            wait: 0,
            stopped_epoch: 0,
            best: None,
            best_epoch: 0,
            best_weights: None,
        }
    }
}

impl EarlyStopping {
    /// Stops at the first epoch whose `val_loss` is no better than the best: Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    monitor_setters!(min_delta);

    crate::setters! {
        /// Epochs without improvement after which training ends.
        patience: usize;
        /// 1: say why the training ended.
        verbose: u8;
        /// A value that must be beaten for the waiting to start anew.
        baseline: some f64;
        /// Whether the model gets the weights of its best epoch in the end.
        restore_best_weights: bool;
        /// Epochs that are not watched at first.
        start_from_epoch: usize;
    }

    /// The epoch at whose end the training was stopped; 0 where it was not.
    pub fn stopped_epoch(&self) -> usize {
        self.stopped_epoch
    }

    /// The best value seen.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// The epoch of the best value.
    pub fn best_epoch(&self) -> usize {
        self.best_epoch
    }
}

impl Callback for EarlyStopping {
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        self.monitor.begin();
        self.wait = 0;
        self.stopped_epoch = 0;
        self.best = None;
        self.best_epoch = 0;
        self.best_weights = None;
        Ok(())
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        self.monitor.set_up(model, "EarlyStopping")?;
        let Some(value) = self.monitor.value(logs, "EarlyStopping watches") else { return Ok(()) };
        if epoch < self.start_from_epoch {
            return Ok(());
        }
        if self.restore_best_weights && self.best_weights.is_none() {
            self.best_weights = Some(model.get_weights()?);
            self.best_epoch = epoch;
        }
        self.wait += 1;
        if self.monitor.is_improvement(value, self.best) {
            self.best = Some(value);
            self.best_epoch = epoch;
            if self.restore_best_weights {
                self.best_weights = Some(model.get_weights()?);
            }
            // Waiting starts anew only where the baseline is beaten too.
            if self.monitor.is_improvement(value, self.baseline) {
                self.wait = 0;
            }
            return Ok(());
        }
        if self.wait >= self.patience && epoch > 0 {
            self.stopped_epoch = epoch;
            model.stop_training = true;
        }
        Ok(())
    }

    fn on_train_end(&mut self, model: &mut Model, _logs: &Logs) -> Result<()> {
        if self.stopped_epoch > 0 && self.verbose > 0 {
            print_line(format_args!("Epoch {}: early stopping", self.stopped_epoch + 1));
        }
        if let Some(weights) = self.best_weights.take() {
            if self.verbose > 0 {
                let best = self.best_epoch + 1;
                print_line(format_args!("Restoring model weights from the end of the best epoch: {best}."));
            }
            model.set_weights(&weights)?;
        }
        Ok(())
    }

    fn state(&self) -> Vec<Tensor> {
        let numbers = [self.wait as f64, self.best_epoch as f64, self.best_weights.is_some().into()];
        let numbers = Tensor::from(numbers.into_iter().chain(self.best).collect::<Vec<f64>>());
        std::iter::once(numbers).chain(self.best_weights.iter().flatten().cloned()).collect()
    }

    fn restore_state(&mut self, state: &[Tensor]) {
        let Some((numbers, weights)) = state.split_first() else { return };
        if let [wait, best_epoch, has_weights, best @ ..] = numbers.to_vec::<f64>().as_slice() {
            (self.wait, self.best_epoch) = (*wait as usize, *best_epoch as usize);
            self.best = best.first().copied();
            self.best_weights = (*has_weights == 1.0).then(|| weights.to_vec());
        }
    }
}
