//! `MinMaxNorm`: norms between two bounds.

use super::{Axes, Constraint, EPSILON};
use crate::graph::Var;
use crate::registry::Fields;

/// Weights are scaled to the norm `(1 - rate) * norm + rate * clip(norm, min_value, max_value)`.
///
/// In a `Dense` kernel `(inputs, units)` axis 0 gives each unit a norm of its own; in a `Conv2D` kernel
/// `(rows, columns, channels, filters)` the axes `[0, 1, 2]` do so for each filter.
///
/// Source: <https://keras.io/api/layers/constraints/#minmaxnorm-class>.
///
/// ```
/// use cornu::{Tensor, constraints::{Constraint, MinMaxNorm}};
/// let weight = MinMaxNorm::new().min_value(10.0).max_value(20.0).evaluate(&Tensor::from([[3.0f32], [4.0]]))?;
/// assert!((weight.to_vec::<f32>()[1] - 8.0).abs() < 1e-5);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct MinMaxNorm {
    min_value: f64,
    max_value: f64,
    rate: f64,
    axis: Axes,
}

impl Default for MinMaxNorm {
    fn default() -> Self {
        MinMaxNorm { min_value: 0.0, max_value: 1.0, rate: 1.0, axis: Axes::One(0) }
    }
}

impl MinMaxNorm {
    /// The constraint with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The smallest norm (default 0).
        min_value: f64;
        /// The largest norm (default 1).
        max_value: f64;
        /// How much of the way to the bound one update goes: 1 is all of it (default 1).
        rate: f64;
        /// The axes along which norms are taken (default 0).
        axis: into Axes;
    }
}

impl Constraint for MinMaxNorm {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let norm = self.axis.norm(weight);
        let bounded = norm.clip(self.min_value, self.max_value) * self.rate;
        let desired = bounded + norm * (1.0 - self.rate);
        weight * (desired / (norm + EPSILON))
    }
}
