//! `take`: the first so many elements.

use super::Pipeline;
use crate::Result;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};

pub(in crate::data) struct Taken {
    input: Pipeline,
    count: usize,
}

impl Taken {
    pub(in crate::data) fn new(input: Pipeline, count: usize) -> Self {
        Taken { input, count }
    }
}

impl Dataset for Taken {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, left: self.count }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality().at_most(self.count)
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

struct Running {
    input: Box<dyn Elements>,
    left: usize,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        if self.left == 0 {
            return Ok(None);
        }
        let stack = self.input.pull(most.min(self.left))?;
        self.left -= stack.as_ref().map_or(self.left, Stack::len).min(self.left);
        Ok(stack)
    }
}
