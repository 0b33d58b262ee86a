//! `skip`: the elements without the first so many.

use super::Pipeline;
use crate::Result;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};

pub(in crate::data) struct Skipped {
    input: Pipeline,
    count: usize,
}

impl Skipped {
    pub(in crate::data) fn new(input: Pipeline, count: usize) -> Self {
        Skipped { input, count }
    }
}

impl Dataset for Skipped {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, left: self.count }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality().map(|count| count.saturating_sub(self.count))
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
        let left = std::mem::take(&mut self.left);
        if self.input.pass_over(left)? < left {
            return Ok(None);
        }
        self.input.pull(most)
    }
}
