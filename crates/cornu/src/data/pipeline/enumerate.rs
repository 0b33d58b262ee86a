//! `enumerate`: elements with their numbers.

use super::Pipeline;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, FieldSpec, Record, Stack};
use crate::{DType, Result, Shape, Tensor};

pub(in crate::data) struct Enumerated {
    input: Pipeline,
}

impl Enumerated {
    pub(in crate::data) fn new(input: Pipeline) -> Self {
        Enumerated { input }
    }
}

/// A record with one more input before the others.
fn numbered<T: Clone>(number: T, record: Record<T>) -> Record<T> {
    Record { x: record.x.preceded_by(number), ..record }
}

impl Dataset for Enumerated {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Running { input: self.input.begin(pass)?, index: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality()
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        let number = FieldSpec { shape: Shape::scalar(), dtype: Some(DType::I64) };
        Some(numbered(number, self.input.element_spec()?))
    }
}

struct Running {
    input: Box<dyn Elements>,
    index: i64,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let Some(stack) = self.input.pull(most)? else { return Ok(None) };
        let first = self.index;
        self.index += stack.len() as i64;
        let numbers = Tensor::from((first..self.index).collect::<Vec<i64>>());
        Stack::of_rows(numbered(numbers.into(), stack.into_record())).map(Some)
    }
}
