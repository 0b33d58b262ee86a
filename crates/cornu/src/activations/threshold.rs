//! `threshold`: one value for all arguments up to a limit.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x` where `x > threshold`, else `default_value`.
///
/// Neither argument has a default, so that the name `"threshold"` alone is refused.
///
/// Source: <https://keras.io/api/layers/activations/#threshold-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Threshold}};
/// let y = Threshold::new(1.0, -7.0).evaluate(&Tensor::from([0.5f32, 1.0, 2.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-7.0, -7.0, 2.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = Threshold::new(0.0, 0.0))]
pub struct Threshold {
    #[fields(required)]
    threshold: f64,
    #[fields(required)]
    default_value: f64,
}

impl Threshold {
    /// The function with its limit and the value up to there.
    pub fn new(threshold: f64, default_value: f64) -> Self {
        Threshold { threshold, default_value }
    }
}

impl Activation for Threshold {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.greater(self.threshold).select(x, self.default_value)
    }
}
