//! Models under scikit-learn's words.

mod keras_classifier;
mod keras_estimator;
mod keras_regressor;

pub use keras_classifier::KerasClassifier;
pub use keras_regressor::KerasRegressor;

use cornu::preprocessing::Estimator;
use cornu::{Result, Tensor};

use crate::Values;

/// An estimator with parameters that a search can set: scikit-learn's `get_params`, `set_params` and `clone`.
pub trait Tunable: Estimator<Tensor> + Send + Sync + Sized {
    /// The parameters that are set.
    fn get_params(&self) -> Values;

    /// Sets parameters.
    ///
    /// # Errors
    /// If one is unknown or cannot have its value.
    fn set_params(&mut self, params: &Values) -> Result<()>;

    /// An estimator of the same parameters that has seen nothing.
    fn unfitted(&self) -> Self;
}
