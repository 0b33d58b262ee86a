//! Tensors as datasets: their rows, or all of them as one element.

use std::ops::Range;

use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Pipeline, Record, Stack};
use crate::{Result, Tensor};

/// A dataset of the rows of tensors; nothing is copied.
///
/// ```
/// use cornu::Tensor;
/// use cornu::data::{self, Cardinality, Dataset};
/// let (x, y) = (Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]), Tensor::from([0i64, 1, 1]));
/// let samples = data::from_tensor_slices((&x, &y))?;
/// assert_eq!(samples.cardinality(), Cardinality::Known(3));
/// let second = samples.iter().nth(1).expect("three rows")?;
/// assert_eq!(second, (Tensor::from([3.0f32, 4.0]), Tensor::scalar(1i64)).into());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the tensors have different numbers of rows, or one is a single number.
pub fn from_tensor_slices(tensors: impl Into<Record>) -> Result<Pipeline> {
    Ok(Slices(Stack::of_rows(tensors.into())?).pipeline())
}

/// A dataset of one element: these tensors.
///
/// ```
/// use cornu::Tensor;
/// use cornu::data::{self, Dataset};
/// let whole = data::from_tensors(Tensor::from([1.0f32, 2.0]))?;
/// assert_eq!(whole.repeat(3).iter().count(), 3);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// None for tensors that are whole.
pub fn from_tensors(tensors: impl Into<Record>) -> Result<Pipeline> {
    Ok(Slices(Stack::one(&tensors.into())?).pipeline())
}

/// A dataset of whole numbers, one after the other.
///
/// ```
/// use cornu::data::{self, Dataset};
/// assert_eq!(data::range(3..8).iter().count(), 5);
/// ```
pub fn range(numbers: Range<i64>) -> Pipeline {
    Counted(numbers).pipeline()
}

struct Slices(Stack);

impl Dataset for Slices {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Slicing { stack: self.0.clone(), next: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        Cardinality::Known(self.0.len())
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        Some(ElementSpec::of(self.0.record()).row())
    }
}

struct Slicing {
    stack: Stack,
    next: usize,
}

impl Elements for Slicing {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let start = self.next;
        self.pass_over(most)?;
        if start == self.next { Ok(None) } else { self.stack.range(start..self.next).map(Some) }
    }

    fn pass_over(&mut self, count: usize) -> Result<usize> {
        let passed = count.min(self.stack.len() - self.next);
        self.next += passed;
        Ok(passed)
    }
}

struct Counted(Range<i64>);

/// Numbers made at a time at most.
const NUMBERS: i64 = 1 << 12;

impl Dataset for Counted {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Counting(self.0.clone())))
    }

    fn cardinality(&self) -> Cardinality {
        Cardinality::Known(usize::try_from(self.0.end.saturating_sub(self.0.start)).unwrap_or(0))
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        Some(ElementSpec::of(&Tensor::scalar(0i64).into()))
    }
}

struct Counting(Range<i64>);

impl Elements for Counting {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let most = i64::try_from(most).unwrap_or(NUMBERS).min(NUMBERS);
        let numbers: Vec<i64> = self.0.by_ref().take(most as usize).collect();
        if numbers.is_empty() { Ok(None) } else { Stack::of_rows(Tensor::from(numbers).into()).map(Some) }
    }
}
