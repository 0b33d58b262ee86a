//! `zip`: the elements of two datasets side by side.

use std::sync::Arc;

use super::{Pipeline, guarded};
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Record, Stack};
use crate::{Error, Result};

/// The function, without its type.
type Function = Box<dyn Fn(Record, Record) -> Result<Record> + Send + Sync>;

pub(in crate::data) struct Zipped {
    first: Pipeline,
    second: Pipeline,
    /// Without one, the second gives the targets.
    function: Option<Arc<Function>>,
}

impl Zipped {
    pub(in crate::data) fn targets(first: Pipeline, second: Pipeline) -> Self {
        Zipped { first, second, function: None }
    }

    pub(in crate::data) fn with(first: Pipeline, second: Pipeline, function: Function) -> Self {
        Zipped { first, second, function: Some(Arc::new(function)) }
    }
}

impl Dataset for Zipped {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running {
            first: Side::begin(&self.first, pass)?,
            second: Side::begin(&self.second, pass)?,
            function: self.function.clone(),
            index: 0,
        }))
    }

    fn cardinality(&self) -> Cardinality {
        self.first.cardinality().zipped(self.second.cardinality())
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        match self.function {
            Some(_) => None,
            None => joined(self.first.element_spec()?, self.second.element_spec()?),
        }
    }
}

/// The inputs of one with those of another as targets.
fn joined<T>(first: Record<T>, second: Record<T>) -> Option<Record<T>> {
    let alone = |record: &Record<T>| record.y.is_empty() && record.sample_weight.is_empty();
    let both = alone(&first) && alone(&second);
    both.then(|| Record { x: first.x, y: second.x, sample_weight: first.sample_weight })
}

struct Running {
    first: Side,
    second: Side,
    function: Option<Arc<Function>>,
    index: usize,
}

/// The elements of one of the two, with those that wait for the other's.
struct Side {
    elements: Box<dyn Elements>,
    pending: Pending,
}

impl Side {
    fn begin(input: &Pipeline, pass: u64) -> Result<Self> {
        Ok(Side { elements: input.begin(pass)?, pending: Pending::default() })
    }

    /// How many elements are at hand, after a look for more where there is none.
    fn ready(&mut self, most: usize) -> Result<usize> {
        if self.pending.left() == 0
            && let Some(stack) = self.elements.pull(most)?
        {
            self.pending = Pending::new(stack);
        }
        Ok(self.pending.left())
    }
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let most = if self.function.is_some() { 1 } else { most };
        let ready = most.min(self.first.ready(most)?);
        let ready = ready.min(if ready > 0 { self.second.ready(ready)? } else { 0 });
        let (Some(first), Some(second)) = (self.first.pending.take(ready)?, self.second.pending.take(ready)?)
        else {
            return Ok(None);
        };
        let index = self.index;
        self.index += ready;
        match &self.function {
            Some(function) => {
                let (first, second) = (first.get(0)?, second.get(0)?);
                Stack::one(&guarded("zip_with", index, || function(first, second))?).map(Some)
            }
            None => match joined(first.into_record(), second.into_record()) {
                Some(record) => Stack::of_rows(record).map(Some),
                None => Err(Error::data(
                    "`zip` takes the inputs of both datasets, but one has targets, too: join them by `zip_with`",
                )),
            },
        }
    }
}
