//! `MaxNorm`: norms up to a bound.

use super::{Axes, Constraint, EPSILON};
use crate::graph::Var;
use crate::registry::Fields;

/// Weights whose norm exceeds `max_value` are scaled down to it.
///
/// In a `Dense` kernel `(inputs, units)` axis 0 gives each unit a norm of its own; in a `Conv2D` kernel
/// `(rows, columns, channels, filters)` the axes `[0, 1, 2]` do so for each filter.
///
/// Source: <https://keras.io/api/layers/constraints/#maxnorm-class>.
///
/// ```
/// use cornu::{Tensor, constraints::{Constraint, MaxNorm}};
/// let weight = MaxNorm::new().max_value(2.5).evaluate(&Tensor::from([[3.0f32], [4.0]]))?;
/// assert!((weight.to_vec::<f32>()[1] - 2.0).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct MaxNorm {
    max_value: f64,
    axis: Axes,
}

impl Default for MaxNorm {
    fn default() -> Self {
        MaxNorm { max_value: 2.0, axis: Axes::One(0) }
    }
}

impl MaxNorm {
    /// The constraint with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The largest norm (default 2).
        max_value: f64;
        /// The axes along which norms are taken (default 0).
        axis: into Axes;
    }
}

impl Constraint for MaxNorm {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let norm = self.axis.norm(weight);
        weight * (norm.clip(0.0, self.max_value) / (norm + EPSILON))
    }
}
