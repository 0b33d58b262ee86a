//! `TerminateOnNaN`: ends a training whose loss is no number any more.

use super::Callback;
use crate::models::Model;
use crate::training::print_line;
use crate::{Error, Result};

/// Ends the training after the first batch whose loss is NaN or infinite.
///
/// Source: <https://keras.io/api/callbacks/terminate_on_nan/>.
///
/// ```
/// use cornu::callbacks::TerminateOnNaN;
/// let guard = TerminateOnNaN::new();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct TerminateOnNaN {
    raise_error: bool,
}

impl TerminateOnNaN {
    /// Ends the training, with what it has so far.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether the training ends with an error.
        raise_error: bool;
    }
}

impl Callback for TerminateOnNaN {
    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        let loss = model.loss_so_far()?;
        if loss.is_finite() {
            return Ok(());
        }
        if self.raise_error {
            return Err(Error::model(format!("the loss is {loss} after batch {batch}: training ends here")));
        }
        print_line(format_args!("Batch {batch}: Invalid loss, terminating training"));
        model.stop_training = true;
        Ok(())
    }
}
