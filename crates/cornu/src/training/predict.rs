//! `predict` and `predict_on_batch`.

use cornu_engine::with_dtype;

use super::feeds::{Batch, Feeds, Samples, Tick};
use super::plans::{Mode, enter_pool};
use super::progress::{Progress, Verbose};
use super::{Inputs, Logs};
use crate::models::Model;
use crate::{Error, Result, Tensor};

/// Keras' arguments of `predict` beside the data.
#[derive(Debug, Clone)]
pub struct Predict {
    batch_size: Option<usize>,
    verbose: Verbose,
}

impl Default for Predict {
    fn default() -> Self {
        Predict { batch_size: None, verbose: Verbose::Silent }
    }
}

impl Predict {
    /// Batches of a size that suits the machine; nothing printed.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Samples a step. It changes nothing about the result.
        batch_size: some usize;
        /// What is printed.
        verbose: into Verbose;
    }
}

/// Samples a step where the user names no number: enough for wide products, few enough for the cache.
const BATCH: usize = 256;

impl Model {
    /// The model's output for samples, outside training, one row a sample: `float32`, or the integers that a layer such as
    /// `StringLookup` gives.
    ///
    /// # Errors
    /// If the data does not fit the model, or the model has several outputs.
    pub fn predict<'a>(&mut self, x: impl Into<Inputs<'a>>, arguments: Predict) -> Result<Tensor> {
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
    pub fn predict_all<'a>(&mut self, x: impl Into<Inputs<'a>>, arguments: Predict) -> Result<Vec<Tensor>> {
        let batch_size = match arguments.batch_size {
            Some(0) => return Err(Error::argument("batch_size", "must be at least 1, got 0")),
            other => other.unwrap_or(BATCH),
        };
        let samples = self.unlabelled(&x.into())?;
        if samples.rows <= 1 {
            return self.predict_rows(&samples, batch_size, arguments.verbose);
        }
        enter_pool(|| self.predict_rows(&samples, batch_size, arguments.verbose))
    }

    /// The model's output for one batch, outside training, with as little around it as possible.
    ///
    /// # Errors
    /// As for [`Model::predict`].
    pub fn predict_on_batch<'a>(&mut self, x: impl Into<Inputs<'a>>) -> Result<Tensor> {
        let samples = self.unlabelled(&x.into())?;
        let mut outputs = self.predict_rows(&samples, samples.rows.max(1), Verbose::Silent)?;
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
        verbose: Verbose,
    ) -> Result<Vec<Tensor>> {
        let mut results: Vec<Tensor> = Vec::new();
        let rows_of = |rows: usize| (samples.rows >= rows).then_some(rows);
        let batch_size = rows_of(batch_size).unwrap_or(samples.rows.max(1));
        let mut progress = Progress::new(verbose, samples.rows.div_ceil(batch_size));
        let mut start = 0;
        while start < samples.rows || results.is_empty() {
            let rows = batch_size.min(samples.rows - start);
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
            progress.batch(start.div_ceil(batch_size), &Logs::default);
        }
        progress.finish(&Logs::default());
        Ok(results)
    }
}
