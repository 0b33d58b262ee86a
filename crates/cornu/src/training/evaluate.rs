//! `evaluate` and `test_on_batch`.

use super::plans::{Mode, enter_pool};
use super::progress::{Progress, Verbose};
use super::{Inputs, Logs};
use crate::models::Model;
use crate::{Error, Result};

/// Keras' arguments of `evaluate` beside the data.
#[derive(Debug, Clone, Default)]
pub struct Evaluate<'a> {
    batch_size: Option<usize>,
    sample_weight: Option<Inputs<'a>>,
    verbose: Verbose,
}

impl<'a> Evaluate<'a> {
    /// Batches of 32, no weights.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Samples a step; 32 by default.
        batch_size: some usize;
        /// A weight for each sample, for all outputs or an output each.
        sample_weight: some into Inputs<'a>;
        /// What is printed.
        verbose: into Verbose;
    }
}

impl Model {
    /// The loss and metrics on samples, outside training.
    ///
    /// # Errors
    /// If the model is not compiled or the data does not fit it.
    pub fn evaluate<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        arguments: Evaluate<'_>,
    ) -> Result<Logs> {
        let batch_size = checked_batch_size(arguments.batch_size)?;
        let samples = self.samples(&x.into(), &y.into(), arguments.sample_weight.as_ref())?;
        let measures = self.measures(&samples)?;
        enter_pool(|| {
            let mut progress = Progress::new(arguments.verbose, samples.rows.div_ceil(batch_size));
            let logs = self.pass(Mode::Test, &samples, None, batch_size, &measures, |batch, logs| {
                progress.batch(batch, logs);
            })?;
            progress.finish(&logs.clone().sorted());
            Ok(logs)
        })
    }

    /// The loss and metrics on one batch, outside training.
    ///
    /// # Errors
    /// As for [`Model::evaluate`].
    pub fn test_on_batch<'a>(&mut self, x: impl Into<Inputs<'a>>, y: impl Into<Inputs<'a>>) -> Result<Logs> {
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        self.pass(Mode::Test, &samples, None, samples.rows, &measures, |_, _| {})
    }
}

/// Keras' default batch size is 32.
pub(super) fn checked_batch_size(batch_size: Option<usize>) -> Result<usize> {
    match batch_size {
        Some(0) => Err(Error::argument("batch_size", "must be at least 1, got 0")),
        Some(size) => Ok(size),
        None => Ok(32),
    }
}
