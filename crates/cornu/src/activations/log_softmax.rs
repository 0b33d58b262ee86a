//! `log_softmax`: the logarithm of `softmax`.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x - ln(sum(e^x))` along an axis.
///
/// Source: <https://keras.io/api/layers/activations/#log_softmax-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, LogSoftmax}};
/// let y = LogSoftmax::new().evaluate(&Tensor::from([[0.0f32, -200.0]]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, -200.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LogSoftmax {
    axis: isize,
}

impl Default for LogSoftmax {
    fn default() -> Self {
        LogSoftmax { axis: -1 }
    }
}

impl LogSoftmax {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The axis along which the exponentials sum to 1 (default the last).
        axis: isize;
    }
}

impl Activation for LogSoftmax {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.log_softmax(self.axis)
    }
}
