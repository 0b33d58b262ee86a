//! `elu`: the exponential linear unit.

use super::Activation;
use crate::graph::Var;
use crate::registry::{Config, Configured, Fields};

/// `x` above 0 and `alpha * (e^x - 1)` below.
///
/// Source: <https://keras.io/api/layers/activations/#elu-function> and
/// [Clevert et al., 2016](https://arxiv.org/abs/1511.07289).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Elu}};
/// let y = Elu::new().alpha(0.5).evaluate(&Tensor::from([-100.0f32, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-0.5, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Elu {
    alpha: f64,
}

impl Default for Elu {
    fn default() -> Self {
        Elu { alpha: 1.0 }
    }
}

impl Elu {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Minus the value the function falls to (default 1).
        alpha: f64;
    }
}

impl Activation for Elu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.greater(0.0).select(x, x.minimum(0.0).expm1() * self.alpha)
    }

    fn as_layer(&self) -> Option<(&'static str, Config)> {
        Some(("ELU", self.config()))
    }
}
