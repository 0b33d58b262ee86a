//! Who is told of each batch of a pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::plans::Mode;
use crate::callbacks::{Callback, CallbackList};
use crate::models::Model;
use crate::{History, Result};

/// Who is told of a pass as it goes.
pub(super) struct Watch<'w, 'c> {
    callbacks: &'w mut CallbackList<'c>,
    /// The epoch of training at hand and those before, for backups.
    epoch: Option<(usize, &'w History)>,
    /// Set by whoever wants the training to end after the batch at hand.
    stop: Option<&'w Arc<AtomicBool>>,
}

impl<'w, 'c> Watch<'w, 'c> {
    /// For an evaluation or a prediction.
    pub(super) fn new(callbacks: &'w mut CallbackList<'c>) -> Self {
        Watch { callbacks, epoch: None, stop: None }
    }

    /// For an epoch of training.
    pub(super) fn epoch(
        callbacks: &'w mut CallbackList<'c>,
        epoch: usize,
        history: &'w History,
        stop: Option<&'w Arc<AtomicBool>>,
    ) -> Self {
        Watch { callbacks, epoch: Some((epoch, history)), stop }
    }

    /// The epoch of training at hand, counted from 0.
    pub(super) fn epoch_number(&self) -> usize {
        self.epoch.map_or(0, |(epoch, _)| epoch)
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
        match mode {
            Mode::Train => self.callbacks.on_train_batch_end(model, batch)?,
            Mode::Test => self.callbacks.on_test_batch_end(model, batch)?,
            Mode::Predict => self.callbacks.on_predict_batch_end(model, batch)?,
        }
        model.interrupted |= is_set(self.stop);
        // A backup of a run that was told to stop would go on where it ends.
        if let Some((epoch, history)) = self.epoch.filter(|_| !model.stop_training) {
            self.callbacks.back_up(model, history, epoch, batch + 1)?;
        }
        Ok(mode != Mode::Train || !(model.stop_training || model.interrupted))
    }
}

/// Whether somebody wants the training to end.
pub(super) fn is_set(stop: Option<&Arc<AtomicBool>>) -> bool {
    stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
}
