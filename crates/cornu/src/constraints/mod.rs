//! Projections of weights after each update.

mod axes;
mod max_norm;
mod min_max_norm;
mod non_neg;
mod unit_norm;

pub use axes::Axes;
pub use max_norm::MaxNorm;
pub use min_max_norm::MinMaxNorm;
pub use non_neg::NonNeg;
pub use unit_norm::UnitNorm;

use std::sync::Arc;

use crate::graph::Var;
use crate::registry::{Configured, Family};
use crate::{Result, Tensor, eager};

/// Added to norms before dividing by them: `keras.epsilon()`.
const EPSILON: f64 = 1e-7;

/// A projection applied to a weight after each update.
///
/// ```
/// use cornu::Tensor;
/// use cornu::constraints::{Constraint, NonNeg};
/// assert_eq!(NonNeg::new().evaluate(&Tensor::from([1.0f32, -2.0]))?, Tensor::from([1.0f32, 0.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Constraint: Configured {
    /// The projected weight.
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g>;

    /// The projection of a tensor, outside of any model.
    ///
    /// # Errors
    /// If the tensor is not of a float type or has not the axes.
    fn evaluate(&self, weight: &Tensor) -> Result<Tensor> {
        eager::evaluate(&[weight], &|inputs| self.call(inputs[0]))
    }
}

/// The constraint of this name with its default arguments, as `keras.constraints.get`.
///
/// ```
/// use cornu::{Tensor, constraints};
/// let weight = constraints::get("non_neg")?.evaluate(&Tensor::from([-3.0f32, 4.0]))?;
/// assert_eq!(weight, Tensor::from([0.0f32, 4.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there is no such constraint.
pub fn get(name: &str) -> Result<Arc<dyn Constraint>> {
    <dyn Constraint>::by_name(name)
}

crate::family! { Constraint, "constraint", "keras.constraints", {
    MaxNorm = "MaxNorm" ["max_norm"];
    MinMaxNorm = "MinMaxNorm" ["min_max_norm"];
    NonNeg = "NonNeg" ["non_neg"];
    UnitNorm = "UnitNorm" ["unit_norm"];
}}
