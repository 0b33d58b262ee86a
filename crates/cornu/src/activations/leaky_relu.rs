//! `leaky_relu`: `relu` with a slope below 0.

use super::Activation;
use crate::graph::Var;
use crate::registry::{Config, Configured, Fields};

/// `x` above 0 and `negative_slope * x` below.
///
/// Source: <https://keras.io/api/layers/activations/#leaky_relu-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, LeakyRelu}};
/// let y = LeakyRelu::new().negative_slope(0.5).evaluate(&Tensor::from([-2.0f32, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-1.0, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LeakyRelu {
    negative_slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        LeakyRelu { negative_slope: 0.2 }
    }
}

impl LeakyRelu {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The slope below 0 (default 0.2).
        negative_slope: f64;
    }
}

impl Activation for LeakyRelu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.greater(0.0).select(x, x * self.negative_slope)
    }

    fn as_layer(&self) -> Option<(&'static str, Config)> {
        (self.negative_slope >= 0.0).then(|| ("LeakyReLU", self.config()))
    }
}
