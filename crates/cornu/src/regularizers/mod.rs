//! Penalties on weights that are added to the loss.

mod l1;
mod l1_l2;
mod l2;
mod orthogonal_regularizer;

pub use l1::L1;
pub use l1_l2::L1L2;
pub use l2::L2;
pub use orthogonal_regularizer::{OrthogonalMode, OrthogonalRegularizer};

use std::sync::Arc;

use crate::graph::Var;
use crate::registry::{Configured, Family};
use crate::{Result, Tensor, eager};

/// A penalty on a weight.
///
/// ```
/// use cornu::Tensor;
/// use cornu::regularizers::{L2, Regularizer};
/// assert_eq!(L2::new(0.5).evaluate(&Tensor::from([1.0f32, -2.0]))?, Tensor::scalar(2.5f32));
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Regularizer: Configured {
    /// The penalty as a single number.
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g>;

    /// What is wrong with the arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the regularizer's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// The penalty on a tensor, outside of any model.
    ///
    /// # Errors
    /// If the tensor is not of a float type or its shape does not fit.
    fn evaluate(&self, weight: &Tensor) -> Result<Tensor> {
        eager::evaluate(&[weight], &|inputs| self.call(inputs[0]))
    }
}

/// The regularizer of this name with its default arguments, as `keras.regularizers.get`.
///
/// ```
/// use cornu::{Tensor, regularizers};
/// let penalty = regularizers::get("l2")?.evaluate(&Tensor::from([3.0f32, 4.0]))?;
/// assert_eq!(penalty, Tensor::scalar(0.25f32));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there is no such regularizer.
pub fn get(name: &str) -> Result<Arc<dyn Regularizer>> {
    <dyn Regularizer>::by_name(name)
}

crate::family! { Regularizer, "regularizer", "keras.regularizers", {
    L1 = "L1" ["l1"];
    L2 = "L2" ["l2"];
    L1L2 = "L1L2" ["l1_l2", "l1l2"];
    OrthogonalRegularizer = "OrthogonalRegularizer" ["orthogonal_regularizer"];
}
    fn check_arguments(&self) -> Result<(), String> {
        Regularizer::check_arguments(self)
    }
}

/// Refuses factors that would reward large weights or make the loss no number.
fn check_factor(name: &str, factor: f64) -> Result<(), String> {
    if factor.is_finite() && factor >= 0.0 {
        return Ok(());
    }
    Err(format!("`{name}` must be a non-negative finite number, got {factor}"))
}
