//! Callbacks: what is told of a training as it goes, and may change its course.
//!
//! ```
//! use cornu::callbacks::{EarlyStopping, ModelCheckpoint};
//! use cornu::Fit;
//! let arguments = Fit::new()
//!     .epochs(100)
//!     .validation_split(0.2)
//!     .callback(EarlyStopping::new().patience(10).restore_best_weights(true))
//!     .callback(ModelCheckpoint::new("best.keras").save_best_only(true));
//! ```

mod backup_and_restore;
mod csv_logger;
mod early_stopping;
mod lambda_callback;
mod learning_rate_scheduler;
mod list;
mod model_checkpoint;
mod monitor;
mod progbar_logger;
mod reduce_lr_on_plateau;
#[cfg(feature = "download")]
mod remote_monitor;
mod swap_ema_weights;
mod template;
mod tensorboard;
mod terminate_on_nan;

pub use backup_and_restore::BackupAndRestore;
pub(crate) use backup_and_restore::Resume;
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use lambda_callback::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use list::CallbackList;
pub use model_checkpoint::{ModelCheckpoint, SaveFreq};
pub use monitor::{Direction, MonitorMode};
pub use progbar_logger::ProgbarLogger;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
#[cfg(feature = "download")]
pub use remote_monitor::RemoteMonitor;
pub use swap_ema_weights::SwapEMAWeights;
pub use tensorboard::{EmbeddingsMetadata, TensorBoard};
pub use terminate_on_nan::TerminateOnNaN;

use crate::models::Model;
use crate::{Logs, Result, Tensor};

/// Something that is told of a training, an evaluation or a prediction as it goes: Keras' `Callback`. Each method is a
/// hook; those that are not written do nothing. An error ends the run and is what `fit` gives back.
///
/// The model is the one that runs: its weights and learning rate can be read and set,
/// [`stop_training`](Model::stop_training) ends the run after the batch or epoch at hand, and
/// [`get_metrics_result`](Model::get_metrics_result) tells loss and metrics so far.
///
/// ```
/// use cornu::callbacks::Callback;
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, Fit, Logs, Model, Result, Sequential, Tensor};
///
/// /// Ends the training when the loss is small enough.
/// struct GoodEnough(f64);
///
/// impl Callback for GoodEnough {
///     fn on_epoch_end(&mut self, model: &mut Model, _epoch: usize, logs: &mut Logs) -> Result<()> {
///         model.stop_training |= logs.loss() < self.0;
///         Ok(())
///     }
/// }
///
/// let (x, y) = (Tensor::from([[0.0f32], [1.0]]), Tensor::from([[1.0f32], [3.0]]));
/// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
/// model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
/// let history = model.fit(&x, &y, Fit::new().epochs(10_000).verbose(0).callback(GoodEnough(0.01)))?;
/// assert!(history.epoch.len() < 10_000);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Training runs on a thread of the pool, so callbacks are [`Send`].
///
/// Source: <https://keras.io/api/callbacks/base_callback/>.
pub trait Callback: Send {
    /// Told once, before the run begins.
    fn set_params(&mut self, _params: &Params) {}

    /// Before the first epoch.
    ///
    /// # Errors
    /// What the callback cannot do; so with all hooks.
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        Ok(())
    }

    /// After the last epoch, with its logs.
    fn on_train_end(&mut self, _model: &mut Model, _logs: &Logs) -> Result<()> {
        Ok(())
    }

    /// Before an epoch, counted from 0.
    fn on_epoch_begin(&mut self, _model: &mut Model, _epoch: usize) -> Result<()> {
        Ok(())
    }

    /// After an epoch and its validation. What is added to the logs, later callbacks and the history see.
    fn on_epoch_end(&mut self, _model: &mut Model, _epoch: usize, _logs: &mut Logs) -> Result<()> {
        Ok(())
    }

    /// Before a batch of training, counted from 0 in its epoch.
    fn on_train_batch_begin(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// After a batch of training.
    fn on_train_batch_end(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// Before an evaluation, also the validation within `fit`.
    fn on_test_begin(&mut self, _model: &mut Model) -> Result<()> {
        Ok(())
    }

    /// After an evaluation.
    fn on_test_end(&mut self, _model: &mut Model, _logs: &Logs) -> Result<()> {
        Ok(())
    }

    /// Before a batch of an evaluation.
    fn on_test_batch_begin(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// After a batch of an evaluation.
    fn on_test_batch_end(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// Before a prediction.
    fn on_predict_begin(&mut self, _model: &mut Model) -> Result<()> {
        Ok(())
    }

    /// After a prediction.
    fn on_predict_end(&mut self, _model: &mut Model) -> Result<()> {
        Ok(())
    }

    /// Before a batch of a prediction.
    fn on_predict_batch_begin(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// After a batch of a prediction.
    fn on_predict_batch_end(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        Ok(())
    }

    /// What the callback remembers from epoch to epoch, for [`BackupAndRestore`]: with it a run that was killed goes on
    /// as if it had not been.
    fn state(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// Takes back what [`Callback::state`] once gave; called after [`Callback::on_train_begin`].
    fn restore_state(&mut self, _state: &[Tensor]) {}

    /// Whether the callback shows the progress, so that no other needs to.
    #[doc(hidden)]
    fn is_progress(&self) -> bool {
        false
    }

    /// The callback as the one that backs the others up.
    #[doc(hidden)]
    fn as_backup(&mut self) -> Option<&mut BackupAndRestore> {
        None
    }
}

/// A callback that is lent can be asked afterwards what it saw.
impl<C: Callback + ?Sized> Callback for &mut C {
    fn set_params(&mut self, params: &Params) {
        (**self).set_params(params);
    }
    fn on_train_begin(&mut self, model: &mut Model) -> Result<()> {
        (**self).on_train_begin(model)
    }
    fn on_train_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        (**self).on_train_end(model, logs)
    }
    fn on_epoch_begin(&mut self, model: &mut Model, epoch: usize) -> Result<()> {
        (**self).on_epoch_begin(model, epoch)
    }
    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        (**self).on_epoch_end(model, epoch, logs)
    }
    fn on_train_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_train_batch_begin(model, batch)
    }
    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_train_batch_end(model, batch)
    }
    fn on_test_begin(&mut self, model: &mut Model) -> Result<()> {
        (**self).on_test_begin(model)
    }
    fn on_test_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        (**self).on_test_end(model, logs)
    }
    fn on_test_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_test_batch_begin(model, batch)
    }
    fn on_test_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_test_batch_end(model, batch)
    }
    fn on_predict_begin(&mut self, model: &mut Model) -> Result<()> {
        (**self).on_predict_begin(model)
    }
    fn on_predict_end(&mut self, model: &mut Model) -> Result<()> {
        (**self).on_predict_end(model)
    }
    fn on_predict_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_predict_batch_begin(model, batch)
    }
    fn on_predict_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        (**self).on_predict_batch_end(model, batch)
    }
    fn state(&self) -> Vec<Tensor> {
        (**self).state()
    }
    fn restore_state(&mut self, state: &[Tensor]) {
        (**self).restore_state(state);
    }
    fn is_progress(&self) -> bool {
        (**self).is_progress()
    }
    fn as_backup(&mut self) -> Option<&mut BackupAndRestore> {
        (**self).as_backup()
    }
}

/// What a run will do, as far as it is known before: Keras' `params`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    /// The number of the epoch to stop at.
    pub epochs: usize,
    /// Batches an epoch.
    pub steps: Option<usize>,
    /// What is printed: 0 nothing, 1 a bar, 2 a line an epoch.
    pub verbose: u8,
}
