//! `concatenate`: one dataset after another.

use super::Pipeline;
use crate::Result;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};

pub(in crate::data) struct Concatenated {
    first: Pipeline,
    second: Pipeline,
}

impl Concatenated {
    pub(in crate::data) fn new(first: Pipeline, second: Pipeline) -> Self {
        Concatenated { first, second }
    }
}

impl Dataset for Concatenated {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { elements: self.first.begin(pass)?, next: Some(self.second.clone()), pass }))
    }

    fn cardinality(&self) -> Cardinality {
        self.first.cardinality().joined(self.second.cardinality())
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.first.element_spec()?.or(&self.second.element_spec()?)
    }
}

struct Running {
    elements: Box<dyn Elements>,
    /// What has not begun.
    next: Option<Pipeline>,
    pass: u64,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        loop {
            // What has ended is not asked again.
            if let Some(stack) = self.elements.pull(most)? {
                return Ok(Some(stack));
            }
            match self.next.take() {
                Some(next) => self.elements = next.begin(self.pass)?,
                None => return Ok(None),
            }
        }
    }
}
