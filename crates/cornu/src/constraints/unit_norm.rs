//! `UnitNorm`: norms of 1.

use super::{Axes, Constraint, EPSILON};
use crate::graph::Var;
use crate::registry::Fields;

/// Weights are divided by their norm.
///
/// In a `Dense` kernel `(inputs, units)` axis 0 gives each unit a norm of its own; in a `Conv2D` kernel
/// `(rows, columns, channels, filters)` the axes `[0, 1, 2]` do so for each filter.
///
/// Source: <https://keras.io/api/layers/constraints/#unitnorm-class>.
///
/// ```
/// use cornu::{Tensor, constraints::{Constraint, UnitNorm}};
/// let weight = UnitNorm::new().evaluate(&Tensor::from([[3.0f32], [4.0]]))?;
/// assert!((weight.to_vec::<f32>()[1] - 0.8).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct UnitNorm {
    axis: Axes,
}

impl Default for UnitNorm {
    fn default() -> Self {
        UnitNorm { axis: Axes::One(0) }
    }
}

impl UnitNorm {
    /// The constraint with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The axes along which norms are taken (default 0).
        axis: into Axes;
    }
}

impl Constraint for UnitNorm {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let norm = self.axis.norm(weight);
        weight / (norm + EPSILON)
    }
}
