//! A dense, row-major tensor whose clones and row views share their memory.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::error::{Error, Kind, Result};
use crate::{DType, Shape};

/// An n-dimensional array of one element type, row-major.
///
/// Cloning a tensor or taking a range of its rows copies no element; writing through
/// [`Tensor::as_mut_slice`] copies first if somebody else still looks at the same memory.
///
/// ```
/// use cornu_engine::{DType, Tensor};
/// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// assert_eq!(x.shape(), [3, 2]);
/// assert_eq!(x.rows(1..3)?.as_slice::<f32>()?, [3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(x.cast(DType::I64).to_vec::<i64>(), [1, 2, 3, 4, 5, 6]);
/// # Ok::<(), cornu_engine::Error>(())
/// ```
#[derive(Clone)]
pub struct Tensor {
    storage: Storage,
    offset: usize,
    shape: Vec<usize>,
}

/// The element types of [`Tensor`]: `f32`, `f64`, `i32`, `i64`, `u8` and `bool`.
pub trait Element: Copy + PartialEq + fmt::Debug + Send + Sync + private::Sealed + 'static {
    /// The type's name at run time.
    const DTYPE: DType;
    /// The value as a double; `true` is 1. Integers beyond 2^53 are rounded.
    fn to_f64(self) -> f64;
    /// The nearest value to a double, as Rust's `as` converts: floats to integers truncate and
    /// saturate, NaN becomes 0, and anything but 0 is `true`.
    fn from_f64(value: f64) -> Self;
    /// The value as an integer, as Rust's `as` converts.
    fn to_i64(self) -> i64;
    /// An integer converted as Rust's `as` does: integers that are too narrow wrap around, anything but 0 is
    /// `true`.
    fn from_i64(value: i64) -> Self;
}

mod private {
    use super::*;
    /// Keeps [`Element`](super::Element) to the six types the engine has kernels for.
    pub trait Sealed: Sized {
        fn wrap(data: Arc<Vec<Self>>) -> Storage;
        fn get(storage: &Storage) -> Option<&Arc<Vec<Self>>>;
        fn get_mut(storage: &mut Storage) -> Option<&mut Arc<Vec<Self>>>;
    }
}

/// Runs a generic expression with `$T` bound to the element type of a [`DType`].
#[macro_export]
#[doc(hidden)]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
            $crate::DType::I32 => {
                type $T = i32;
                $body
            }
            $crate::DType::I64 => {
                type $T = i64;
                $body
            }
            $crate::DType::U8 => {
                type $T = u8;
                $body
            }
            $crate::DType::Bool => {
                type $T = bool;
                $body
            }
        }
    };
}

macro_rules! elements {
    ($($variant:ident $type:ty, $to:expr, $from:expr, $to_i64:expr, $from_i64:expr;)*) => {
        /// The elements, shared; unnameable outside this module.
        #[derive(Clone)]
        #[allow(missing_docs, unreachable_pub)]
        pub enum Storage { $($variant(Arc<Vec<$type>>)),* }

        impl Storage {
            fn dtype(&self) -> DType {
                match self { $(Storage::$variant(_) => DType::$variant),* }
            }
        }

        $(
            impl private::Sealed for $type {
                fn wrap(data: Arc<Vec<Self>>) -> Storage { Storage::$variant(data) }
                fn get(storage: &Storage) -> Option<&Arc<Vec<Self>>> {
                    if let Storage::$variant(data) = storage { Some(data) } else { None }
                }
                fn get_mut(storage: &mut Storage) -> Option<&mut Arc<Vec<Self>>> {
                    if let Storage::$variant(data) = storage { Some(data) } else { None }
                }
            }
            impl Element for $type {
                const DTYPE: DType = DType::$variant;
                fn to_f64(self) -> f64 { let to: fn($type) -> f64 = $to; to(self) }
                fn from_f64(value: f64) -> Self { let from: fn(f64) -> $type = $from; from(value) }
                fn to_i64(self) -> i64 { let to: fn($type) -> i64 = $to_i64; to(self) }
                fn from_i64(value: i64) -> Self { let from: fn(i64) -> $type = $from_i64; from(value) }
            }
        )*
    };
}

elements! {
    F32 f32, |v| v.into(), |v| v as f32, |v| v as i64, |v| v as f32;
    F64 f64, |v| v, |v| v, |v| v as i64, |v| v as f64;
    I32 i32, |v| v.into(), |v| v as i32, |v| v.into(), |v| v as i32;
    I64 i64, |v| v as f64, |v| v as i64, |v| v, |v| v;
    U8 u8, |v| v.into(), |v| v as u8, |v| v.into(), |v| v as u8;
    Bool bool, |v| v.into(), |v| v != 0.0, |v| v.into(), |v| v != 0;
}

impl Tensor {
    /// A tensor of this shape from its elements in row-major order.
    ///
    /// # Errors
    /// If the shape does not hold exactly `data.len()` elements.
    pub fn new<T: Element>(data: impl Into<Vec<T>>, shape: impl Into<Vec<usize>>) -> Result<Self> {
        let (data, shape) = (data.into(), shape.into());
        let wanted = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).unwrap_or(usize::MAX);
        if wanted != data.len() {
            return Err(Kind::Length { data: data.len(), wanted, shape }.into());
        }
        Ok(Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape })
    }

    /// A tensor of rank 0.
    pub fn scalar<T: Element>(value: T) -> Self {
        Tensor { storage: T::wrap(Arc::new(vec![value])), offset: 0, shape: Vec::new() }
    }

    /// A tensor filled with one value.
    pub fn full<T: Element>(shape: impl Into<Vec<usize>>, value: T) -> Self {
        let shape = shape.into();
        let data = vec![value; shape.iter().product()];
        Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape }
    }

    /// A tensor of zeros (`false` for booleans).
    pub fn zeros(shape: impl Into<Vec<usize>>, dtype: DType) -> Self {
        with_dtype!(dtype, T => Tensor::full(shape, <T as Element>::from_f64(0.0)))
    }

    /// The lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The shape in the form graphs use.
    pub fn to_shape(&self) -> Shape {
        Shape::known(&self.shape)
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.storage.dtype()
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of the first axis: the number of samples. A scalar has one row.
    pub fn row_count(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The number of elements in one row.
    pub fn row_len(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// The elements in row-major order.
    ///
    /// # Errors
    /// If they are not of type `T`; [`Tensor::cast`] converts.
    pub fn as_slice<T: Element>(&self) -> Result<&[T]> {
        match T::get(&self.storage) {
            Some(data) => Ok(&data[self.offset..self.offset + self.len()]),
            None => Err(self.wrong_type::<T>()),
        }
    }

    /// The elements, to be written. Copies them first when another tensor shares them.
    ///
    /// # Errors
    /// If they are not of type `T`.
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        let (offset, len) = (self.offset, self.len());
        if T::DTYPE != self.dtype() {
            return Err(self.wrong_type::<T>());
        }
        let data = T::get_mut(&mut self.storage);
        Ok(data.map_or(&mut [], |data| &mut Arc::make_mut(data)[offset..offset + len]))
    }

    fn wrong_type<T: Element>(&self) -> Error {
        Error::dtype("tensor", format!("holds {}, not {}", self.dtype(), T::DTYPE))
    }

    /// The elements, converted to `T` as [`Tensor::cast`] converts.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        match self.as_slice::<T>() {
            Ok(data) => data.to_vec(),
            Err(_) => with_dtype!(self.dtype(), S => {
                let values = self.as_slice::<S>().unwrap_or_default().iter();
                match self.dtype().is_float() {
                    true => values.map(|v| T::from_f64(v.to_f64())).collect(),
                    false => values.map(|v| T::from_i64(v.to_i64())).collect(),
                }
            }),
        }
    }

    /// The tensor with its elements converted: floats to integers truncate and saturate, integers too long
    /// for their new type wrap around, anything but 0 is `true`. Shares memory when the type already fits.
    pub fn cast(&self, dtype: DType) -> Tensor {
        if dtype == self.dtype() {
            return self.clone();
        }
        with_dtype!(dtype, T => Tensor {
            storage: <T as private::Sealed>::wrap(Arc::new(self.to_vec::<T>())),
            offset: 0,
            shape: self.shape.clone(),
        })
    }

    /// The same elements under another shape.
    ///
    /// # Errors
    /// If the new shape holds another number of elements.
    pub fn reshape(&self, shape: impl Into<Vec<usize>>) -> Result<Tensor> {
        let shape = shape.into();
        let wanted = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).unwrap_or(usize::MAX);
        if wanted != self.len() {
            return Err(Kind::Length { data: self.len(), wanted, shape }.into());
        }
        Ok(Tensor { storage: self.storage.clone(), offset: self.offset, shape })
    }

    /// A view of a range of rows; nothing is copied.
    ///
    /// # Errors
    /// If the range does not lie within the rows.
    pub fn rows(&self, range: Range<usize>) -> Result<Tensor> {
        let mut view = self.clone();
        view.become_rows(self, range)?;
        Ok(view)
    }

    /// Turns this tensor into what [`Tensor::rows`] of another gives. Nothing is allocated where it had as many
    /// axes before.
    ///
    /// ```
    /// use cornu_engine::Tensor;
    /// let data = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let mut batch = data.rows(0..1)?;
    /// batch.become_rows(&data, 1..3)?;
    /// assert_eq!(batch, data.rows(1..3)?);
    /// # Ok::<(), cornu_engine::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the range does not lie within the other's rows.
    pub fn become_rows(&mut self, of: &Tensor, range: Range<usize>) -> Result<()> {
        let rows = if of.shape.is_empty() { 0 } else { of.row_count() };
        if range.start > range.end || range.end > rows {
            return Err(Kind::Rows { start: range.start, end: range.end, rows }.into());
        }
        self.storage.clone_from(&of.storage);
        self.offset = of.offset + range.start * of.row_len();
        self.shape.clone_from(&of.shape);
        self.shape[0] = range.end - range.start;
        Ok(())
    }

    /// Writes rows of another tensor over rows of this one, from row `at` on.
    ///
    /// # Errors
    /// If element types or row shapes differ, or the rows do not lie within the tensors.
    pub fn set_rows(&mut self, at: usize, from: &Tensor, range: Range<usize>) -> Result<()> {
        if self.dtype() != from.dtype() || self.shape.get(1..) != from.shape.get(1..) {
            let (to, what) = (self.to_shape(), from.to_shape());
            let message = format!("cannot write rows of {} {what} into {} {to}", from.dtype(), self.dtype());
            return Err(Error::shape("set_rows", message));
        }
        let rows = if self.shape.is_empty() { 0 } else { self.row_count() };
        let part = from.rows(range)?;
        let end = at.saturating_add(part.row_count());
        if end > rows {
            return Err(Kind::Rows { start: at, end, rows }.into());
        }
        let width = self.row_len();
        with_dtype!(self.dtype(), T => {
            self.as_mut_slice::<T>()?[at * width..end * width].copy_from_slice(part.as_slice::<T>()?);
        });
        Ok(())
    }

    /// Whether another tensor looks at the same memory, so that writing would copy it first.
    pub fn is_shared(&self) -> bool {
        with_dtype!(self.dtype(), T => {
            <T as private::Sealed>::get(&self.storage).is_some_and(|data| Arc::strong_count(data) > 1)
        })
    }

    /// A new tensor of the rows with these indices, in that order.
    ///
    /// # Errors
    /// If an index lies outside the rows.
    pub fn take(&self, indices: &[usize]) -> Result<Tensor> {
        let (rows, width) = (if self.shape.is_empty() { 0 } else { self.row_count() }, self.row_len());
        if let Some(&bad) = indices.iter().find(|&&at| at >= rows) {
            return Err(Kind::Rows { start: bad, end: bad + 1, rows }.into());
        }
        let mut shape = self.shape.clone();
        shape[0] = indices.len();
        with_dtype!(self.dtype(), T => {
            let from = self.as_slice::<T>()?;
            let mut data = Vec::with_capacity(indices.len() * width);
            for &at in indices {
                data.extend_from_slice(&from[at * width..(at + 1) * width]);
            }
            Tensor::new(data, shape)
        })
    }

    /// The tensors stacked row after row.
    ///
    /// # Errors
    /// If there is none, or their element types or row shapes differ.
    pub fn concat_rows(parts: &[Tensor]) -> Result<Tensor> {
        let Some(first) = parts.first() else {
            return Err(Error::shape("concat_rows", "needs at least one tensor"));
        };
        if let Some(odd) = parts.iter().find(|t| {
            t.rank() == 0
                || t.shape[1..] != *first.shape.get(1..).unwrap_or_default()
                || t.dtype() != first.dtype()
        }) {
            return Err(Error::shape(
                "concat_rows",
                format!(
                    "cannot stack {} {:?} on {} {:?}",
                    odd.dtype(),
                    odd.shape,
                    first.dtype(),
                    first.shape
                ),
            ));
        }
        let mut shape = first.shape.clone();
        shape[0] = parts.iter().map(Tensor::row_count).sum();
        with_dtype!(first.dtype(), T => {
            let mut data = Vec::with_capacity(shape.iter().product());
            for part in parts {
                data.extend_from_slice(part.as_slice::<T>()?);
            }
            Tensor::new(data, shape)
        })
    }

    /// Where the elements lie, for the executor.
    pub(crate) fn address(&self) -> *const u8 {
        with_dtype!(self.dtype(), T => self.as_slice::<T>().unwrap_or_default().as_ptr().cast())
    }

    /// Where the elements lie, to be written; copies them first when another tensor shares them.
    pub(crate) fn address_mut(&mut self) -> *mut u8 {
        with_dtype!(self.dtype(), T => self.as_mut_slice::<T>().unwrap_or_default().as_mut_ptr().cast())
    }

    /// The only element of a tensor of one element, as a double.
    pub fn item(&self) -> Option<f64> {
        let values = (self.len() == 1).then(|| self.to_vec::<f64>())?;
        values.first().copied()
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.dtype() == other.dtype()
            && self.shape == other.shape
            && with_dtype!(self.dtype(), T => self.as_slice::<T>() == other.as_slice::<T>())
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        write!(f, "Tensor({} {}, [", self.dtype(), self.to_shape())?;
        with_dtype!(self.dtype(), T => {
            for (at, value) in self.as_slice::<T>().unwrap_or_default().iter().take(SHOWN).enumerate() {
                write!(f, "{}{value:?}", if at == 0 { "" } else { ", " })?;
            }
        });
        f.write_str(if self.len() > SHOWN { ", …])" } else { "])" })
    }
}

impl<T: Element> From<Vec<T>> for Tensor {
    fn from(data: Vec<T>) -> Self {
        let shape = vec![data.len()];
        Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape }
    }
}

impl<T: Element> From<&[T]> for Tensor {
    fn from(data: &[T]) -> Self {
        data.to_vec().into()
    }
}

impl<T: Element, const A: usize> From<[T; A]> for Tensor {
    fn from(data: [T; A]) -> Self {
        data.to_vec().into()
    }
}

impl<T: Element, const A: usize, const B: usize> From<[[T; B]; A]> for Tensor {
    fn from(data: [[T; B]; A]) -> Self {
        let data = data.as_flattened().to_vec();
        Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape: vec![A, B] }
    }
}

impl<T: Element, const A: usize, const B: usize, const C: usize> From<[[[T; C]; B]; A]> for Tensor {
    fn from(data: [[[T; C]; B]; A]) -> Self {
        let data = data.as_flattened().as_flattened().to_vec();
        Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape: vec![A, B, C] }
    }
}

impl<T: Element, const A: usize, const B: usize, const C: usize, const D: usize> From<[[[[T; D]; C]; B]; A]>
    for Tensor
{
    fn from(data: [[[[T; D]; C]; B]; A]) -> Self {
        let data = data.as_flattened().as_flattened().as_flattened().to_vec();
        Tensor { storage: T::wrap(Arc::new(data)), offset: 0, shape: vec![A, B, C, D] }
    }
}

impl<T: Element> TryFrom<Vec<Vec<T>>> for Tensor {
    type Error = Error;

    /// A matrix from its rows.
    ///
    /// # Errors
    /// If the rows are not all of one length.
    fn try_from(rows: Vec<Vec<T>>) -> Result<Self> {
        let width = rows.first().map_or(0, Vec::len);
        if let Some(at) = rows.iter().position(|row| row.len() != width) {
            return Err(Error::shape(
                "tensor",
                format!(
                    "row {at} has {} values, row 0 has {width}: rows must be of one length",
                    rows[at].len()
                ),
            ));
        }
        let shape = vec![rows.len(), width];
        Tensor::new(rows.concat(), shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_views_share_memory_until_written() -> Result<()> {
        let whole = Tensor::from([[1i32, 2], [3, 4], [5, 6]]);
        let mut view = whole.rows(1..2)?;
        assert_eq!(view.as_slice::<i32>()?.as_ptr(), whole.as_slice::<i32>()?[2..].as_ptr());
        view.as_mut_slice::<i32>()?[0] = 9;
        assert_eq!(view.as_slice::<i32>()?, [9, 4]);
        assert_eq!(whole.as_slice::<i32>()?, [1, 2, 3, 4, 5, 6]);
        assert_eq!(view.rows(0..1)?.to_vec::<f64>(), [9.0, 4.0]);
        Ok(())
    }

    #[test]
    fn misfits_are_errors() {
        assert_eq!(
            Tensor::new(vec![1.0f32; 5], [2, 3]).unwrap_err().to_string(),
            "5 values cannot fill the shape [2, 3], which holds 6"
        );
        assert!(Tensor::new(vec![1u8], [usize::MAX, 2]).is_err());
        let x = Tensor::from([1u8, 2, 3]);
        assert_eq!(x.rows(2..4).unwrap_err().to_string(), "rows 2..4 lie outside a tensor with 3 rows");
        assert!(Tensor::scalar(1u8).rows(0..1).is_err());
        assert!(x.take(&[3]).is_err());
        assert_eq!(x.as_slice::<f32>().unwrap_err().to_string(), "tensor: holds uint8, not float32");
        assert!(Tensor::try_from(vec![vec![1.0f64], vec![1.0, 2.0]]).is_err());
    }

    #[test]
    fn casting_converts_values() {
        let x = Tensor::from([-1.5f64, 0.0, 300.0, f64::NAN]);
        assert_eq!(x.cast(DType::U8).to_vec::<u8>(), [0, 0, 255, 0]);
        assert_eq!(x.cast(DType::Bool).to_vec::<bool>(), [true, false, true, true]);
        assert_eq!(Tensor::from([true, false]).to_vec::<f32>(), [1.0, 0.0]);
        let long = Tensor::from([300i64, -1, (1 << 53) + 1]);
        assert_eq!(long.to_vec::<u8>(), [44, 255, 1]);
        assert_eq!(long.to_vec::<i32>(), [300, -1, 1]);
    }
}
