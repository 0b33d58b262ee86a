//! `Stream`: a dataset on its way through the passes of a run.

use std::collections::BTreeMap;

use super::progress::print_warning;
use crate::data::{Cardinality, Elements, Record};
use crate::{Dataset, Error, Result, Shape};

/// A dataset whose elements are batches, and how far a run has come in it: Keras' `EpochIterator`.
pub(super) struct Stream<'d> {
    dataset: &'d dyn Dataset,
    /// What it is for, in messages.
    what: &'static str,
    /// Batches an epoch, if they were given. A pass through the data goes on in the next epoch then.
    steps: Option<usize>,
    /// Batches a pass, as far as that is known.
    batches: Option<usize>,
    /// The pass at hand.
    elements: Option<Box<dyn Elements>>,
    /// How many of its batches are done.
    seen: usize,
    /// The shapes of the targets of all batches.
    targets: Vec<Shape>,
    pub(super) class_weight: Option<BTreeMap<i64, f64>>,
}

impl<'d> Stream<'d> {
    pub(super) fn new(dataset: &'d dyn Dataset, what: &'static str, steps: Option<usize>) -> Result<Self> {
        let cardinality = dataset.cardinality();
        if cardinality == Cardinality::Infinite && steps.is_none() {
            let argument = if what == "training" { "steps_per_epoch" } else { "steps" };
            return Err(Error::argument(argument, format!("must be given: the {what} data never ends")));
        }
        let batches = cardinality.known();
        Ok(Stream {
            dataset,
            what,
            steps,
            batches,
            elements: None,
            seen: 0,
            targets: Vec::new(),
            class_weight: None,
        })
    }

    /// Batches an epoch, as far as that is known.
    pub(super) fn epoch_steps(&self) -> Option<usize> {
        self.steps.or(self.batches)
    }

    /// The first batch of the first pass, whatever was seen.
    pub(super) fn peek(&self) -> Result<Record> {
        match self.dataset.begin(0)?.pull(1)? {
            Some(stack) => stack.get(0),
            None => Err(self.empty()),
        }
    }

    /// The shapes of targets that may be like these, or like those before: sequences may differ in length.
    pub(super) fn targets_like(&mut self, shapes: impl Iterator<Item = Shape>) -> Vec<Shape> {
        let shapes: Vec<Shape> = shapes.collect();
        let alike = |(a, b): (&Shape, &Shape)| a.rank() == b.rank();
        if self.targets.len() != shapes.len() || !self.targets.iter().zip(&shapes).all(alike) {
            self.targets = shapes;
        } else {
            for (known, shape) in self.targets.iter_mut().zip(&shapes).filter(|(known, shape)| known != shape)
            {
                let dims = known.dims().iter().zip(shape.dims()).map(|(a, b)| a.filter(|_| a == b));
                *known = Shape::from(dims.collect::<Vec<_>>());
            }
        }
        self.targets.clone()
    }

    fn empty(&self) -> Error {
        Error::data(format!("the {} data is empty: it gives no batch", self.what))
    }

    /// Starts from the beginning of the data, whatever was seen.
    pub(super) fn rewind(&mut self) {
        self.elements = None;
        self.seen = 0;
    }

    /// Goes to where a run stood that has done so many epochs of this many steps, and so many batches of the next.
    /// `steps_done` are the training steps of the model so far.
    pub(super) fn resume(&mut self, epochs: usize, batches: usize, steps_done: u64) -> Result<()> {
        let at = match self.steps {
            None => batches,
            Some(steps) => self.position(epochs, steps)?.saturating_add(batches),
        };
        if at > 0 {
            let mut elements = self.dataset.begin(steps_done.saturating_sub(at as u64))?;
            let passed = elements.pass_over(at)?;
            if passed < at {
                let what = self.what;
                return Err(Error::data(format!(
                    "the {what} data has {passed} batches, but the run that is resumed had seen {at}: it has changed"
                )));
            }
            self.elements = Some(elements);
            self.seen = at;
        }
        Ok(())
    }

    /// Where in a pass epochs of so many steps end.
    fn position(&mut self, epochs: usize, steps: usize) -> Result<usize> {
        let batches = match (self.batches, self.dataset.cardinality()) {
            _ if epochs == 0 => return Ok(0),
            (Some(batches), _) => batches,
            (None, Cardinality::Infinite) => return Ok(epochs.saturating_mul(steps)),
            // It is read once to be counted.
            (None, _) => *self.batches.insert(self.dataset.begin(0)?.pass_over(usize::MAX)?),
        };
        let mut at = 0;
        for _ in 0..epochs {
            at += steps.min(batches - at);
            at %= batches.max(1);
        }
        Ok(at)
    }

    /// The batch with this number in its epoch; `None` where the epoch ends. `steps_done` numbers a pass that begins.
    pub(super) fn next(&mut self, number: usize, steps_done: u64) -> Result<Option<Record>> {
        if self.steps.is_some_and(|steps| number >= steps) {
            return Ok(None);
        }
        if self.elements.is_none() {
            if let Some(steps) = self.steps.filter(|_| number > 0) {
                self.warn(number, steps);
                return Ok(None);
            }
            self.elements = Some(self.dataset.begin(steps_done)?);
        }
        if let Some(record) = self.pull()? {
            return Ok(Some(record));
        }
        let seen = std::mem::take(&mut self.seen);
        if seen == 0 && number == 0 {
            return Err(self.empty());
        }
        let announced = self.batches.replace(seen);
        match self.steps {
            // The pass ended with the last epoch, which only now shows.
            Some(_) if number == 0 => {
                self.elements = Some(self.dataset.begin(steps_done)?);
                return self.pull();
            }
            Some(steps) => self.warn(number, steps),
            None => {
                if let Some(announced) = announced.filter(|announced| seen < *announced) {
                    self.warn(number, announced);
                }
            }
        }
        Ok(None)
    }

    fn pull(&mut self) -> Result<Option<Record>> {
        let pulled = match &mut self.elements {
            Some(elements) => elements.pull(1)?,
            None => None,
        };
        let Some(stack) = pulled else {
            self.elements = None;
            return Ok(None);
        };
        self.seen += 1;
        // The next epoch begins a pass of its own, without a look whether this one has more to give.
        if self.batches == Some(self.seen) && self.steps.is_some() {
            self.rewind();
        }
        stack.get(0).map(Some)
    }

    fn warn(&self, got: usize, wanted: usize) {
        print_warning(format_args!(
            "the {} data ran out after {got} of {wanted} batches; the epoch ends there. Make sure that the dataset has at \
             least `steps_per_epoch * epochs` batches: `repeat` may help",
            self.what
        ));
    }

    /// An error about the batch with this number.
    pub(super) fn blame(&self, number: usize, error: Error) -> Error {
        let (what, source) = (self.what, error);
        Error::data(format!("batch {number} of the {what} data: {source}"))
    }
}
