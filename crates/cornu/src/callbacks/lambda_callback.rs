//! `LambdaCallback`: functions as a callback.

use super::Callback;
use crate::models::Model;
use crate::{Logs, Result};

type OnModel<'a> = Box<dyn FnMut(&mut Model) -> Result<()> + Send + 'a>;
type OnNumber<'a> = Box<dyn FnMut(&mut Model, usize) -> Result<()> + Send + 'a>;
type OnEpochEnd<'a> = Box<dyn FnMut(&mut Model, usize, &mut Logs) -> Result<()> + Send + 'a>;
type OnLogs<'a> = Box<dyn FnMut(&mut Model, &Logs) -> Result<()> + Send + 'a>;

/// Functions that are called as a training goes; those not given do nothing.
///
/// Source: <https://keras.io/api/callbacks/lambda_callback/>.
///
/// ```
/// use cornu::callbacks::LambdaCallback;
/// let print = LambdaCallback::new().on_epoch_end(|_, epoch, logs| {
///     println!("{epoch}: {logs}");
///     Ok(())
/// });
/// ```
#[derive(Default)]
pub struct LambdaCallback<'a> {
    train_begin: Option<OnModel<'a>>,
    train_end: Option<OnLogs<'a>>,
    epoch_begin: Option<OnNumber<'a>>,
    epoch_end: Option<OnEpochEnd<'a>>,
    batch_begin: Option<OnNumber<'a>>,
    batch_end: Option<OnNumber<'a>>,
}

impl<'a> LambdaCallback<'a> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Called before the first epoch.
    #[must_use]
    pub fn on_train_begin(mut self, call: impl FnMut(&mut Model) -> Result<()> + Send + 'a) -> Self {
        self.train_begin = Some(Box::new(call));
        self
    }

    /// Called after the last epoch with its logs.
    #[must_use]
    pub fn on_train_end(mut self, call: impl FnMut(&mut Model, &Logs) -> Result<()> + Send + 'a) -> Self {
        self.train_end = Some(Box::new(call));
        self
    }

    /// Called before each epoch with its number.
    #[must_use]
    pub fn on_epoch_begin(mut self, call: impl FnMut(&mut Model, usize) -> Result<()> + Send + 'a) -> Self {
        self.epoch_begin = Some(Box::new(call));
        self
    }

    /// Called after each epoch with its number and logs.
    #[must_use]
    pub fn on_epoch_end(
        mut self,
        call: impl FnMut(&mut Model, usize, &mut Logs) -> Result<()> + Send + 'a,
    ) -> Self {
        self.epoch_end = Some(Box::new(call));
        self
    }

    /// Called before each batch of training with its number.
    #[must_use]
    pub fn on_train_batch_begin(
        mut self,
        call: impl FnMut(&mut Model, usize) -> Result<()> + Send + 'a,
    ) -> Self {
        self.batch_begin = Some(Box::new(call));
        self
    }

    /// Called after each batch of training with its number.
    #[must_use]
    pub fn on_train_batch_end(
        mut self,
        call: impl FnMut(&mut Model, usize) -> Result<()> + Send + 'a,
    ) -> Self {
        self.batch_end = Some(Box::new(call));
        self
    }
}

impl Callback for LambdaCallback<'_> {
    fn on_train_begin(&mut self, model: &mut Model) -> Result<()> {
        self.train_begin.as_mut().map_or(Ok(()), |call| call(model))
    }

    fn on_train_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        self.train_end.as_mut().map_or(Ok(()), |call| call(model, logs))
    }

    fn on_epoch_begin(&mut self, model: &mut Model, epoch: usize) -> Result<()> {
        self.epoch_begin.as_mut().map_or(Ok(()), |call| call(model, epoch))
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        self.epoch_end.as_mut().map_or(Ok(()), |call| call(model, epoch, logs))
    }

    fn on_train_batch_begin(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.batch_begin.as_mut().map_or(Ok(()), |call| call(model, batch))
    }

    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.batch_end.as_mut().map_or(Ok(()), |call| call(model, batch))
    }
}
