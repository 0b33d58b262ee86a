//! `cache`: the elements kept in memory.

use std::sync::{Arc, Mutex, PoisonError};

use super::Pipeline;
use crate::Result;
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};

/// What was kept of the first whole pass, once there was one.
type Kept = Arc<Mutex<Option<Arc<[Stack]>>>>;

pub(in crate::data) struct Cached {
    input: Pipeline,
    kept: Kept,
}

impl Cached {
    pub(in crate::data) fn new(input: Pipeline) -> Self {
        Cached { input, kept: Kept::default() }
    }

    fn stacks(&self) -> Option<Arc<[Stack]>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Dataset for Cached {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(match self.stacks() {
            Some(stacks) => Box::new(Replay { stacks, next: 0, pending: Pending::default() }),
            None => Box::new(Recording {
                input: self.input.begin(pass)?,
                kept: self.kept.clone(),
                stacks: Vec::new(),
            }),
        })
    }

    fn cardinality(&self) -> Cardinality {
        match self.stacks() {
            Some(stacks) => Cardinality::Known(stacks.iter().map(Stack::len).sum()),
            None => self.input.cardinality(),
        }
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

/// The first pass. One that is dropped on its way keeps nothing.
struct Recording {
    input: Box<dyn Elements>,
    kept: Kept,
    stacks: Vec<Stack>,
}

impl Elements for Recording {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        match self.input.pull(most)? {
            Some(stack) => {
                self.stacks.push(stack.clone());
                Ok(Some(stack))
            }
            None => {
                let stacks = std::mem::take(&mut self.stacks).into();
                self.kept.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(stacks);
                Ok(None)
            }
        }
    }
}

/// A pass through what was kept.
struct Replay {
    stacks: Arc<[Stack]>,
    next: usize,
    pending: Pending,
}

impl Elements for Replay {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        if self.pending.left() == 0 {
            let Some(stack) = self.stacks.get(self.next) else { return Ok(None) };
            self.next += 1;
            self.pending = Pending::new(stack.clone());
        }
        self.pending.take(most)
    }
}
