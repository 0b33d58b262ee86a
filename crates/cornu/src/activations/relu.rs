//! `relu`: the rectified linear unit.

use super::{Activation, LeakyRelu, Relu6};
use crate::graph::Var;
use crate::registry::{Config, Configured, Fields};

/// `max(x, 0)` with its three arguments: `x` where `threshold < x < max_value`, `max_value` above,
/// `negative_slope * (x - threshold)` below.
///
/// Source: <https://keras.io/api/layers/activations/#relu-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Relu}};
/// let clipped = Relu::new().max_value(2.0).negative_slope(0.5);
/// let y = clipped.evaluate(&Tensor::from([-4.0f32, 1.0, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-2.0, 1.0, 2.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Relu {
    max_value: Option<f64>,
    negative_slope: f64,
    threshold: f64,
}

impl Relu {
    /// The plain `max(x, 0)`.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The slope below the threshold (default 0).
        negative_slope: f64;
        /// The largest value the function takes (default none).
        max_value: some f64;
        /// Where the function begins to rise (default 0).
        threshold: f64;
    }
}

impl Activation for Relu {
    /// The cases are Keras', for their gradients differ where the pieces meet.
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let Relu { negative_slope, max_value, threshold } = *self;
        if negative_slope != 0.0 && max_value.is_none() && threshold == 0.0 {
            return LeakyRelu::new().negative_slope(negative_slope).call(x);
        }
        let rising = || if threshold == 0.0 { x.relu() } else { x.greater(threshold).select(x, 0.0) };
        let positive = match max_value {
            Some(6.0) if threshold == 0.0 => Relu6::new().call(x),
            Some(largest) => rising().clip(0.0, largest),
            None => rising(),
        };
        if negative_slope == 0.0 {
            return positive;
        }
        positive - (threshold - x).relu() * negative_slope
    }

    fn as_layer(&self) -> Option<(&'static str, Config)> {
        let positive = [self.negative_slope, self.threshold, self.max_value.unwrap_or(0.0)];
        positive.iter().all(|argument| *argument >= 0.0).then(|| ("ReLU", self.config()))
    }
}
