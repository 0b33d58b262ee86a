//! `ModelCheckpoint`: saves the model as it is trained.

use std::path::{Path, PathBuf};

use super::Callback;
use super::monitor::{Monitor, monitor_setters};
use super::template;
use crate::models::Model;
use crate::training::print_line;
use crate::{Error, Logs, Result, Tensor};

/// Saves the model, or its weights, at the end of each epoch or every so many batches; only where it became better, if so
/// told. The file at a path is the old one or the new one, whole, at any moment.
///
/// The path may have places for values, as in `"{epoch:02d}-{val_loss:.2f}.keras"`: `epoch` and `batch`, counted from 1, and
/// all values of the logs. Folders that are missing are made.
///
/// Source: <https://keras.io/api/callbacks/model_checkpoint/>.
///
/// ```
/// use cornu::callbacks::ModelCheckpoint;
/// let save = ModelCheckpoint::new("runs/{epoch:02d}-{val_loss:.2f}.keras").save_best_only(true);
/// ```
#[derive(Debug, Clone)]
pub struct ModelCheckpoint {
    filepath: String,
    monitor: Monitor,
    verbose: u8,
    save_best_only: bool,
    save_weights_only: bool,
    save_freq: SaveFreq,
    initial_value_threshold: Option<f64>,
    best: Option<f64>,
    epoch: usize,
    batches: usize,
}

/// When a [`ModelCheckpoint`] or a [`BackupAndRestore`](super::BackupAndRestore) saves, or a
/// [`TensorBoard`](super::TensorBoard) writes.
///
/// ```
/// use cornu::callbacks::{ModelCheckpoint, SaveFreq};
/// let hourly = ModelCheckpoint::new("at-{epoch:02d}.keras").save_freq(500);
/// assert_eq!(SaveFreq::from(500), SaveFreq::Batches(500));
/// # drop(hourly);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SaveFreq {
    /// At the end of each epoch.
    #[default]
    Epoch,
    /// Whenever so many batches are done.
    Batches(usize),
}

impl From<usize> for SaveFreq {
    fn from(batches: usize) -> Self {
        SaveFreq::Batches(batches)
    }
}

impl ModelCheckpoint {
    /// Saves to this path, which ends in `.keras`, or in `.weights.h5` with [`save_weights_only`](Self::save_weights_only).
    pub fn new(filepath: impl Into<String>) -> Self {
        ModelCheckpoint {
            filepath: filepath.into(),
            monitor: Monitor::new(0.0),
            verbose: 0,
            save_best_only: false,
            save_weights_only: false,
            save_freq: SaveFreq::Epoch,
            initial_value_threshold: None,
            best: None,
            epoch: 0,
            batches: 0,
        }
    }

    monitor_setters!();

    crate::setters! {
        /// 1: say what is saved.
        verbose: u8;
        /// Whether only a model that is better than all before is saved.
        save_best_only: bool;
        /// Whether the weights alone are saved.
        save_weights_only: bool;
        /// When the model is saved: at each epoch's end, or after so many batches.
        save_freq: into SaveFreq;
        /// A value that the first model to be saved must beat.
        initial_value_threshold: some f64;
    }

    /// The best value saved.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    fn check(&self) -> Result<()> {
        let wrong = |message: &str| Err(Error::argument(format!("filepath `{}`", self.filepath), message));
        match (self.save_weights_only, self.save_freq) {
            (_, SaveFreq::Batches(0)) => Err(Error::argument("save_freq", "must be at least 1, got 0")),
            (true, _) if !self.filepath.ends_with(".weights.h5") => {
                wrong("must end in .weights.h5 where the weights alone are saved")
            }
            (false, _) if !self.filepath.ends_with(".keras") => wrong("must end in .keras"),
            _ => Ok(()),
        }
    }

    /// Whether the model at hand is to be saved.
    fn is_wanted(&mut self, epoch: usize, logs: &Logs, path: &Path) -> bool {
        let epoch = epoch + 1;
        let path = path.display();
        if !self.save_best_only {
            self.say(format_args!("\nEpoch {epoch}: saving model to {path}"));
            return true;
        }
        let Some(value) = self.monitor.value(logs, "ModelCheckpoint can save the best model only by") else {
            return true;
        };
        let best = self.best.map_or_else(|| "None".to_owned(), |best| format!("{best:.5}"));
        let name = &self.monitor.name;
        let better = self.monitor.is_improvement(value, self.best);
        if better {
            self.say(format_args!(
                "\nEpoch {epoch}: {name} improved from {best} to {value:.5}, saving model to {path}"
            ));
            self.best = Some(value);
        } else {
            self.say(format_args!("\nEpoch {epoch}: {name} did not improve from {best}"));
        }
        better
    }

    fn say(&self, line: std::fmt::Arguments<'_>) {
        if self.verbose > 0 {
            print_line(line);
        }
    }

    fn save(&mut self, model: &Model, epoch: usize, batch: Option<usize>, logs: &Logs) -> Result<()> {
        let own = [Some(("epoch", epoch as f64 + 1.0)), batch.map(|batch| ("batch", batch as f64 + 1.0))];
        let values: Vec<(&str, f64)> = own.into_iter().flatten().chain(logs.iter()).collect();
        let path = PathBuf::from(template::fill(&self.filepath, &values)?);
        if !self.is_wanted(epoch, logs, &path) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        }
        if self.save_weights_only {
            model.save_weights(&path)?;
        } else {
            model.save(&path)?;
        }
        self.say(format_args!("\nEpoch {}: finished saving model to {}", epoch + 1, path.display()));
        Ok(())
    }
}

impl Callback for ModelCheckpoint {
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        self.check()?;
        self.monitor.begin();
        self.best = self.best.or(self.initial_value_threshold);
        Ok(())
    }

    fn on_epoch_begin(&mut self, _model: &mut Model, epoch: usize) -> Result<()> {
        self.epoch = epoch;
        Ok(())
    }

    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        let SaveFreq::Batches(freq) = self.save_freq else { return Ok(()) };
        self.batches += 1;
        if self.batches < freq {
            return Ok(());
        }
        self.batches = 0;
        if self.save_best_only {
            self.monitor.set_up(model, "ModelCheckpoint")?;
        }
        let logs = model.get_metrics_result()?;
        self.save(model, self.epoch, Some(batch), &logs)
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        if self.save_best_only {
            self.monitor.set_up(model, "ModelCheckpoint")?;
        }
        match self.save_freq {
            SaveFreq::Epoch => self.save(model, epoch, None, logs),
            SaveFreq::Batches(_) => Ok(()),
        }
    }

    fn state(&self) -> Vec<Tensor> {
        vec![Tensor::from(std::iter::once(self.batches as f64).chain(self.best).collect::<Vec<f64>>())]
    }

    fn restore_state(&mut self, state: &[Tensor]) {
        if let Some([batches, best @ ..]) = state.first().map(Tensor::to_vec::<f64>).as_deref() {
            self.batches = *batches as usize;
            self.best = best.first().copied();
        }
    }
}
