//! `evaluate` and `test_on_batch`.

use super::plans::{Mode, enter_pool};
use super::progress::Verbose;
use super::run::Batches;
use super::source::Source;
use super::watch::Watch;
use super::{Inputs, Logs};
use crate::callbacks::{Callback, CallbackList, Params};
use crate::models::Model;
use crate::{Error, Result};

/// Keras' arguments of `evaluate` beside the data.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, Evaluate, Sequential, Tensor};
/// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1).kernel_initializer("ones"));
/// model.compile(Compile::new().loss("mse"))?;
/// let (x, y) = (Tensor::from([[1.0f32], [2.0]]), Tensor::from([[1.0f32], [4.0]]));
/// assert_eq!(model.evaluate(&x, &y, Evaluate::new().batch_size(2).verbose(0))?.loss(), 2.0);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Default)]
pub struct Evaluate<'a> {
    batch_size: Option<usize>,
    sample_weight: Option<Inputs<'a>>,
    verbose: Verbose,
    steps: Option<usize>,
    callbacks: CallbackList<'a>,
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
        /// Batches at most; all by default.
        steps: some usize;
    }

    /// Adds a callback, which is told of the evaluation.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.append(callback);
        self
    }
}

impl Model {
    /// The loss and metrics on samples, outside training: tensors, or a [`Dataset`](crate::Dataset) of batches with `()` for
    /// `y`.
    ///
    /// # Errors
    /// If the model is not compiled or the data does not fit it.
    pub fn evaluate<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        arguments: Evaluate<'_>,
    ) -> Result<Logs> {
        let Evaluate { batch_size, sample_weight, verbose, steps, mut callbacks } = arguments;
        let size = checked_batch_size(batch_size)?;
        let batches = Batches { end: checked_steps("steps", steps)?, ..Batches::all(size) };
        let mut source = self.source(&x.into(), &y.into(), sample_weight.as_ref(), "evaluation", steps)?;
        let count = source.steps(&batches);
        callbacks.begin(&Params { epochs: 1, steps: count, verbose: verbose.number() });
        enter_pool(|| self.measure(&mut source, &batches, &mut callbacks))
    }

    /// One pass outside training, of which callbacks are told.
    pub(super) fn measure(
        &mut self,
        source: &mut Source<'_>,
        batches: &Batches<'_>,
        callbacks: &mut CallbackList<'_>,
    ) -> Result<Logs> {
        callbacks.on_test_begin(self)?;
        if let Source::Dataset(stream) = source {
            stream.rewind();
        }
        let logs = self.go_through(Mode::Test, source, batches, &mut Watch::new(callbacks))?;
        callbacks.on_test_end(self, &logs)?;
        Ok(logs)
    }

    /// The loss and metrics on one batch, outside training.
    ///
    /// # Errors
    /// As for [`Model::evaluate`].
    pub fn test_on_batch<'a>(&mut self, x: impl Into<Inputs<'a>>, y: impl Into<Inputs<'a>>) -> Result<Logs> {
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        let mut callbacks = CallbackList::new();
        let mut watch = Watch::new(&mut callbacks);
        self.pass(Mode::Test, &samples, &Batches::all(samples.rows), &measures, &mut watch)
    }
}

/// A number of batches at most.
pub(super) fn checked_steps(name: &str, steps: Option<usize>) -> Result<usize> {
    match steps {
        Some(0) => Err(Error::argument(name, "must be at least 1, got 0")),
        steps => Ok(steps.unwrap_or(usize::MAX)),
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
