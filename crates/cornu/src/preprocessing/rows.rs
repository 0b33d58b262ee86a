//! `Rows`: samples of which some can be taken.

use crate::data::Table;
use crate::{Data, Result, StringTensor, Tensor};

/// Data with a sample a row: what can be split.
pub trait Rows: Sized {
    /// The number of samples.
    fn row_count(&self) -> usize;

    /// The samples at these places, in that order.
    ///
    /// # Errors
    /// If there is no such sample.
    fn take_rows(&self, rows: &[usize]) -> Result<Self>;
}

impl Rows for Tensor {
    fn row_count(&self) -> usize {
        Tensor::row_count(self)
    }

    fn take_rows(&self, rows: &[usize]) -> Result<Self> {
        Ok(self.take(rows)?)
    }
}

impl Rows for StringTensor {
    fn row_count(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    fn take_rows(&self, rows: &[usize]) -> Result<Self> {
        self.take(rows)
    }
}

impl Rows for Table {
    fn row_count(&self) -> usize {
        Table::row_count(self)
    }

    fn take_rows(&self, rows: &[usize]) -> Result<Self> {
        self.take(rows)
    }
}

impl Rows for Data {
    fn row_count(&self) -> usize {
        Data::row_count(self)
    }

    fn take_rows(&self, rows: &[usize]) -> Result<Self> {
        Ok(match self {
            Data::Numbers(tensor) => tensor.take_rows(rows)?.into(),
            Data::Strings(strings) => strings.take_rows(rows)?.into(),
        })
    }
}
