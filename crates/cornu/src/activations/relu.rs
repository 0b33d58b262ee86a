//! `relu`: the rectified linear unit.

use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::Var;

/// `max(x, threshold)` with its three arguments: `x` where `threshold <= x < max_value`,
/// `max_value` above, `negative_slope * (x - threshold)` below.
///
/// Source: <https://keras.io/api/layers/activations/#relu-function>.
///
/// ```
/// use cornu::{activations::Relu, layers::Dense};
/// let clipped = Dense::new(8).activation(Relu::new().max_value(6.0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relu {
    negative_slope: f64,
    max_value: Option<f64>,
    threshold: f64,
}

impl Default for Relu {
    fn default() -> Self {
        Relu { negative_slope: 0.0, max_value: None, threshold: 0.0 }
    }
}

impl Relu {
    /// The plain `max(x, 0)`.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The slope below the threshold.
        negative_slope: f64;
        /// The largest value the function takes.
        max_value: some f64;
        /// Where the function begins to rise.
        threshold: f64;
    }
}

impl Activation for Relu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let Relu { negative_slope, max_value, threshold } = *self;
        let positive = if threshold == 0.0 { x.relu() } else { x.greater(threshold).select(x, 0.0) };
        let positive = max_value.map_or(positive, |largest| positive.minimum(largest));
        if negative_slope == 0.0 {
            return positive;
        }
        positive - (threshold - x).relu() * negative_slope
    }
}
