//! Who is told of each batch of a pass: callbacks, and the progress on the terminal.

use super::plans::Mode;
use super::progress::Progress;
use crate::callbacks::{Callback, CallbackList};
use crate::models::Model;
use crate::{History, Logs, Result};

/// Who is told of a pass as it goes.
pub(super) struct Watch<'w, 'c> {
    callbacks: &'w mut CallbackList<'c>,
    progress: Option<Progress>,
    /// The epoch of training at hand and those before, for backups.
    epoch: Option<(usize, &'w History)>,
}

impl<'w, 'c> Watch<'w, 'c> {
    /// For an evaluation or a prediction.
    pub(super) fn new(callbacks: &'w mut CallbackList<'c>, progress: Option<Progress>) -> Self {
        Watch { callbacks, progress, epoch: None }
    }

    /// For an epoch of training.
    pub(super) fn epoch(
        callbacks: &'w mut CallbackList<'c>,
        progress: Progress,
        epoch: usize,
        history: &'w History,
    ) -> Self {
        Watch { callbacks, progress: Some(progress), epoch: Some((epoch, history)) }
    }

    /// Before a batch.
    pub(super) fn before(&mut self, model: &mut Model, mode: Mode, batch: usize) -> Result<()> {
        match mode {
            Mode::Train => self.callbacks.on_train_batch_begin(model, batch),
            Mode::Test => self.callbacks.on_test_batch_begin(model, batch),
            Mode::Predict => self.callbacks.on_predict_batch_begin(model, batch),
        }
    }

    /// After a batch: whether the pass is to go on.
    pub(super) fn after(&mut self, model: &mut Model, mode: Mode, batch: usize) -> Result<bool> {
        if let Some(progress) = &mut self.progress {
            // What was measured before says nothing about a prediction.
            let logs =
                || if mode == Mode::Predict { Ok(Logs::default()) } else { model.get_metrics_result() };
            progress.batch(batch + 1, &|| logs().unwrap_or_default());
        }
        match mode {
            Mode::Train => self.callbacks.on_train_batch_end(model, batch)?,
            Mode::Test => self.callbacks.on_test_batch_end(model, batch)?,
            Mode::Predict => self.callbacks.on_predict_batch_end(model, batch)?,
        }
        // A backup of a run that was told to stop would go on where it ends.
        if let Some((epoch, history)) = self.epoch.filter(|_| !model.stop_training) {
            self.callbacks.back_up(model, history, epoch, batch + 1)?;
        }
        Ok(mode != Mode::Train || !model.stop_training)
    }

    /// The progress, to be finished with the whole pass's logs.
    pub(super) fn into_progress(self) -> Option<Progress> {
        self.progress
    }
}
