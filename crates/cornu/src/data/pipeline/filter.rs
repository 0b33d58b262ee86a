//! `filter`: the elements of which a function says yes.

use std::sync::Arc;

use super::{Pipeline, guarded};
use crate::Result;
use crate::data::{Dataset, ElementSpec, Elements, Record, Stack};

/// The function, without its type.
type Predicate = Box<dyn Fn(&Record) -> Result<bool> + Send + Sync>;

pub(in crate::data) struct Filtered {
    input: Pipeline,
    predicate: Arc<Predicate>,
}

impl Filtered {
    pub(in crate::data) fn new(input: Pipeline, predicate: Predicate) -> Self {
        Filtered { input, predicate: Arc::new(predicate) }
    }
}

impl Dataset for Filtered {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, predicate: self.predicate.clone(), index: 0 }))
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

struct Running {
    input: Box<dyn Elements>,
    predicate: Arc<Predicate>,
    index: usize,
}

impl Elements for Running {
    fn pull(&mut self, _most: usize) -> Result<Option<Stack>> {
        while let Some(stack) = self.input.pull(1)? {
            let index = self.index;
            self.index += 1;
            let record = stack.get(0)?;
            if guarded("filter", index, || (self.predicate)(&record))? {
                return Ok(Some(stack));
            }
        }
        Ok(None)
    }
}
