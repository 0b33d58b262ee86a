//! Images read at places between their pixels and outside of them.

use super::frame::{column_numbers, pixels, row_numbers, size_of};
use crate::DType;
use crate::graph::Var;
use crate::layers::spatial::check_word;

/// How an image goes on between its pixels and beyond its edges: Keras' arguments of that.
pub(super) struct Sampling<'a> {
    pub(super) fill_mode: &'a str,
    pub(super) fill_value: f64,
    pub(super) interpolation: &'a str,
}

/// A place, (row, column), counted from the middle of the image: both go with `(batch, rows, columns, 1)`.
pub(super) type Place<'g> = [Var<'g>; 2];

impl Sampling<'_> {
    /// Says what is wrong with the arguments.
    pub(super) fn check(&self) -> Result<(), String> {
        check_word("fill_mode", self.fill_mode, &["reflect", "wrap", "constant", "nearest"])?;
        check_word("interpolation", self.interpolation, &["nearest", "bilinear"])
    }

    /// Each pixel of the result is the image at another place: the place that `from` tells for that of the result.
    pub(super) fn moved<'g>(&self, x: Var<'g>, from: impl FnOnce(Place<'g>) -> Place<'g>) -> Var<'g> {
        // Of images of unknown size nothing else is known when they are moved.
        let Some([rows, columns]) = size_of(x) else { return x };
        let b = x.builder();
        let numbers = [row_numbers(b, rows), column_numbers(b, columns)].map(|at| at.cast(DType::F32));
        let middle = [rows, columns].map(|length| length.saturating_sub(1) as f64 / 2.0);
        let [row, column] = from([numbers[0] - middle[0], numbers[1] - middle[1]]);
        let place = [self.inside(row + middle[0], rows), self.inside(column + middle[1], columns)];
        match self.interpolation {
            "nearest" => self.read(x, place.map(nearest)),
            _ => self.between(x, place),
        }
    }

    /// The coordinate at which the image of this length is read for one that may lie outside.
    fn inside<'g>(&self, at: Var<'g>, length: usize) -> Var<'g> {
        let (length, last) = (length as f64, length.saturating_sub(1) as f64);
        let inside = match self.fill_mode {
            "constant" => return at,
            // Back and forth: `d c b a | a b c d | d c b a`.
            "reflect" => {
                let turn = at - (at / (2.0 * length)).floor() * (2.0 * length);
                turn.less(length).select(turn, 2.0 * length - 1.0 - turn)
            }
            // Over and over: `a b c d | a b c d | a b c d`, though TensorFlow takes its steps of `length` at every
            // `last` pixels.
            "wrap" if last > 0.0 => {
                let times = |distance: Var<'g>| (distance / last).floor() * length;
                let from_below = at + times(-at) + length;
                let from_above = at.greater(last).select(at - times(at), at);
                at.less(0.0).select(from_below, from_above)
            }
            _ => at,
        };
        inside.clip(0.0, last)
    }

    /// The mean of the four pixels around, those nearer counting more.
    fn between<'g>(&self, x: Var<'g>, [row, column]: Place<'g>) -> Var<'g> {
        let (top, left) = (row.floor(), column.floor());
        let (down, right) = (row - top, column - left);
        let along = |row: Var<'g>| {
            self.read(x, [row, left]) * (1.0 - right) + self.read(x, [row, left + 1.0]) * right
        };
        along(top) * (1.0 - down) + along(top + 1.0) * down
    }

    /// The pixels at whole places, or the fill value where there is none. Where no place is outside but for rounding,
    /// the nearest pixel.
    fn read<'g>(&self, x: Var<'g>, [row, column]: Place<'g>) -> Var<'g> {
        let Some([rows, columns]) = size_of(x) else { return x };
        let limit = |at: Var<'g>, length: usize| at.clip(0.0, length.saturating_sub(1) as f64);
        let (near_row, near_column) = (limit(row, rows), limit(column, columns));
        let found = pixels(x, near_row.cast(DType::I64), near_column.cast(DType::I64));
        if self.fill_mode != "constant" {
            return found;
        }
        let inside = row.equal(near_row).logical_and(column.equal(near_column));
        inside.select(found, self.fill_value)
    }
}

/// The nearest whole number, halves away from 0.
fn nearest(at: Var<'_>) -> Var<'_> {
    at.sign() * (at.abs() + 0.5).floor()
}
