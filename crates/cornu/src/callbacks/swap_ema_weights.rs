//! `SwapEMAWeights`: the weights' moving averages in place of the weights.

use super::{Callback, Params};
use crate::models::Model;
use crate::{Error, Logs, Result};

/// Puts the moving averages, which the optimizer keeps with `use_ema(true)`, in the weights' place while the model is
/// evaluated or predicts, and, with `swap_on_epoch`, while other callbacks see an epoch's end.
///
/// Source: <https://keras.io/api/callbacks/swap_ema_weights/>.
///
/// ```
/// use cornu::callbacks::SwapEMAWeights;
/// let swap = SwapEMAWeights::new().swap_on_epoch(true);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SwapEMAWeights {
    swap_on_epoch: bool,
    swapped: bool,
    epochs: usize,
}

impl SwapEMAWeights {
    /// While the model is evaluated or predicts.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether the averages stand in the model from the end of an epoch to the start of the next.
        swap_on_epoch: bool;
    }

    fn swap(&mut self, model: &mut Model, averages: bool) -> Result<()> {
        if self.swapped == averages {
            return Ok(());
        }
        if !model.swap_averages()? {
            return Err(Error::model(
                "SwapEMAWeights needs an optimizer that keeps averages: give it `.use_ema(true)`",
            ));
        }
        self.swapped = averages;
        Ok(())
    }
}

impl Callback for SwapEMAWeights {
    fn set_params(&mut self, params: &Params) {
        self.epochs = params.epochs;
    }

    fn on_epoch_begin(&mut self, model: &mut Model, _epoch: usize) -> Result<()> {
        if self.swap_on_epoch { self.swap(model, false) } else { Ok(()) }
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, _logs: &mut Logs) -> Result<()> {
        if !self.swap_on_epoch {
            return Ok(());
        }
        self.swap(model, true)?;
        // When `fit` ends it writes the averages over the weights: they must not be the old weights then.
        if epoch + 1 == self.epochs || model.stop_training {
            model.set_averages()?;
            self.swapped = false;
        }
        Ok(())
    }

    fn on_test_begin(&mut self, model: &mut Model) -> Result<()> {
        self.swap(model, true)
    }

    fn on_test_end(&mut self, model: &mut Model, _logs: &Logs) -> Result<()> {
        self.swap(model, false)
    }

    fn on_predict_begin(&mut self, model: &mut Model) -> Result<()> {
        self.swap(model, true)
    }

    fn on_predict_end(&mut self, model: &mut Model) -> Result<()> {
        self.swap(model, false)
    }
}
