//! `CallbackList`: several callbacks as one.

use super::{BackupAndRestore, Callback, Params, ProgbarLogger, Resume};
use crate::models::Model;
use crate::{History, Logs, Result, Tensor};

/// Callbacks in the order in which they are told.
///
/// Source: <https://keras.io/api/callbacks/>.
#[derive(Default)]
pub struct CallbackList<'a> {
    callbacks: Vec<Box<dyn Callback + 'a>>,
}

impl<'a> CallbackList<'a> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a callback.
    pub fn append(&mut self, callback: impl Callback + 'a) {
        self.callbacks.push(Box::new(callback));
    }

    /// Appends callbacks of several kinds.
    pub fn extend(&mut self, callbacks: impl IntoIterator<Item = Box<dyn Callback + 'a>>) {
        self.callbacks.extend(callbacks);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.callbacks.is_empty()
    }

    /// Tells the callbacks what the run will do, after adding one that shows the progress where none does.
    pub(crate) fn begin(&mut self, params: &Params) {
        if params.verbose > 0 && !self.is_progress() {
            self.append(ProgbarLogger::new());
        }
        self.set_params(params);
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Callback) -> Result<()>) -> Result<()> {
        self.callbacks.iter_mut().try_for_each(|callback| tell(callback.as_mut()))
    }

    /// What each callback remembers.
    fn states(&self) -> Vec<Vec<Tensor>> {
        self.callbacks.iter().map(|callback| callback.state()).collect()
    }

    fn backups(&mut self) -> impl Iterator<Item = &mut BackupAndRestore> {
        self.callbacks.iter_mut().filter_map(|callback| callback.as_backup())
    }

    /// Where an earlier run stopped, if a backup knows; the callbacks remember what they did then.
    pub(crate) fn resume(&mut self, model: &mut Model) -> Result<Option<Resume>> {
        let mut found = None;
        for backup in self.backups() {
            found = found.or(backup.restore(model)?);
        }
        if let Some(resume) = &found {
            for (callback, state) in self.callbacks.iter_mut().zip(&resume.callbacks) {
                callback.restore_state(state);
            }
        }
        Ok(found)
    }

    /// Backs up a run of which so many epochs are done, and so many batches of the next one. Called after all
    /// callbacks have seen the batch or epoch.
    pub(crate) fn back_up(
        &mut self,
        model: &Model,
        history: &History,
        epoch: usize,
        batch: usize,
    ) -> Result<()> {
        let is_due = |backup: &BackupAndRestore| backup.is_due(batch) || model.interrupted;
        if !self.backups().any(|backup| is_due(backup)) {
            return Ok(());
        }
        let states = self.states();
        self.backups().filter(|backup| is_due(backup)).try_for_each(|backup| {
            backup.save(model, &Resume { epoch, batch, history: history.clone(), callbacks: states.clone() })
        })
    }
}

impl Callback for CallbackList<'_> {
    fn is_progress(&self) -> bool {
        self.callbacks.iter().any(|callback| callback.is_progress())
    }

    fn set_params(&mut self, params: &Params) {
        self.callbacks.iter_mut().for_each(|callback| callback.set_params(params));
    }

    fn on_train_begin(&mut self, model: &mut Model) -> Result<()> {
        self.each(|callback| callback.on_train_begin(model))
    }

    fn on_train_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        self.each(|callback| callback.on_train_end(model, logs))
    }

    fn on_epoch_begin(&mut self, model: &mut Model, epoch: usize) -> Result<()> {
        self.each(|callback| callback.on_epoch_begin(model, epoch))
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        self.each(|callback| callback.on_epoch_end(model, epoch, logs))
    }

    fn on_train_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_train_batch_begin(model, batch))
    }

    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_train_batch_end(model, batch))
    }

    fn on_test_begin(&mut self, model: &mut Model) -> Result<()> {
        self.each(|callback| callback.on_test_begin(model))
    }

    fn on_test_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        self.each(|callback| callback.on_test_end(model, logs))
    }

    fn on_test_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_test_batch_begin(model, batch))
    }

    fn on_test_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_test_batch_end(model, batch))
    }

    fn on_predict_begin(&mut self, model: &mut Model) -> Result<()> {
        self.each(|callback| callback.on_predict_begin(model))
    }

    fn on_predict_end(&mut self, model: &mut Model) -> Result<()> {
        self.each(|callback| callback.on_predict_end(model))
    }

    fn on_predict_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_predict_batch_begin(model, batch))
    }

    fn on_predict_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.each(|callback| callback.on_predict_batch_end(model, batch))
    }
}
