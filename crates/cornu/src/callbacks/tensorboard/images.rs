//! Weights as images.

use crate::events::{Image, Summary};
use crate::{Error, Result};

/// TensorBoard is shown so many images of a weight.
const SHOWN: usize = 3;

/// A weight as Keras draws it: a vector is one column, a matrix lies on its longer side, a filter of one channel is an image
/// for each of its results. Values are clipped to 0 and 1. Nothing where there is nothing to draw.
pub(super) fn of(shape: &[usize], values: &[f32]) -> Result<Option<Summary>> {
    let squeezed: Vec<usize> = shape.iter().copied().filter(|length| *length != 1).collect();
    // The number of images, their height, width and channels, and where a pixel's value lies.
    type Place = fn(&[usize], [usize; 4]) -> usize;
    let (size, place): ([usize; 4], Place) = match *squeezed.as_slice() {
        [n] => ([1, n, 1, 1], |_, [_, y, _, _]| y),
        [rows, columns] if rows > columns => ([1, columns, rows, 1], |of, [_, y, x, _]| x * of[1] + y),
        [rows, columns] => ([1, rows, columns, 1], |of, [_, y, x, _]| y * of[1] + x),
        [rows, columns, count] => {
            ([count, rows, columns, 1], |of, [image, y, x, _]| (y * of[1] + x) * of[2] + image)
        }
        [count, rows, columns, channels @ (3 | 4)] => {
            ([count, rows, columns, channels], |of, [image, y, x, c]| {
                ((image * of[1] + y) * of[2] + x) * of[3] + c
            })
        }
        _ => return Ok(None),
    };
    let [count, height, width, channels] = size;
    let pixels: Vec<Vec<u8>> = (0..count.min(SHOWN))
        .map(|image| {
            let row = |y| (0..width).flat_map(move |x| (0..channels).map(move |c| [image, y, x, c]));
            // As TensorFlow turns floats into bytes: 255 and a half, then cut off.
            let byte = |at| values.get(place(&squeezed, at)).map_or(0, |value| (value * 255.5) as u8);
            (0..height).flat_map(row).map(byte).collect()
        })
        .collect();
    let images: Vec<Image<'_>> =
        pixels.iter().map(|pixels| Image { pixels, width, height, channels }).collect();
    Summary::images(&images)
        .map(Some)
        .map_err(|error| Error::model(format!("a weight cannot be drawn: {error}")))
}
