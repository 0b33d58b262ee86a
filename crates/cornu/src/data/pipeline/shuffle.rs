//! `shuffle`: elements in random order, as far as a buffer reaches.

use cornu_engine::rng::{self, Stream};

use super::Pipeline;
use crate::data::buffer::{Buffer, Exchange, Pool};
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};
use crate::utils::next_seed;
use crate::{Error, Result};

/// Arguments of [`shuffle`](Dataset::shuffle). A number is `Shuffle::new` of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffle {
    buffer_size: usize,
    seed: Option<u64>,
    reshuffle_each_iteration: bool,
}

impl Shuffle {
    /// A buffer of so many elements. One of at least as many as there are makes all orders equally likely.
    pub fn new(buffer_size: usize) -> Self {
        Shuffle { buffer_size, seed: None, reshuffle_each_iteration: true }
    }

    crate::setters! {
        /// What the order follows from; without one, from [`set_random_seed`](crate::utils::set_random_seed).
        seed: some u64;
        /// Whether each pass has another order; true by default.
        reshuffle_each_iteration: bool;
    }
}

impl From<usize> for Shuffle {
    fn from(buffer_size: usize) -> Self {
        Shuffle::new(buffer_size)
    }
}

pub(in crate::data) struct Shuffled {
    input: Pipeline,
    shuffle: Shuffle,
    seed: u64,
}

impl Shuffled {
    pub(in crate::data) fn new(input: Pipeline, shuffle: Shuffle) -> Self {
        Shuffled { input, shuffle, seed: shuffle.seed.unwrap_or_else(next_seed) }
    }
}

impl Dataset for Shuffled {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        let Shuffle { buffer_size, reshuffle_each_iteration, .. } = self.shuffle;
        if buffer_size == 0 {
            return Err(Error::argument("buffer_size", "of `shuffle` must be at least 1, got 0"));
        }
        let step = if reshuffle_each_iteration { pass } else { 0 };
        Ok(Box::new(Running {
            input: self.input.begin(pass)?,
            random: Stream::new(self.seed, rng::stream_of("shuffle"), step),
            buffer_size,
            slots: Slots::Rows(None),
            len: 0,
            pending: Pending::default(),
            pool: Pool::default(),
            exchanges: Vec::new(),
        }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality()
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

/// The elements from which the next is drawn.
enum Slots {
    /// Row by row in one buffer, which grows as it fills.
    Rows(Option<Buffer>),
    /// One by one, since they differ in shape.
    Loose(Vec<Stack>),
}

struct Running {
    input: Box<dyn Elements>,
    random: Stream,
    buffer_size: usize,
    slots: Slots,
    /// How many slots are filled.
    len: usize,
    /// Elements that wait for a slot.
    pending: Pending,
    pool: Pool,
    exchanges: Vec<Exchange>,
}

/// Bytes shuffled at a time at most, if an element is no longer.
const CHUNK_BYTES: usize = 1 << 18;

impl Running {
    /// Sees to it that elements wait, if there are any.
    fn refill(&mut self, most: usize) -> Result<()> {
        if self.pending.left() == 0
            && let Some(stack) = self.input.pull(most)?
        {
            self.pending = Pending::new(stack);
        }
        let waiting = self.pending.stack();
        if let Slots::Rows(buffer) = &mut self.slots
            && let Some(buffer) =
                buffer.take_if(|buffer| waiting.is_some_and(|stack| buffer.misfit(stack).is_some()))
        {
            let all = buffer.into_stack()?;
            let each = (0..self.len).map(|at| all.range(at..at + 1));
            self.slots = Slots::Loose(each.collect::<Result<_>>()?);
        }
        Ok(())
    }

    /// Fills the slots.
    fn fill(&mut self) -> Result<()> {
        while self.len < self.buffer_size {
            let free = self.buffer_size - self.len;
            self.refill(free)?;
            let Some(stack) = self.pending.take(free)? else { break };
            let (len, needed) = (self.len, self.len + stack.len());
            match &mut self.slots {
                Slots::Loose(slots) => {
                    for at in 0..stack.len() {
                        slots.push(stack.range(at..at + 1)?);
                    }
                }
                Slots::Rows(rows) => {
                    let mut buffer = match rows.take() {
                        Some(buffer) if buffer.rows() >= needed => buffer,
                        old => {
                            let mut grown = Buffer::like(&stack, needed.max(2 * len).min(self.buffer_size));
                            if let Some(old) = old {
                                grown.set(0, &old.into_stack()?, 0..len)?;
                            }
                            grown
                        }
                    };
                    buffer.set(len, &stack, 0..stack.len())?;
                    *rows = Some(buffer);
                }
            }
            self.len = needed;
        }
        Ok(())
    }

    fn draw(&mut self) -> usize {
        self.random.below(self.len as u64) as usize
    }

    /// The next element, where each has a slot of its own.
    fn pull_loose(&mut self) -> Result<Option<Stack>> {
        let (at, successor) = (self.draw(), self.pending.take(1)?);
        let Slots::Loose(slots) = &mut self.slots else { return Ok(None) };
        Ok(Some(match successor {
            Some(stack) => std::mem::replace(&mut slots[at], stack),
            None => {
                self.len -= 1;
                slots.swap_remove(at)
            }
        }))
    }

    /// The next elements, where they lie in a buffer: as many as have a successor that waits, or else of the last.
    fn pull_rows(&mut self, most: usize) -> Result<Option<Stack>> {
        let successors = self.pending.take(most)?;
        let count = successors.as_ref().map_or(self.len.min(most), Stack::len);
        self.exchanges.clear();
        for successor in 0..count {
            let place = self.draw();
            // With no other, the last of those that stay moves into the gap.
            let successor = if successors.is_some() { successor } else { self.len - 1 };
            self.len -= usize::from(successors.is_none());
            self.exchanges.push(Exchange { place, successor });
        }
        let Slots::Rows(Some(buffer)) = &mut self.slots else { return Ok(None) };
        let mut out = self.pool.beside(buffer, count);
        buffer.exchange(&mut out, successors.as_ref(), &self.exchanges)?;
        self.pool.give(out).map(Some)
    }
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        self.fill()?;
        if self.len == 0 {
            return Ok(None);
        }
        self.refill(most)?;
        match &self.slots {
            Slots::Loose(_) => self.pull_loose(),
            Slots::Rows(buffer) => {
                let bytes = buffer.as_ref().map_or(1, Buffer::element_bytes);
                self.pull_rows(most.min((CHUNK_BYTES / bytes.max(1)).max(1)))
            }
        }
    }
}
