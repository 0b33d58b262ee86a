//! `batch`: so many elements in one.

use super::Pipeline;
use crate::data::buffer::Pool;
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};
use crate::{Error, Result};

/// Arguments of [`batch`](Dataset::batch). A number is `Batch::new` of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    batch_size: usize,
    drop_remainder: bool,
}

impl Batch {
    /// Batches of so many elements.
    pub fn new(batch_size: usize) -> Self {
        Batch { batch_size, drop_remainder: false }
    }

    crate::setters! {
        /// Whether a last batch of fewer elements is left out.
        drop_remainder: bool;
    }
}

impl From<usize> for Batch {
    fn from(batch_size: usize) -> Self {
        Batch::new(batch_size)
    }
}

pub(in crate::data) struct Batched {
    input: Pipeline,
    batch: Batch,
}

impl Batched {
    pub(in crate::data) fn new(input: Pipeline, batch: Batch) -> Self {
        Batched { input, batch }
    }
}

impl Dataset for Batched {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        let Batch { batch_size: size, drop_remainder } = self.batch;
        if size == 0 {
            return Err(Error::argument("batch_size", "must be at least 1, got 0"));
        }
        let (input, pending, pool) = (self.input.begin(pass)?, Pending::default(), Pool::default());
        Ok(Box::new(Running { input, size, drop_remainder, pending, pool, done: 0, ended: false }))
    }

    fn cardinality(&self) -> Cardinality {
        let Batch { batch_size, drop_remainder } = self.batch;
        self.input.cardinality().map(|count| match drop_remainder {
            true => count / batch_size.max(1),
            false => count.div_ceil(batch_size.max(1)),
        })
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        let Batch { batch_size, drop_remainder } = self.batch;
        Some(self.input.element_spec()?.stacked(drop_remainder.then_some(batch_size)))
    }
}

struct Running {
    input: Box<dyn Elements>,
    size: usize,
    drop_remainder: bool,
    /// Elements that no batch has yet.
    pending: Pending,
    pool: Pool,
    /// Elements in batches.
    done: usize,
    ended: bool,
}

impl Running {
    /// Elements at hand, or else the next.
    fn next(&mut self, most: usize) -> Result<Option<Stack>> {
        if self.pending.left() == 0 && !self.ended {
            let pulled = self.input.pull(most);
            self.ended = !matches!(pulled, Ok(Some(_)));
            return pulled;
        }
        self.pending.take(most)
    }

    /// A batch of several stacks: the first is given.
    fn gather(&mut self, first: &Stack) -> Result<Option<Stack>> {
        let mut buffer = self.pool.buffer(first, self.size);
        buffer.set(0, first, 0..first.len())?;
        let mut filled = first.len();
        while filled < buffer.rows() {
            let Some(stack) = self.next(self.size - filled)? else { break };
            if let Some(misfit) = buffer.misfit(&stack) {
                let at = self.done + filled;
                return Err(Error::data(format!(
                    "element {at} of `batch` {misfit}: `map` them to one shape before"
                )));
            }
            buffer.set(filled, &stack, 0..stack.len())?;
            filled += stack.len();
        }
        if filled < self.size && self.drop_remainder {
            return Ok(None);
        }
        self.pool.give(buffer)?.range(0..filled).map(Some)
    }
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let Some(stack) = self.next(most.saturating_mul(self.size))? else { return Ok(None) };
        let whole = stack.len() / self.size * self.size;
        if whole > 0 {
            if whole < stack.len() {
                self.pending = Pending::new(stack.range(whole..stack.len())?);
            }
            self.done += whole;
            return stack.range(0..whole)?.grouped(self.size).map(Some);
        }
        let Some(batch) = self.gather(&stack)? else { return Ok(None) };
        self.done += batch.len();
        batch.grouped(batch.len()).map(Some)
    }
}
