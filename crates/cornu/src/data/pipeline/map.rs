//! `map`: what a function makes of each element.

use std::sync::Arc;

use super::{Pipeline, guarded};
use crate::Result;
use crate::data::{Cardinality, Dataset, Elements, Record, Stack};

/// The function, without its type.
type Function = Box<dyn Fn(Record) -> Result<Record> + Send + Sync>;

pub(in crate::data) struct Mapped {
    input: Pipeline,
    function: Arc<Function>,
}

impl Mapped {
    pub(in crate::data) fn new(input: Pipeline, function: Function) -> Self {
        Mapped { input, function: Arc::new(function) }
    }
}

impl Dataset for Mapped {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, function: self.function.clone(), index: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality()
    }
}

struct Running {
    input: Box<dyn Elements>,
    function: Arc<Function>,
    index: usize,
}

impl Elements for Running {
    // One by one: elements that are one shape before need not be after.
    fn pull(&mut self, _most: usize) -> Result<Option<Stack>> {
        let Some(stack) = self.input.pull(1)? else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let record = stack.get(0)?;
        drop(stack);
        Stack::one(&guarded("map", index, || (self.function)(record))?).map(Some)
    }
}
