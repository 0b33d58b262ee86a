//! How many units a weight connects.

use crate::{Error, Result};

/// The numbers of input and output units (`fan_in`, `fan_out`) of a weight of this shape.
///
/// A matrix is `(inputs, outputs)`; with more axes it is the kernel of a convolution,
/// `(…, channels, filters)`, whose window multiplies both numbers. Where both lists of axes are given, the
/// numbers are the products of their lengths instead; negative axes count from the back.
///
/// Source: `compute_fans` in Keras' `random_initializers.py`.
///
/// ```
/// use cornu::initializers::compute_fans;
/// assert_eq!(compute_fans(&[784, 10], None, None)?, (784, 10));
/// assert_eq!(compute_fans(&[3, 3, 16, 32], None, None)?, (144, 288));
/// assert_eq!(compute_fans(&[4, 5, 6], Some(&[0]), Some(&[1, -1]))?, (4, 30));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If a listed axis does not exist.
pub fn compute_fans(
    shape: &[usize],
    input_axes: Option<&[isize]>,
    output_axes: Option<&[isize]>,
) -> Result<(usize, usize)> {
    if let (Some(inputs), Some(outputs)) = (input_axes, output_axes) {
        return Ok((product(shape, inputs)?, product(shape, outputs)?));
    }
    Ok(match shape {
        [] => (1, 1),
        [length] => (*length, *length),
        [window @ .., channels, filters] => {
            let window = window.iter().fold(1usize, |product, length| product.saturating_mul(*length));
            (channels.saturating_mul(window), filters.saturating_mul(window))
        }
    })
}

fn product(shape: &[usize], axes: &[isize]) -> Result<usize> {
    axes.iter().try_fold(1usize, |product, &axis| {
        let from_back = if axis < 0 { axis + shape.len() as isize } else { axis };
        let length = usize::try_from(from_back).ok().and_then(|axis| shape.get(axis));
        let length = length.ok_or_else(|| {
            Error::argument("initializer", format!("a weight of shape {shape:?} has no axis {axis}"))
        })?;
        Ok(product.saturating_mul(*length))
    })
}
