//! `predict` and `predict_on_batch`.

use cornu_engine::with_dtype;

use super::Inputs;
use super::evaluate::checked_steps;
use super::feeds::{Batch, Feeds, Samples, Tick};
use super::plans::{Mode, enter_pool};
use super::progress::Verbose;
use super::source;
use super::stream::Stream;
use super::watch::Watch;
use crate::callbacks::{Callback, CallbackList, Params};
use crate::models::Model;
use crate::{Error, Result, Tensor};

/// Keras' arguments of `predict` beside the data.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Predict, Sequential, Tensor};
/// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1).kernel_initializer("ones"));
/// let same = model.predict(&Tensor::from([[1.0f32], [2.0]]), Predict::new().batch_size(1))?;
/// assert_eq!(same, Tensor::from([[1.0f32], [2.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
pub struct Predict<'a> {
    batch_size: Option<usize>,
    verbose: Verbose,
    steps: Option<usize>,
    callbacks: CallbackList<'a>,
}

impl Default for Predict<'_> {
    fn default() -> Self {
        Predict { batch_size: None, verbose: Verbose::Silent, steps: None, callbacks: CallbackList::new() }
    }
}

impl<'a> Predict<'a> {
    /// Batches of a size that suits the machine; nothing printed.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Samples a step. It changes nothing about the result.
        batch_size: some usize;
        /// What is printed.
        verbose: into Verbose;
        /// Batches at most; all by default.
        steps: some usize;
    }

    /// Adds a callback, which is told of the prediction.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.append(callback);
        self
    }
}

/// Samples a step where the user names no number: enough for wide products, few enough for the cache.
const BATCH: usize = 256;

impl Model {
    /// The model's output for samples, outside training, one row a sample: `float32`, or the integers that a layer such as
    /// `StringLookup` gives. The samples are tensors, or a [`Dataset`](crate::Dataset) of batches, whose targets are not looked
    /// at; `batch_size` is not either then.
    ///
    /// # Errors
    /// If the data does not fit the model, or the model has several outputs.
    pub fn predict<'a>(&mut self, x: impl Into<Inputs<'a>>, arguments: Predict<'_>) -> Result<Tensor> {
        let mut outputs = self.predict_all(x, arguments)?;
        match (outputs.pop(), outputs.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(Error::model("the model has several outputs: use `predict_all`")),
        }
    }

    /// All of the model's outputs for samples, outside training.
    ///
    /// # Errors
    /// If the data does not fit the model.
    pub fn predict_all<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        arguments: Predict<'_>,
    ) -> Result<Vec<Tensor>> {
        let Predict { batch_size, verbose, steps, mut callbacks } = arguments;
        let batch_size = match batch_size {
            Some(0) => return Err(Error::argument("batch_size", "must be at least 1, got 0")),
            other => other.unwrap_or(BATCH),
        };
        let x = x.into();
        if let Some(stream) = source::dataset(&x, &().into(), None, "prediction", steps)? {
            return self.predict_stream(stream, verbose, &mut callbacks);
        }
        let mut samples = self.unlabelled(&x)?;
        if let Some(most) = checked_steps("steps", steps)?.checked_mul(batch_size)
            && most < samples.rows
        {
            samples = samples.range(0..most)?;
        }
        let count = samples.rows.div_ceil(batch_size);
        callbacks.begin(&Params { epochs: 1, steps: Some(count), verbose: verbose.number() });
        callbacks.on_predict_begin(self)?;
        let mut watch = Watch::new(&mut callbacks);
        let outputs = match samples.rows {
            0 | 1 => self.predict_rows(&samples, batch_size, &mut watch),
            _ => enter_pool(|| self.predict_rows(&samples, batch_size, &mut watch)),
        }?;
        callbacks.on_predict_end(self)?;
        Ok(outputs)
    }

    /// The outputs for the batches of a dataset, one after the other.
    fn predict_stream(
        &mut self,
        mut stream: Stream<'_>,
        verbose: Verbose,
        callbacks: &mut CallbackList<'_>,
    ) -> Result<Vec<Tensor>> {
        let count = stream.epoch_steps();
        callbacks.begin(&Params { epochs: 1, steps: count, verbose: verbose.number() });
        callbacks.on_predict_begin(self)?;
        let parts = enter_pool(|| self.predict_batches(&mut stream, &mut Watch::new(callbacks)))?;
        callbacks.on_predict_end(self)?;
        let joined = parts.iter().map(|parts| Tensor::concat_rows(parts));
        Ok(joined.collect::<cornu_engine::Result<_>>()?)
    }

    /// The outputs, each in parts.
    fn predict_batches(
        &mut self,
        stream: &mut Stream<'_>,
        watch: &mut Watch<'_, '_>,
    ) -> Result<Vec<Vec<Tensor>>> {
        let mut nobody = CallbackList::new();
        let mut parts: Vec<Vec<Tensor>> = Vec::new();
        let mut number = 0;
        while let Some(record) = stream.next(number, 0)? {
            let samples = self.unlabelled(&Inputs::from(&record.x));
            let samples = samples.map_err(|error| stream.blame(number, error))?;
            watch.before(self, Mode::Predict, number)?;
            let outputs = self.predict_rows(&samples, samples.rows.max(1), &mut Watch::new(&mut nobody))?;
            parts.resize(outputs.len(), Vec::new());
            parts.iter_mut().zip(outputs).for_each(|(part, output)| part.push(output));
            watch.after(self, Mode::Predict, number)?;
            number += 1;
        }
        Ok(parts)
    }

    /// The model's output for one batch, outside training, with as little around it as possible.
    ///
    /// # Errors
    /// As for [`Model::predict`].
    pub fn predict_on_batch<'a>(&mut self, x: impl Into<Inputs<'a>>) -> Result<Tensor> {
        let samples = self.unlabelled(&x.into())?;
        let mut callbacks = CallbackList::new();
        let mut watch = Watch::new(&mut callbacks);
        let mut outputs = self.predict_rows(&samples, samples.rows.max(1), &mut watch)?;
        outputs.pop().ok_or_else(|| Error::model("the model has no output"))
    }

    fn unlabelled(&mut self, x: &Inputs<'_>) -> Result<Samples> {
        let x = self.inputs(x)?;
        let rows = x.first().map_or(0, Tensor::row_count);
        Ok(Samples { x, y: Vec::new(), weights: Vec::new(), rows })
    }

    fn predict_rows(
        &mut self,
        samples: &Samples,
        batch_size: usize,
        watch: &mut Watch<'_, '_>,
    ) -> Result<Vec<Tensor>> {
        let mut results: Vec<Tensor> = Vec::new();
        let rows_of = |rows: usize| (samples.rows >= rows).then_some(rows);
        let batch_size = rows_of(batch_size).unwrap_or(samples.rows.max(1));
        let mut start = 0;
        while start < samples.rows || results.is_empty() {
            let rows = batch_size.min(samples.rows - start);
            let number = start / batch_size;
            watch.before(self, Mode::Predict, number)?;
            let step = self.step(Mode::Predict, samples, rows, None)?;
            let mut feeds = Feeds::new(&step);
            feeds.fill(&step, samples, &Batch::Range(start..start + rows), Tick::default())?;
            let (built, workspace) = (self.built.get_mut(), &mut self.workspace);
            let Some(built) = built else { return Err(Error::model("the model is not built")) };
            step.run(workspace, &mut built.state, &feeds.tensors)?;
            if results.is_empty() {
                results = step
                    .plan
                    .outputs()
                    .map(|slot| {
                        let mut shape = slot.shape.clone();
                        shape.iter_mut().take(1).for_each(|first| *first = samples.rows);
                        Tensor::zeros(shape, slot.dtype)
                    })
                    .collect();
            }
            for (at, result) in results.iter_mut().enumerate() {
                let width = result.row_len();
                with_dtype!(result.dtype(), T => {
                    let to = &mut result.as_mut_slice::<T>()?[start * width..(start + rows) * width];
                    step.plan.read_output(workspace, at, to)?;
                });
            }
            start += rows.max(1);
            watch.after(self, Mode::Predict, number)?;
        }
        Ok(results)
    }
}
