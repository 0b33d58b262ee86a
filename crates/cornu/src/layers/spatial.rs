//! What convolutions and pools share: lengths along the spatial axes, padding, the order of axes.

use std::fmt::Debug;

use serde_json::Value;

use crate::graph::{Padding, Var};
use crate::registry::Argument;
use crate::{Result, Shape};

use super::Build;

/// A length for each of `N` spatial axes, given as one number for all or as one for each, as Keras' tuples are.
///
/// ```
/// use cornu::layers::Tuple;
/// assert_eq!(Tuple::<2>::from(3), Tuple::from([3, 3]));
/// assert_eq!(Tuple::from((3, 5)), Tuple::from([3, 5]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuple<const N: usize>([usize; N]);

/// The lengths that a layer over some number of spatial axes takes: a [`Tuple`] of so many.
pub trait Lengths: Copy + Debug + PartialEq + From<usize> + Argument + Send + Sync + 'static {
    /// The number of spatial axes.
    const AXES: usize;

    /// The lengths in order.
    fn as_slice(&self) -> &[usize];
}

impl<const N: usize> Lengths for Tuple<N> {
    const AXES: usize = N;

    fn as_slice(&self) -> &[usize] {
        &self.0
    }
}

impl<const N: usize> From<usize> for Tuple<N> {
    fn from(length: usize) -> Self {
        Tuple([length; N])
    }
}

impl<const N: usize> From<[usize; N]> for Tuple<N> {
    fn from(lengths: [usize; N]) -> Self {
        Tuple(lengths)
    }
}

impl From<(usize, usize)> for Tuple<2> {
    fn from((a, b): (usize, usize)) -> Self {
        Tuple([a, b])
    }
}

impl From<(usize, usize, usize)> for Tuple<3> {
    fn from((a, b, c): (usize, usize, usize)) -> Self {
        Tuple([a, b, c])
    }
}

impl<const N: usize> Argument for Tuple<N> {
    fn from_json(value: &Value) -> Result<Self, String> {
        let found = match value {
            Value::Array(_) => <[usize; N]>::from_json(value).map(Tuple),
            _ => usize::from_json(value).map(Self::from),
        };
        found.map_err(|_| format!("expects a whole number or a list of {N} of them, got {value}"))
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}

/// Keras writes some words in lower case however they were given.
pub(super) fn lower_case(value: &Value) -> Result<String, String> {
    String::from_json(value).map(|word| word.to_lowercase())
}

/// # Errors
/// If a length is 0.
pub(super) fn check_positive(name: &str, lengths: &[usize]) -> Result<(), String> {
    if lengths.contains(&0) {
        Err(format!("expects a {name} of at least 1, got {lengths:?}"))
    } else {
        Ok(())
    }
}

/// # Errors
/// If the word is not one of those it may be.
pub(super) fn check_word(name: &str, word: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&word) {
        Ok(())
    } else {
        Err(format!("expects {name} to be {}, got {word}", known.join(" or ")))
    }
}

/// # Errors
/// If the order of axes is not one that Keras knows.
pub(super) fn check_data_format(data_format: &str) -> Result<(), String> {
    check_word("data_format", data_format, &["channels_last", "channels_first"])
}

/// The engine's padding for Keras' `"valid"` or `"same"`, in any case.
pub(super) fn padding(word: &str) -> Padding {
    if word.eq_ignore_ascii_case("same") { Padding::Same } else { Padding::VALID }
}

/// The place of the channels.
pub(super) fn channel_axis(data_format: &str) -> isize {
    if data_format == "channels_first" { 1 } else { -1 }
}

/// The axes between batch and channels of an input with `spatial` of them.
pub(super) fn spatial_axes(data_format: &str, spatial: usize) -> Vec<isize> {
    let first = if data_format == "channels_first" { 2 } else { 1 };
    (first..first + spatial as isize).collect()
}

/// The value with its channels moved behind the spatial axes.
pub(super) fn channels_last<'g>(x: Var<'g>, data_format: &str) -> Var<'g> {
    let rank = x.rank();
    if data_format != "channels_first" || rank < 3 {
        return x;
    }
    x.transpose(&[0].into_iter().chain(2..rank).chain([1]).collect::<Vec<_>>())
}

/// The value with its channels moved back to where `data_format` wants them.
pub(super) fn restored<'g>(y: Var<'g>, data_format: &str) -> Var<'g> {
    let rank = y.rank();
    if data_format != "channels_first" || rank < 3 {
        return y;
    }
    y.transpose(&[0, rank - 1].into_iter().chain(1..rank - 1).collect::<Vec<_>>())
}

/// Checks that an input has a batch axis, `spatial` axes and channels.
///
/// # Errors
/// If it has more or fewer.
pub(super) fn check_rank(cx: &Build<'_>, input: &Shape, spatial: usize) -> Result<()> {
    if input.rank() == spatial + 2 {
        return Ok(());
    }
    let grey: Shape = input.dims().iter().copied().chain([Some(1)]).collect();
    let hint = if grey.rank() == spatial + 2 {
        format!("; where there is one channel, the shape ends in 1, as in {grey}")
    } else {
        String::new()
    };
    Err(cx.error(format!("expects an input of {} axes, got {input}{hint}", spatial + 2)))
}

/// Checks that a window of this extent fits an axis of the input, if its length is known.
///
/// # Errors
/// If it does not.
pub(super) fn check_fits(
    cx: &Build<'_>,
    input: &Shape,
    axis: isize,
    what: &str,
    extent: usize,
) -> Result<()> {
    match input.axis(axis).and_then(|at| input[at]) {
        Some(length) if extent > length => Err(cx.error(format!(
            "has a {what} of {extent} along axis {axis} of its input, which is only {length} long in {input}; \
             make it smaller, or set padding to same"
        ))),
        _ => Ok(()),
    }
}
