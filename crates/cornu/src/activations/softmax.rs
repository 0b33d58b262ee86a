//! `softmax`: probabilities from logits.

use super::Activation;
use crate::graph::Var;
use crate::registry::{Config, Configured, Fields};

/// `e^x` divided by its sum along an axis.
///
/// Losses recognise it and compute with the logits instead, which is exact where a probability rounds to 0.
///
/// Source: <https://keras.io/api/layers/activations/#softmax-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Softmax}};
/// let y = Softmax::new().evaluate(&Tensor::from([[0.0f32, 0.0], [100.0, -100.0]]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.5, 0.5, 1.0, 0.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Softmax {
    axis: isize,
}

impl Default for Softmax {
    fn default() -> Self {
        Softmax { axis: -1 }
    }
}

impl Softmax {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The axis along which values sum to 1 (default the last).
        axis: isize;
    }
}

impl Activation for Softmax {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.softmax(self.axis)
    }

    fn as_layer(&self) -> Option<(&'static str, Config)> {
        Some(("Softmax", self.config()))
    }
}
