//! Vectors scaled to length one.

use crate::{DType, Error, Result, Tensor};

/// Divides each vector along `axis` by its norm; vectors of norm 0 stay as they are.
///
/// `order` is that of the norm as in `numpy.linalg.norm`: 2 for Euclid's, 1 for the sum of magnitudes, infinity for
/// the largest and minus infinity for the smallest magnitude, 0 for the number of elements other than 0, and any
/// `p` for `(Σ|x|ᵖ)^(1/p)`. A negative axis counts from the back. float32 stays float32, everything else becomes
/// float64. As [`keras.utils.normalize`](https://keras.io/api/utils/python_utils/#normalize-function), whose
/// defaults are axis −1 and order 2; but for axis 0, where Keras mixes the axes up for NumPy's arrays, as Keras
/// does for tensors.
///
/// # Errors
/// If `x` has no such axis.
///
/// ```
/// use cornu::{Tensor, utils::normalize};
/// let x = normalize(&Tensor::from([[3.0f32, 4.0], [0.0, 0.0]]), -1, 2.0)?;
/// assert_eq!(x, Tensor::from([[0.6f32, 0.8], [0.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn normalize(x: &Tensor, axis: isize, order: f64) -> Result<Tensor> {
    let at = x.to_shape().axis(axis).ok_or_else(|| {
        Error::argument("normalize", format!("axis {axis} is not one of the {} axes of x", x.rank()))
    })?;
    let length = x.shape().get(at).copied().unwrap_or(0);
    let inner: usize = x.shape().iter().skip(at + 1).product();
    let mut data = x.to_vec::<f64>();
    // Each block holds `inner` vectors side by side.
    for block in data.chunks_exact_mut((length * inner).max(1)) {
        for first in 0..inner {
            let vector = || (first..block.len()).step_by(inner);
            let norm = norm(vector().map(|at| block[at].abs()), order);
            if norm != 0.0 {
                vector().for_each(|at| block[at] /= norm);
            }
        }
    }
    let dtype = if x.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
    Ok(Tensor::new(data, x.shape())?.cast(dtype))
}

/// The norm of a vector from its magnitudes.
fn norm(magnitudes: impl Iterator<Item = f64>, order: f64) -> f64 {
    // NaN must come through, which `f64::max` and `min` would hide.
    let extreme = |a: f64, b: f64, better: bool| if better || b.is_nan() { b } else { a };
    if order == 2.0 {
        magnitudes.map(|v| v * v).sum::<f64>().sqrt()
    } else if order == 1.0 {
        magnitudes.sum()
    } else if order == 0.0 {
        magnitudes.filter(|&v| v != 0.0).count() as f64
    } else if order == f64::INFINITY {
        magnitudes.fold(0.0, |a, b| extreme(a, b, b > a))
    } else if order == f64::NEG_INFINITY {
        magnitudes.fold(f64::INFINITY, |a, b| extreme(a, b, b < a))
    } else {
        magnitudes.map(|v| v.powf(order)).sum::<f64>().powf(1.0 / order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [[f64; 3]; 2] = [[1.0, -2.0, 4.0], [0.5, 0.25, 3.0]];

    fn close(got: &Tensor, want: &[f64]) {
        let got = got.to_vec::<f64>();
        assert!(
            got.len() == want.len() && got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-7),
            "{got:?}, not {want:?}"
        );
    }

    #[test]
    fn every_order_is_that_of_keras() -> Result<()> {
        // keras.utils.normalize(x, -1, order)
        let cases: [(f64, [f64; 6]); 6] = [
            (2.0, [0.21821789, -0.43643578, 0.872871561, 0.163846384, 0.0819231921, 0.983078305]),
            (1.0, [0.142857143, -0.285714286, 0.571428571, 0.133333333, 0.0666666667, 0.8]),
            (0.0, [0.333333333, -0.666666667, 1.33333333, 0.166666667, 0.0833333333, 1.0]),
            (3.5, [0.243524594, -0.487049188, 0.974098375, 0.166568839, 0.0832844195, 0.999413034]),
            (f64::INFINITY, [0.25, -0.5, 1.0, 0.166666667, 0.0833333333, 1.0]),
            (f64::NEG_INFINITY, [1.0, -2.0, 4.0, 2.0, 1.0, 12.0]),
        ];
        for (order, want) in cases {
            close(&normalize(&Tensor::from(X), -1, order)?, &want);
            close(&normalize(&Tensor::from(X).cast(DType::F32), 1, order)?, &want);
        }
        Ok(())
    }

    #[test]
    fn every_axis_is_that_of_keras() -> Result<()> {
        // keras.utils.normalize(x, axis), for axis 0 of a tensor
        let x = Tensor::from((0..12).map(|v| 3 * v - 7).collect::<Vec<i64>>()).reshape([2, 3, 2])?;
        let cases: [(isize, [f64; 12]); 3] = [
            (
                0,
                [
                    -0.536875492,
                    -0.274721128,
                    -0.058722022,
                    0.099503719,
                    0.212429644,
                    0.294085849,
                    0.843661488,
                    0.961523948,
                    0.998274373,
                    0.99503719,
                    0.977176364,
                    0.955779009,
                ],
            ),
            (
                1,
                [
                    -0.808290377,
                    -0.43643578,
                    -0.115470054,
                    0.21821789,
                    0.577350269,
                    0.872871561,
                    0.358971433,
                    0.392540508,
                    0.554774033,
                    0.560772154,
                    0.750576633,
                    0.7290038,
                ],
            ),
            (
                2,
                [
                    -0.868243142,
                    -0.496138938,
                    -0.447213595,
                    0.894427191,
                    0.52999894,
                    0.847998304,
                    0.617821552,
                    0.786318339,
                    0.64764842,
                    0.761939318,
                    0.662573882,
                    0.748996562,
                ],
            ),
        ];
        for (axis, want) in cases {
            let got = normalize(&x, axis, 2.0)?;
            assert_eq!((got.shape(), got.dtype()), (&[2, 3, 2][..], DType::F64));
            close(&got, &want);
            close(&normalize(&x, axis - 3, 2.0)?, &want);
        }
        Ok(())
    }

    #[test]
    fn zeros_stay_and_nan_spreads() -> Result<()> {
        let x = Tensor::from([[0.0f32, 0.0], [1.0, f32::NAN]]);
        for order in [2.0, 1.0, 3.0, f64::INFINITY, f64::NEG_INFINITY] {
            let y = normalize(&x, -1, order)?;
            assert_eq!(y.as_slice::<f32>()?[..2], [0.0, 0.0]);
            assert!(y.as_slice::<f32>()?[2..].iter().all(|v| v.is_nan()), "order {order}: {y:?}");
        }
        assert_eq!(normalize(&Tensor::zeros([0, 3], DType::F32), 0, 2.0)?.shape(), [0, 3]);
        Ok(())
    }

    #[test]
    fn axes_are_checked() {
        let message = |x: Tensor, axis| normalize(&x, axis, 2.0).unwrap_err().to_string();
        assert_eq!(message(Tensor::from(X), 2), "normalize: axis 2 is not one of the 2 axes of x");
        assert_eq!(message(Tensor::from(X), -3), "normalize: axis -3 is not one of the 2 axes of x");
        assert_eq!(message(Tensor::scalar(1.0f32), -1), "normalize: axis -1 is not one of the 0 axes of x");
    }
}
