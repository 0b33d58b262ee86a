//! `unbatch`: the rows of each element.

use super::Pipeline;
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};
use crate::{Error, Result};

pub(in crate::data) struct Unbatched {
    input: Pipeline,
}

impl Unbatched {
    pub(in crate::data) fn new(input: Pipeline) -> Self {
        Unbatched { input }
    }
}

impl Dataset for Unbatched {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, pending: Pending::default(), index: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        match (self.input.cardinality(), self.input.element_spec().and_then(|spec| spec.rows())) {
            (Cardinality::Known(count), Some(rows)) => Cardinality::Known(count.saturating_mul(rows)),
            (Cardinality::Known(_), None) => Cardinality::Unknown,
            (other, _) => other,
        }
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        Some(self.input.element_spec()?.row())
    }
}

struct Running {
    input: Box<dyn Elements>,
    pending: Pending,
    index: usize,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        // An element may have no row.
        while self.pending.left() == 0 {
            let Some(stack) = self.input.pull(1)? else { return Ok(None) };
            let rows = Stack::of_rows(stack.get(0)?);
            let rows =
                rows.map_err(|error| Error::data(format!("element {} of `unbatch`: {error}", self.index)))?;
            self.index += 1;
            self.pending = Pending::new(rows);
        }
        self.pending.take(most)
    }
}
