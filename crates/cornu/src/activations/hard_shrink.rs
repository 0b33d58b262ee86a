//! `hard_shrink`: arguments near 0 made 0.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x` where `|x| > threshold`, else 0.
///
/// Source: <https://keras.io/api/layers/activations/#hard_shrink-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, HardShrink}};
/// let y = HardShrink::new().evaluate(&Tensor::from([-2.5f32, 0.25, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-2.5, 0.0, 3.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct HardShrink {
    threshold: f64,
}

impl Default for HardShrink {
    fn default() -> Self {
        HardShrink { threshold: 0.5 }
    }
}

impl HardShrink {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The largest magnitude made 0 (default 0.5).
        threshold: f64;
    }
}

impl Activation for HardShrink {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.abs().greater(self.threshold).select(x, 0.0)
    }
}
