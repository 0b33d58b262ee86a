//! What layers of images share: the order of axes, windows, pixels by their place.

use cornu_engine::graph::Builder;

use super::dice::Dice;
use crate::graph::Var;
use crate::layers::spatial::{channels_last, check_positive, restored};
use crate::layers::{Call, Outputs};
use crate::{DType, Dim, Result};

/// The rows and columns of images.
pub(super) type Size = [usize; 2];

/// Larger images are no images, and the tables that make them would not fit into memory.
const LONGEST: usize = 1 << 24;

/// Says what is wrong with a size that images are to have.
pub(super) fn check_size(size: Size) -> Result<(), String> {
    check_positive("size", &size)?;
    match size.into_iter().find(|length| *length > LONGEST) {
        Some(length) => Err(format!("expects a size of at most {LONGEST}, got {length}")),
        None => Ok(()),
    }
}

/// The rows and columns of images `(batch, rows, columns, channels)`, where they are known.
pub(super) fn size_of(x: Var<'_>) -> Option<Size> {
    let shape = x.shape();
    Some([shape[1]?, shape[2]?])
}

/// Applies a function of images `(batch, rows, columns, channels)` in single precision, whatever order of axes and
/// type of elements the layer is given.
pub(super) fn on_images<'g>(
    cx: &Call<'_, 'g>,
    input: Var<'g>,
    data_format: &str,
    change: impl FnOnce(Var<'g>) -> Var<'g>,
) -> Result<Outputs<'g>> {
    cx.expect_rank(input, 4)?;
    let x = channels_last(input.cast(DType::F32), data_format);
    Ok(restored(change(x), data_format).into())
}

/// Applies a function of images and random numbers in training. Outside of it there are no random numbers, hence no
/// result of the function, and the images stay as they are.
pub(super) fn in_training<'g>(
    cx: &Call<'_, 'g>,
    input: Var<'g>,
    data_format: &str,
    seed: Option<u64>,
    change: impl FnOnce(Var<'g>, Dice<'_, '_, 'g>) -> Option<Var<'g>>,
) -> Result<Outputs<'g>> {
    on_images(cx, input, data_format, |x| {
        let dice = Dice::new(cx, seed, x.shape()[0]);
        change(x, dice).unwrap_or(x)
    })
}

/// A value that stands for images of this size, in the place of those that follow from images of unknown size.
pub(super) fn of_size(x: Var<'_>, [rows, columns]: Size) -> Var<'_> {
    let shape = x.shape();
    let dims: Vec<Dim> = vec![shape[0], Some(rows), Some(columns), shape[3]];
    x.mean(&[1, 2], true).broadcast_to(dims)
}

/// The part of images that begins at a row and a column.
pub(super) fn window(x: Var<'_>, [top, left]: Size, [rows, columns]: Size) -> Var<'_> {
    x.slice(1, top, top + rows).slice(2, left, left + columns)
}

/// The largest part of images of one size that has the proportions of another: its size.
pub(super) fn largest_window([rows, columns]: Size, [wanted_rows, wanted_columns]: Size) -> Size {
    let fitting = |length: usize, other: usize, wanted: usize, wanted_other: usize| {
        (other.saturating_mul(wanted) / wanted_other.max(1)).min(length).max(1)
    };
    [fitting(rows, columns, wanted_rows, wanted_columns), fitting(columns, rows, wanted_columns, wanted_rows)]
}

/// What is left over on one side when the same is left on the other.
pub(super) fn margins([rows, columns]: Size, [inner_rows, inner_columns]: Size) -> Size {
    [rows.saturating_sub(inner_rows) / 2, columns.saturating_sub(inner_columns) / 2]
}

/// The pixels of images `(batch, rows, columns, channels)` at whole rows and columns inside of them. Both are `int64`
/// and go with `(batch, new rows, new columns, 1)`.
pub(super) fn pixels<'g>(x: Var<'g>, row: Var<'g>, column: Var<'g>) -> Var<'g> {
    let shape = x.shape();
    let [Some(rows), Some(columns)] = [shape[1], shape[2]] else { return x };
    let image = x.builder().iota([shape[0], Some(1), Some(1), Some(1)], 0);
    let index = image * (rows as f64 * columns as f64) + row * columns as f64 + column;
    let places = index.shape().dims()[..3].to_vec();
    x.reshape([None, shape[3]]).gather(index.reshape(places))
}

/// The numbers of rows, as `int64` (1, rows, 1, 1).
pub(super) fn row_numbers(b: &Builder, rows: usize) -> Var<'_> {
    b.iota([1, rows, 1, 1], 1)
}

/// The numbers of columns, as `int64` (1, 1, columns, 1).
pub(super) fn column_numbers(b: &Builder, columns: usize) -> Var<'_> {
    b.iota([1, 1, columns, 1], 2)
}
