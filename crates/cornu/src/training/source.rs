//! `Source`: what a run goes through, tensors or a dataset.

use std::sync::Arc;

use super::feeds::{Batch, Feeds, Samples, open_rows};
use super::fit::class_weights;
use super::plans::{Mode, StepPlan};
use super::run::{Batches, Lane};
use super::step::Measures;
use super::stream::Stream;
use super::watch::Watch;
use super::{Inputs, Logs};
use crate::data::Record;
use crate::models::Model;
use crate::{Error, Result};

/// What a run goes through.
pub(super) enum Source<'d> {
    /// Samples that are there as a whole, with what is measured on them.
    Tensors(Samples, Arc<Measures>),
    /// Batches that come one after the other.
    Dataset(Stream<'d>),
}

impl Source<'_> {
    /// Batches an epoch, if that is known.
    pub(super) fn steps(&self, batches: &Batches<'_>) -> Option<usize> {
        match self {
            Source::Tensors(samples, _) => Some(samples.rows.div_ceil(batches.size).min(batches.end)),
            Source::Dataset(stream) => stream.epoch_steps(),
        }
    }
}

/// The dataset given for `x`, if it is one; nothing may stand beside it.
pub(super) fn dataset<'d>(
    x: &Inputs<'d>,
    y: &Inputs<'_>,
    sample_weight: Option<&Inputs<'_>>,
    what: &'static str,
    steps: Option<usize>,
) -> Result<Option<Stream<'d>>> {
    y.no_dataset("targets")?;
    sample_weight.map_or(Ok(()), |weight| weight.no_dataset("sample weights"))?;
    let Some(dataset) = x.dataset() else { return Ok(None) };
    for (beside, given) in [("y", !y.is_empty()), ("sample_weight", sample_weight.is_some())] {
        if given {
            return Err(Error::argument(
                beside,
                format!(
                    "must be left out (`()`) where the {what} data is a dataset: \
                its elements hold their targets and sample weights"
                ),
            ));
        }
    }
    Stream::new(dataset, what, steps).map(Some)
}

impl Model {
    /// What an evaluation or a validation goes through.
    pub(super) fn source<'d>(
        &mut self,
        x: &Inputs<'d>,
        y: &Inputs<'_>,
        sample_weight: Option<&Inputs<'_>>,
        what: &'static str,
        steps: Option<usize>,
    ) -> Result<Source<'d>> {
        if let Some(stream) = dataset(x, y, sample_weight, what, steps)? {
            return Ok(Source::Dataset(stream));
        }
        let samples = self.samples(x, y, sample_weight)?;
        let measures = self.measures(&samples)?;
        Ok(Source::Tensors(samples, measures))
    }

    /// One pass through tensors, or one epoch of a dataset; see [`Model::pass`].
    pub(super) fn go_through(
        &mut self,
        mode: Mode,
        source: &mut Source<'_>,
        batches: &Batches<'_>,
        watch: &mut Watch<'_, '_>,
    ) -> Result<Logs> {
        match source {
            Source::Tensors(samples, measures) => self.pass(mode, samples, batches, measures, watch),
            Source::Dataset(stream) => self.pass_over(mode, stream, batches, watch),
        }
    }

    fn pass_over(
        &mut self,
        mode: Mode,
        stream: &mut Stream<'_>,
        batches: &Batches<'_>,
        watch: &mut Watch<'_, '_>,
    ) -> Result<Logs> {
        let mut number = batches.first;
        let mut lane: Option<(Arc<StepPlan>, Feeds)> = None;
        while let Some(record) = stream.next(number, self.steps_done(mode))? {
            let of_batch = self.samples_of(&record, stream).map_err(|error| stream.blame(number, error));
            let (samples, measures) = of_batch?;
            if number == 0 {
                measures.reset(&mut self.built_mut()?.state);
            }
            let step = self.step(mode, &samples, samples.rows, Some(&measures))?;
            self.measured = Some(measures);
            let (step, feeds) = match &mut lane {
                Some((known, feeds)) if Arc::ptr_eq(known, &step) => (&*known, feeds),
                lane => {
                    let (step, feeds) = lane.insert((step.clone(), Feeds::new(&step)));
                    (&*step, feeds)
                }
            };
            let rows = samples.rows;
            let lane = Lane { mode, samples: &samples, rows, step, feeds };
            let go_on = self.run_batch(lane, &Batch::Range(0..rows), number, batches.debug_nans, watch)?;
            number += 1;
            if !go_on {
                break;
            }
        }
        // A run that is resumed behind the last batch of an epoch has seen none of it.
        if self.measured.is_none() {
            self.acquaint(stream)?;
        }
        self.get_metrics_result()
    }

    /// What numbers a pass that begins now: its random order follows from it.
    fn steps_done(&self, mode: Mode) -> u64 {
        match (&self.compiled, mode) {
            (Some(compiled), Mode::Train) => compiled.iterations,
            _ => 0,
        }
    }

    /// Looks at a first batch: a model without a known input shape is built for it.
    pub(super) fn acquaint(&mut self, stream: &mut Stream<'_>) -> Result<()> {
        let record = stream.peek()?;
        let (_, measures) = self.samples_of(&record, stream).map_err(|error| stream.blame(0, error))?;
        self.measured = Some(measures);
        Ok(())
    }

    /// A batch checked against the model, with what is measured on it.
    fn samples_of(&mut self, record: &Record, stream: &mut Stream<'_>) -> Result<(Samples, Arc<Measures>)> {
        let Record { x, y, sample_weight } = record;
        let weights = (!sample_weight.is_empty()).then(|| Inputs::from(sample_weight));
        let mut samples = self.samples(&x.into(), &y.into(), weights.as_ref())?;
        let targets = stream.targets_like(samples.y.iter().map(open_rows));
        let measures = self.measures_for(&samples, &targets)?;
        if let Some(weights) = &stream.class_weight {
            samples.weights = vec![Some(class_weights(weights, &samples)?)];
        }
        Ok((samples, measures))
    }
}
