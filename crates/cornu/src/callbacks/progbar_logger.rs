//! `ProgbarLogger`: the progress on the terminal.

use std::io::IsTerminal;
use std::time::Instant;

use super::{Callback, Params};
use crate::models::Model;
use crate::training::{Progbar, print_line, print_now};
use crate::{Logs, Result};

/// Prints how far a run is, with its loss and metrics: on a terminal a bar that moves, elsewhere, or with `verbose` 2, a line
/// an epoch. `fit`, `evaluate` and `predict` add one behind all callbacks unless they are silent; one that is among the
/// callbacks already takes its place in their order.
///
/// Source: <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/callbacks/progbar_logger.py>.
///
/// ```
/// use cornu::Fit;
/// use cornu::callbacks::{LambdaCallback, ProgbarLogger};
/// let lines_below = LambdaCallback::new().on_epoch_end(|_, epoch, _| {
///     println!("that was epoch {epoch}");
///     Ok(())
/// });
/// let arguments = Fit::new().callback(ProgbarLogger::new()).callback(lines_below);
/// ```
#[derive(Debug)]
pub struct ProgbarLogger {
    epochs: usize,
    steps: usize,
    verbose: u8,
    /// Whether what is printed is a bar that moves.
    moves: bool,
    clock: Instant,
    bar: Option<Progbar>,
    /// Whether this is within `fit`, where validation is silent.
    training: bool,
}

impl Default for ProgbarLogger {
    fn default() -> Self {
        ProgbarLogger {
            epochs: 1,
            steps: 0,
            verbose: 1,
            moves: false,
            clock: Instant::now(),
            bar: None,
            training: false,
        }
    }
}

impl ProgbarLogger {
    /// As `verbose` of the run says.
    pub fn new() -> Self {
        Self::default()
    }

    fn now(&self) -> f64 {
        self.clock.elapsed().as_secs_f64()
    }

    fn begin(&mut self) {
        self.bar = Some(Progbar::new(self.steps, self.now()));
    }

    fn update(&mut self, batch: usize, logs: impl FnOnce() -> Logs) {
        let (now, moves) = (self.now(), self.moves);
        // A run that goes on within an epoch did not see it begin.
        let bar = self.bar.get_or_insert_with(|| Progbar::new(self.steps, now));
        if moves && let Some(text) = bar.update(batch + 1, logs, now) {
            print_now(&text);
        }
    }

    fn finish(&mut self, logs: &Logs) {
        let (now, moves) = (self.now(), self.moves);
        match (self.bar.take(), self.verbose) {
            (None, _) | (_, 0) => {}
            (Some(mut bar), _) if moves => print_now(&bar.finish(logs, now)),
            (Some(mut bar), _) => print_line(bar.line(logs, now)),
        }
    }
}

impl Callback for ProgbarLogger {
    fn set_params(&mut self, params: &Params) {
        self.epochs = params.epochs;
        self.steps = params.steps.unwrap_or_default();
        self.verbose = params.verbose;
        self.moves = self.verbose == 1 && std::io::stdout().is_terminal();
    }

    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        self.training = true;
        self.bar = None;
        Ok(())
    }

    fn on_train_end(&mut self, _model: &mut Model, _logs: &Logs) -> Result<()> {
        self.training = false;
        Ok(())
    }

    fn on_epoch_begin(&mut self, _model: &mut Model, epoch: usize) -> Result<()> {
        self.begin();
        if self.verbose > 0 && self.epochs > 1 {
            print_line(format_args!("Epoch {}/{}", epoch + 1, self.epochs));
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, _model: &mut Model, _epoch: usize, logs: &mut Logs) -> Result<()> {
        self.finish(logs);
        Ok(())
    }

    fn on_train_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        self.update(batch, || model.get_metrics_result().unwrap_or_default().sorted());
        Ok(())
    }

    fn on_test_begin(&mut self, _model: &mut Model) -> Result<()> {
        if !self.training {
            self.begin();
        }
        Ok(())
    }

    fn on_test_end(&mut self, _model: &mut Model, logs: &Logs) -> Result<()> {
        if !self.training {
            self.finish(&logs.clone().sorted());
        }
        Ok(())
    }

    fn on_test_batch_end(&mut self, model: &mut Model, batch: usize) -> Result<()> {
        if !self.training {
            self.update(batch, || model.get_metrics_result().unwrap_or_default().sorted());
        }
        Ok(())
    }

    fn on_predict_begin(&mut self, _model: &mut Model) -> Result<()> {
        self.begin();
        Ok(())
    }

    fn on_predict_batch_end(&mut self, _model: &mut Model, batch: usize) -> Result<()> {
        // What was measured before says nothing about a prediction.
        self.update(batch, Logs::default);
        Ok(())
    }

    fn on_predict_end(&mut self, _model: &mut Model) -> Result<()> {
        self.finish(&Logs::default());
        Ok(())
    }

    fn is_progress(&self) -> bool {
        true
    }
}
