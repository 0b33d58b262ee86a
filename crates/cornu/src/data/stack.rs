//! `Stack`: several elements in one, row by row.

use std::ops::Range;

use super::Record;
use crate::{Error, Result};

/// Elements of one shape on top of each other: each field has an axis more, in front. Datasets hand elements on in stacks,
/// so that nothing is done, and nothing allocated, for each of millions of rows.
#[derive(Debug, Clone)]
pub struct Stack {
    record: Record,
    len: usize,
}

impl Stack {
    /// The rows of a record's fields.
    ///
    /// # Errors
    /// If the fields have different numbers of rows, or there is none.
    pub fn of_rows(record: Record) -> Result<Self> {
        let mut len = None;
        for (place, field) in record.fields().enumerate() {
            let Some(rows) = field.shape().first().copied() else {
                let what = record.called(place);
                return Err(Error::data(format!(
                    "`{what}` is a single number: it has no rows to go through"
                )));
            };
            let first = *len.get_or_insert(rows);
            if rows != first {
                let (what, whole) = (record.called(place), record.called(0));
                return Err(Error::data(format!("`{what}` has {rows} rows, `{whole}` {first}")));
            }
        }
        let len = len.ok_or_else(|| Error::data("a record without any field has no rows"))?;
        Ok(Stack { record, len })
    }

    /// One element.
    ///
    /// # Errors
    /// None for data that is whole.
    pub fn one(record: &Record) -> Result<Self> {
        let record = record.try_map(|field| {
            let shape: Vec<usize> = [1].into_iter().chain(field.shape().iter().copied()).collect();
            field.reshape(shape)
        })?;
        Ok(Stack { record, len: 1 })
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The element at this place; nothing is copied.
    ///
    /// # Errors
    /// If there are not so many.
    pub fn get(&self, at: usize) -> Result<Record> {
        self.record.try_map(|field| {
            let row = field.rows(at..at.saturating_add(1))?;
            row.reshape(field.shape().get(1..).unwrap_or_default())
        })
    }

    /// A range of the elements; nothing is copied.
    ///
    /// # Errors
    /// If there are not so many.
    pub fn range(&self, range: Range<usize>) -> Result<Self> {
        if range == (0..self.len) {
            return Ok(self.clone());
        }
        let record = self.record.try_map(|field| field.rows(range.clone()))?;
        Ok(Stack { record, len: range.len() })
    }

    /// All of them as one element.
    pub fn into_record(self) -> Record {
        self.record
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// The stack whose elements are so many of these each.
    pub(super) fn grouped(&self, size: usize) -> Result<Self> {
        let groups = self.len / size.max(1);
        let record = self.record.try_map(|field| {
            let row = field.shape().get(1..).unwrap_or_default();
            field.reshape([&[groups, size], row].concat())
        })?;
        Ok(Stack { record, len: groups })
    }
}

/// A stack that is handed on piece by piece.
#[derive(Default)]
pub(super) struct Pending {
    stack: Option<Stack>,
    done: usize,
}

impl Pending {
    pub(super) fn new(stack: Stack) -> Self {
        Pending { stack: Some(stack), done: 0 }
    }

    /// How many elements are left.
    pub(super) fn left(&self) -> usize {
        self.stack.as_ref().map_or(0, |stack| stack.len.saturating_sub(self.done))
    }

    /// The stack of which elements are left.
    pub(super) fn stack(&self) -> Option<&Stack> {
        self.stack.as_ref()
    }

    /// At most so many of those that are left; `None` where none is.
    pub(super) fn take(&mut self, most: usize) -> Result<Option<Stack>> {
        let count = self.left().min(most);
        let Some(stack) = self.stack.take_if(|_| count > 0) else { return Ok(None) };
        let part = stack.range(self.done..self.done + count)?;
        self.done += count;
        // A stack that is handed on is not held: its memory can be used again sooner.
        if self.done < stack.len {
            self.stack = Some(stack);
        }
        Ok(Some(part))
    }
}
