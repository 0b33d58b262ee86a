//! `celu`: the exponential linear unit with a continuous derivative.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `max(x, 0) + alpha * (e^(min(x, 0) / alpha) - 1)`.
///
/// At 0 exactly both halves pass the gradient on, which doubles it, as in Keras.
///
/// Source: <https://keras.io/api/layers/activations/#celu-function> and
/// [Barron, 2017](https://arxiv.org/abs/1704.07483).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Celu}};
/// let y = Celu::new().alpha(0.5).evaluate(&Tensor::from([-100.0f32, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-0.5, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Celu {
    alpha: f64,
}

impl Default for Celu {
    fn default() -> Self {
        Celu { alpha: 1.0 }
    }
}

impl Celu {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Minus the value the function falls to (default 1).
        alpha: f64;
    }
}

impl Activation for Celu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.maximum(0.0) + (x.minimum(0.0) / self.alpha).expm1() * self.alpha
    }
}
