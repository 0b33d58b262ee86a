//! Lengths before and after each spatial axis.

use serde_json::Value;

use crate::Result;
use crate::graph::Var;
use crate::layers::Call;
use crate::layers::spatial::spatial_axes;
use crate::registry::Argument;

/// Lengths before and after spatial axes: one number for all, one an axis, or a pair an axis.
///
/// ```
/// use cornu::layers::Margins;
/// assert_eq!(Margins::<[[usize; 2]; 2]>::from(1), Margins::from([[1, 1], [1, 1]]));
/// assert_eq!(Margins::<[[usize; 2]; 2]>::from([1, 2]), Margins::from([[1, 1], [2, 2]]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margins<T>(pub(super) T);

impl<T: Argument> Argument for Margins<T> {
    fn from_json(value: &Value) -> Result<Self, String> {
        T::from_json(value).map(Margins)
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}

impl From<usize> for Margins<[usize; 2]> {
    fn from(both: usize) -> Self {
        Margins([both; 2])
    }
}

impl From<[usize; 2]> for Margins<[usize; 2]> {
    fn from(pair: [usize; 2]) -> Self {
        Margins(pair)
    }
}

macro_rules! margins {
    ($($axes:literal)*) => {$(
        impl From<usize> for Margins<[[usize; 2]; $axes]> {
            fn from(all: usize) -> Self {
                Margins([[all; 2]; $axes])
            }
        }

        impl From<[usize; $axes]> for Margins<[[usize; 2]; $axes]> {
            fn from(lengths: [usize; $axes]) -> Self {
                Margins(lengths.map(|length| [length; 2]))
            }
        }

        impl From<[[usize; 2]; $axes]> for Margins<[[usize; 2]; $axes]> {
            fn from(pairs: [[usize; 2]; $axes]) -> Self {
                Margins(pairs)
            }
        }
    )*};
}

margins! { 2 3 }

/// Cuts so much off both ends of each spatial axis.
pub(super) fn crop<'g>(
    cx: &Call<'_, 'g>,
    x: Var<'g>,
    margins: &[[usize; 2]],
    data_format: &str,
) -> Result<Var<'g>> {
    cx.expect_rank(x, margins.len() + 2)?;
    let axes = spatial_axes(data_format, margins.len());
    margins.iter().zip(axes).try_fold(x, |x, ([before, after], axis)| {
        // Of an unknown length nothing more is known when it is shorter.
        let Some(length) = x.shape()[axis as usize] else { return Ok(x) };
        match length.checked_sub(before.saturating_add(*after)) {
            Some(left) if left > 0 => Ok(x.slice(axis as usize, *before, before + left)),
            _ => Err(cx.error(format!(
                "cannot cut {before} and {after} off axis {axis} of its input, which is only {length} long in {}",
                x.shape()
            ))),
        }
    })
}

/// Puts so many zeros at both ends of each spatial axis.
pub(super) fn zero_pad<'g>(
    cx: &Call<'_, 'g>,
    x: Var<'g>,
    margins: &[[usize; 2]],
    data_format: &str,
) -> Result<Var<'g>> {
    cx.expect_rank(x, margins.len() + 2)?;
    let padded = margins.iter().zip(spatial_axes(data_format, margins.len()));
    Ok(padded.fold(x, |x, ([before, after], axis)| x.pad(axis as usize, *before, *after)))
}
