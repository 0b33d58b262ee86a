//! `gelu`: the Gaussian error linear unit.

use std::f64::consts::FRAC_1_SQRT_2;

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// `x` times the probability that a standard normal variate lies below it: `x * (1 + erf(x / √2)) / 2`, or
/// approximately `x * (1 + tanh(√(2/π) * (x + 0.044715 * x³))) / 2`.
///
/// Source: <https://keras.io/api/layers/activations/#gelu-function> and
/// [Hendrycks and Gimpel, 2016](https://arxiv.org/abs/1606.08415).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Gelu}};
/// let y = Gelu::new().approximate(true).evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 100.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Gelu {
    approximate: bool,
}

impl Gelu {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether `tanh` takes the place of the error function (default no).
        approximate: bool;
    }
}

impl Activation for Gelu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let probability = if self.approximate {
            ((x + x * x.square() * 0.044715) * SQRT_2_OVER_PI).tanh()
        } else {
            (x * FRAC_1_SQRT_2).erf()
        };
        x * 0.5 * (probability + 1.0)
    }
}
