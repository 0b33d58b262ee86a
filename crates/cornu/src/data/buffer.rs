//! Buffers in which elements are brought together, used again when nobody looks at them any more.

use std::ops::Range;

use cornu_engine::with_dtype;

use super::{Data, ElementSpec, FieldSpec, Record, Stack, StringTensor};
use crate::{DType, Error, Result, Shape, Tensor};

/// Elements that are being brought together.
pub(super) struct Buffer {
    columns: Record<Column>,
    rows: usize,
}

/// The rows of one field. Strings are shared for good once they are in a tensor, so they are gathered outside.
enum Column {
    Numbers(Tensor),
    Strings { rows: Vec<String>, row: Vec<usize> },
}

/// The rows of a field, to be written one after the other.
pub(super) enum Slot<'b> {
    F32(&'b mut [f32]),
    F64(&'b mut [f64]),
    I32(&'b mut [i32]),
    I64(&'b mut [i64]),
    Strings(&'b mut [String]),
}

/// A row that leaves a place among others, and the row that takes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    pub(super) place: usize,
    pub(super) successor: usize,
}

impl Column {
    fn new(dtype: Option<DType>, row: &[usize], rows: usize) -> Self {
        match dtype {
            Some(dtype) => Column::Numbers(Tensor::zeros([&[rows], row].concat(), dtype)),
            None => {
                let count = rows * row.iter().product::<usize>();
                Column::Strings { rows: vec![String::new(); count], row: row.to_vec() }
            }
        }
    }

    fn like(field: &Data, rows: usize) -> Self {
        Column::new(field.dtype(), field.shape().get(1..).unwrap_or_default(), rows)
    }

    fn of(field: Data) -> Self {
        match field {
            Data::Numbers(tensor) => Column::Numbers(tensor),
            Data::Strings(strings) => {
                let row = strings.shape().get(1..).unwrap_or_default().to_vec();
                Column::Strings { rows: strings.as_slice().to_vec(), row }
            }
        }
    }

    fn slot(&mut self) -> Result<Slot<'_>> {
        Ok(match self {
            Column::Strings { rows, .. } => Slot::Strings(rows),
            Column::Numbers(tensor) => match tensor.dtype() {
                DType::F32 => Slot::F32(tensor.as_mut_slice()?),
                DType::F64 => Slot::F64(tensor.as_mut_slice()?),
                DType::I32 => Slot::I32(tensor.as_mut_slice()?),
                DType::I64 => Slot::I64(tensor.as_mut_slice()?),
                other => return Err(Error::data(format!("{other} is not read from text"))),
            },
        })
    }

    fn fits(&self, field: &Data) -> bool {
        self.dtype() == field.dtype() && field.shape().get(1..) == Some(self.row())
    }

    fn set(&mut self, at: usize, from: &Data, range: Range<usize>) -> Result<()> {
        match (self, from) {
            (Column::Numbers(to), Data::Numbers(from)) => to.set_rows(at, from, range)?,
            (Column::Strings { rows, row }, Data::Strings(from)) => {
                let width: usize = row.iter().product();
                let (start, count) = (at * width, range.len() * width);
                let from = from.rows(range)?;
                rows[start..start + count].clone_from_slice(from.as_slice());
            }
            _ => return Err(Error::data("numbers and strings cannot be put in one tensor")),
        }
        Ok(())
    }

    /// Writes rows that leave their places here to `out`, from its first row on. Their successors come from `from`, or, with
    /// none, are rows of this column itself.
    fn exchange(&mut self, out: &mut Column, from: Option<&Data>, exchanges: &[Exchange]) -> Result<()> {
        match (self, out) {
            (Column::Numbers(own), Column::Numbers(out)) => with_dtype!(own.dtype(), T => {
                let width = own.row_len();
                let from = from.and_then(Data::tensor).map(Tensor::as_slice::<T>).transpose()?;
                let (own, out) = (own.as_mut_slice::<T>()?, out.as_mut_slice::<T>()?);
                let row = |at: usize| at * width..(at + 1) * width;
                for (to, Exchange { place, successor }) in exchanges.iter().enumerate() {
                    out[row(to)].copy_from_slice(&own[row(*place)]);
                    match from {
                        Some(from) => own[row(*place)].copy_from_slice(&from[row(*successor)]),
                        None => own.copy_within(row(*successor), place * width),
                    }
                }
            }),
            (Column::Strings { rows: own, row }, Column::Strings { rows: out, .. }) => {
                let width: usize = row.iter().product();
                let from = from.and_then(Data::strings).map(StringTensor::as_slice);
                for (to, Exchange { place, successor }) in exchanges.iter().enumerate() {
                    for at in 0..width {
                        let next = match from {
                            Some(from) => from[successor * width + at].clone(),
                            None => own[successor * width + at].clone(),
                        };
                        out[to * width + at] = std::mem::replace(&mut own[place * width + at], next);
                    }
                }
            }
            _ => return Err(Error::data("numbers and strings cannot be put in one tensor")),
        }
        Ok(())
    }

    /// The shape of a row.
    fn row(&self) -> &[usize] {
        match self {
            Column::Numbers(tensor) => tensor.shape().get(1..).unwrap_or_default(),
            Column::Strings { row, .. } => row,
        }
    }

    /// The type of its numbers; strings have none.
    fn dtype(&self) -> Option<DType> {
        match self {
            Column::Numbers(tensor) => Some(tensor.dtype()),
            Column::Strings { .. } => None,
        }
    }

    fn into_data(self) -> Result<Data> {
        Ok(match self {
            Column::Numbers(tensor) => tensor.into(),
            Column::Strings { rows, row } => {
                let count = rows.len().checked_div(row.iter().product()).unwrap_or(0);
                StringTensor::new(rows, [&[count], row.as_slice()].concat())?.into()
            }
        })
    }
}

impl Buffer {
    /// Room for so many elements like these.
    pub(super) fn like(stack: &Stack, rows: usize) -> Self {
        Buffer { columns: stack.record().map(|field| Column::like(field, rows)), rows }
    }

    /// Room for so many elements that look like this.
    fn specified(spec: &ElementSpec, rows: usize) -> Result<Self> {
        let column = |field: &FieldSpec| match field.shape.to_known() {
            Some(row) => Ok(Column::new(field.dtype, &row, rows)),
            None => Err(Error::data(format!("elements of shape {} differ in length", field.shape))),
        };
        Ok(Buffer { columns: spec.try_map(column)?, rows })
    }

    /// The fields, to be written.
    pub(super) fn slots(&mut self) -> Result<Vec<Slot<'_>>> {
        self.columns.fields_mut().map(Column::slot).collect()
    }

    /// A stack's own memory, to be written anew.
    fn of(stack: Stack) -> Self {
        let rows = stack.len();
        Buffer { columns: stack.into_record().into_map(Column::of), rows }
    }

    /// Room for how many there is.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The bytes an element takes; strings count without their text.
    pub(super) fn element_bytes(&self) -> usize {
        let size = |column: &Column| column.dtype().map_or(size_of::<String>(), DType::size);
        self.columns.fields().map(|column| column.row().iter().product::<usize>() * size(column)).sum()
    }

    /// What keeps the elements of a stack from being put beside those here: a field with what it has and what it should.
    pub(super) fn misfit(&self, stack: &Stack) -> Option<String> {
        let record = stack.record();
        let (own, other) = (self.columns.fields().count(), record.fields().count());
        if own != other {
            return Some(format!("has {other} fields where others have {own}"));
        }
        let mut pairs = self.columns.fields().zip(record.fields()).enumerate();
        let (place, (column, field)) = pairs.find(|(_, (column, field))| !column.fits(field))?;
        let described = |dtype: Option<DType>, row: &[usize]| {
            format!("{} {}", dtype.map_or("string", DType::name), Shape::known(row))
        };
        let wanted = described(column.dtype(), column.row());
        let got = described(field.dtype(), field.shape().get(1..).unwrap_or_default());
        Some(format!("has `{}` of {got} where others have {wanted}", record.called(place)))
    }

    /// Writes elements of a stack that fits, from a place on.
    pub(super) fn set(&mut self, at: usize, from: &Stack, range: Range<usize>) -> Result<()> {
        let mut pairs = self.columns.fields_mut().zip(from.record().fields());
        pairs.try_for_each(|(column, field)| column.set(at, field, range.clone()))
    }

    /// Writes elements that leave their places here to `out`; see [`Column::exchange`].
    pub(super) fn exchange(
        &mut self,
        out: &mut Buffer,
        from: Option<&Stack>,
        exchanges: &[Exchange],
    ) -> Result<()> {
        let mut from = from.map(|stack| stack.record().fields());
        for (own, out) in self.columns.fields_mut().zip(out.columns.fields_mut()) {
            own.exchange(out, from.as_mut().and_then(Iterator::next), exchanges)?;
        }
        Ok(())
    }

    /// The elements brought together.
    pub(super) fn into_stack(self) -> Result<Stack> {
        Stack::of_rows(self.columns.into_map(Column::into_data).transpose()?)
    }
}

/// Buffers that were given out as stacks and may be used again.
#[derive(Default)]
pub(super) struct Pool {
    given: Vec<Stack>,
}

/// Stacks remembered at most: more are underway only where somebody keeps them.
const REMEMBERED: usize = 32;

impl Pool {
    /// Room for so many elements like these, in memory used before if there is some.
    pub(super) fn buffer(&mut self, like: &Stack, rows: usize) -> Buffer {
        let found = self.unused(rows, |stack| stack.record().has_rows_like(like.record()));
        found.unwrap_or_else(|| Buffer::like(like, rows))
    }

    /// Room for so many elements like those of another buffer.
    pub(super) fn beside(&mut self, like: &Buffer, rows: usize) -> Buffer {
        let found = self.unused(rows, |stack| like.misfit(stack).is_none());
        found.unwrap_or_else(|| Buffer {
            columns: like.columns.map(|column| Column::new(column.dtype(), column.row(), rows)),
            rows,
        })
    }

    /// Room for so many elements that look like this, of which all are given by this pool.
    pub(super) fn specified(&mut self, spec: &ElementSpec, rows: usize) -> Result<Buffer> {
        self.unused(rows, |_| true).map_or_else(|| Buffer::specified(spec, rows), Ok)
    }

    fn unused(&mut self, rows: usize, fits: impl Fn(&Stack) -> bool) -> Option<Buffer> {
        let free = |field: &Data| field.tensor().is_some_and(|tensor| !tensor.is_shared());
        let usable = |stack: &Stack| stack.len() == rows && stack.record().fields().all(free) && fits(stack);
        let at = self.given.iter().position(usable)?;
        Some(Buffer::of(self.given.swap_remove(at)))
    }

    /// The elements of a buffer, whose memory comes back when they are dropped.
    pub(super) fn give(&mut self, buffer: Buffer) -> Result<Stack> {
        let stack = buffer.into_stack()?;
        if stack.record().fields().all(|field| field.tensor().is_some()) {
            if self.given.len() == REMEMBERED {
                self.given.remove(0);
            }
            self.given.push(stack.clone());
        }
        Ok(stack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_when_nobody_looks_at_it() {
        let like = Stack::of_rows(Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]).into()).unwrap();
        let mut pool = Pool::default();
        let mut address = || {
            let mut buffer = pool.buffer(&like, 2);
            buffer.set(0, &like, 0..2).unwrap();
            let stack = pool.give(buffer).unwrap();
            (stack.record().x.tensor().unwrap().as_slice::<f32>().unwrap().as_ptr(), stack)
        };
        let (first, kept) = address();
        let (second, dropped) = address();
        assert_ne!(first, second);
        drop(dropped);
        assert_eq!(address().0, second);
        assert_eq!(kept.into_record().x.tensor(), like.record().x.tensor());
    }
}
