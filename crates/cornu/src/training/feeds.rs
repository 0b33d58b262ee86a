//! Feeding: batches of samples in the order a plan takes them, in buffers that are kept.

use std::ops::Range;

use super::plans::{Feed, StepPlan};
use crate::{DType, Element, Result, Shape, Tensor};

/// The samples a run goes through: inputs, targets, weights, as many rows each.
#[derive(Debug, Clone)]
pub(crate) struct Samples {
    pub(crate) x: Vec<Tensor>,
    /// Targets, one an output; none for predictions.
    pub(crate) y: Vec<Tensor>,
    /// Sample weights, one an output that has some.
    pub(crate) weights: Vec<Option<Tensor>>,
    pub(crate) rows: usize,
}

impl Samples {
    /// A range of the samples; nothing is copied.
    pub(crate) fn range(&self, range: Range<usize>) -> Result<Samples> {
        let part = |tensor: &Tensor| tensor.rows(range.clone());
        Ok(Samples {
            x: self.x.iter().map(part).collect::<cornu_engine::Result<_>>()?,
            y: self.y.iter().map(part).collect::<cornu_engine::Result<_>>()?,
            weights: self
                .weights
                .iter()
                .map(|weight| weight.as_ref().map(part).transpose())
                .collect::<cornu_engine::Result<_>>()?,
            rows: range.len(),
        })
    }

    fn tensor(&self, feed: Feed) -> Option<&Tensor> {
        match feed {
            Feed::X(at) => self.x.get(at),
            Feed::Y(at) => self.y.get(at),
            Feed::Weight(at) => self.weights.get(at)?.as_ref(),
            Feed::LearningRate | Feed::Iteration | Feed::Seed => None,
        }
    }
}

/// What a training step is told beside the samples.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tick {
    pub(crate) learning_rate: f32,
    /// The number of the step, from 1 on.
    pub(crate) iteration: u64,
    pub(crate) seed: u64,
}

/// Which samples make up a batch.
#[derive(Debug, Clone)]
pub(crate) enum Batch<'a> {
    /// Neighbours.
    Range(Range<usize>),
    /// Any, by index.
    Indices(&'a [usize]),
}

/// A step's feeds, in the plan's order. Buffers are reused from batch to batch.
pub(crate) struct Feeds {
    pub(crate) tensors: Vec<Tensor>,
}

impl Feeds {
    /// Buffers for batches of the plan's size.
    pub(crate) fn new(step: &StepPlan) -> Self {
        let buffer = |slot: &cornu_engine::plan::Slot| Tensor::zeros(slot.shape.clone(), slot.dtype);
        Feeds { tensors: step.plan.feeds().iter().map(buffer).collect() }
    }

    /// Brings in a batch: neighbours as they lie, others copied row by row.
    pub(crate) fn fill(
        &mut self,
        step: &StepPlan,
        samples: &Samples,
        batch: &Batch<'_>,
        tick: Tick,
    ) -> Result<()> {
        for (feed, to) in step.feeds.iter().zip(&mut self.tensors) {
            match feed {
                Feed::LearningRate => to.as_mut_slice::<f32>()?.fill(tick.learning_rate),
                Feed::Iteration => to.as_mut_slice::<i64>()?.fill(tick.iteration as i64),
                Feed::Seed => {
                    to.as_mut_slice::<i64>()?.copy_from_slice(&[tick.seed as i64, tick.iteration as i64])
                }
                Feed::X(_) | Feed::Y(_) | Feed::Weight(_) => {
                    let Some(from) = samples.tensor(*feed) else { continue };
                    match batch {
                        Batch::Range(range) => to.become_rows(from, range.clone())?,
                        Batch::Indices(indices) => gather(from, indices, to)?,
                    }
                }
            }
        }
        Ok(())
    }
}

/// Copies rows by index into a buffer that holds as many.
fn gather(from: &Tensor, indices: &[usize], to: &mut Tensor) -> Result<()> {
    fn rows<T: Element>(from: &Tensor, indices: &[usize], to: &mut Tensor) -> Result<()> {
        let width = from.row_len();
        let (from, to) = (from.as_slice::<T>()?, to.as_mut_slice::<T>()?);
        if width == 1 {
            for (to, at) in to.iter_mut().zip(indices) {
                *to = from[*at];
            }
            return Ok(());
        }
        for (to, at) in to.chunks_exact_mut(width.max(1)).zip(indices) {
            to.copy_from_slice(&from[at * width..(at + 1) * width]);
        }
        Ok(())
    }
    match from.dtype() {
        DType::F32 => rows::<f32>(from, indices, to),
        DType::F64 => rows::<f64>(from, indices, to),
        DType::I32 => rows::<i32>(from, indices, to),
        DType::I64 => rows::<i64>(from, indices, to),
        DType::U8 => rows::<u8>(from, indices, to),
        DType::Bool => rows::<bool>(from, indices, to),
    }
}

/// The shape of a batch of this many rows of a tensor.
pub(crate) fn batch_of(tensor: &Tensor, rows: usize) -> (Vec<usize>, DType) {
    let mut shape = tensor.shape().to_vec();
    if let Some(first) = shape.first_mut() {
        *first = rows;
    }
    (shape, tensor.dtype())
}

/// The shape of a tensor with an unknown number of rows.
pub(crate) fn open_rows(tensor: &Tensor) -> Shape {
    tensor.to_shape().sample().batched()
}
