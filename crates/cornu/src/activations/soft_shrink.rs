//! `soft_shrink`: arguments moved towards 0.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x` moved towards 0 by `threshold`, and 0 where that would pass it.
///
/// Source: <https://keras.io/api/layers/activations/#soft_shrink-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, SoftShrink}};
/// let y = SoftShrink::new().threshold(1.0).evaluate(&Tensor::from([-2.5f32, 0.5, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-1.5, 0.0, 2.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct SoftShrink {
    threshold: f64,
}

impl Default for SoftShrink {
    fn default() -> Self {
        SoftShrink { threshold: 0.5 }
    }
}

impl SoftShrink {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// How far values move (default 0.5).
        threshold: f64;
    }
}

impl Activation for SoftShrink {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let threshold = self.threshold;
        let below = x.less(-threshold).select(x + threshold, 0.0);
        x.greater(threshold).select(x - threshold, below)
    }
}
