//! `STFT`: kernels that compute the short-time Fourier transform.

use std::f64::consts::PI;

use super::draw::filled;
use super::{Initializer, Window};
use crate::registry::{Fields, words};
use crate::{Error, Result, Tensor};

/// Convolution kernels `(frame length, 1, frequencies)` whose output is one side of the short-time Fourier
/// transform: `cos` (or `sin`) of `-2π · time · frequency / (2 · (frequencies - 1))`, times a window.
///
/// Source: <https://keras.io/api/layers/initializers/#stft-class>.
///
/// ```
/// use cornu::initializers::{Initializer, STFT, Side};
/// let kernel = STFT::new().side(Side::Imag).periodic(true).call(&[256, 1, 129], 0, "")?;
/// assert_eq!(kernel.shape(), [256, 1, 129]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct STFT {
    side: Side,
    window: Option<Window>,
    periodic: bool,
    scaling: Option<Scaling>,
}

/// Which part of the complex numbers [`STFT`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The real part.
    #[default]
    Real,
    /// The imaginary part.
    Imag,
}

words! { Side { Real = "real", Imag = "imag", } }

/// What [`STFT`] divides its window by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// The root of the sum of squares.
    Density,
    /// The sum of magnitudes.
    Spectrum,
}

words! { Scaling { Density = "density", Spectrum = "spectrum", } }

impl Default for STFT {
    fn default() -> Self {
        STFT {
            side: Side::Real,
            window: Some(Window::Hann),
            periodic: false,
            scaling: Some(Scaling::Density),
        }
    }
}

impl STFT {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Which part of the complex numbers (default the real part).
        side: Side;
        /// The window, or `None` for none, which leaves `scaling` without effect (default `Hann`).
        window: into Option<Window>;
        /// Whether the window is one period of a periodic function (default no).
        periodic: bool;
        /// What the window is divided by, or `None` (default `Density`).
        scaling: into Option<Scaling>;
    }
}

impl Initializer for STFT {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        let &[length, 1, frequencies] = shape else {
            let message = format!("wants a shape (frame length, 1, frequencies), got {shape:?}");
            return Err(Error::argument("initializer `STFT`", message));
        };
        let mut window =
            self.window.as_ref().map_or(vec![1.0; length], |window| window.values(length, self.periodic));
        if window.len() != length {
            let message = format!("the window has {} values, the frame {length}", window.len());
            return Err(Error::argument("initializer `STFT`", message));
        }
        if self.window.is_some() {
            let scale = match self.scaling {
                Some(Scaling::Density) => window.iter().map(|value| value * value).sum::<f64>().sqrt(),
                Some(Scaling::Spectrum) => window.iter().map(|value| value.abs()).sum(),
                None => 1.0,
            };
            window.iter_mut().for_each(|value| *value /= scale);
        }
        let period = 2.0 * (frequencies as f64 - 1.0);
        let wave: fn(f64) -> f64 = if self.side == Side::Real { f64::cos } else { f64::sin };
        filled(shape, |out| {
            let frames = out.chunks_exact_mut(frequencies.max(1)).zip(&window).zip(0u32..);
            for ((frame, weight), time) in frames {
                for (value, frequency) in frame.iter_mut().zip(0u32..) {
                    let angle = -2.0 * PI * f64::from(time) * f64::from(frequency) / period;
                    *value = (weight * wave(angle)) as f32;
                }
            }
        })
    }
}
