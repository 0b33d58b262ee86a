//! `KerasRegressor`: a model of numbers under scikit-learn's words.

use cornu::preprocessing::Estimator;
use cornu::{Result, Tensor};

use super::Tunable;
use super::keras_estimator::{KerasEstimator, keras_estimator_methods};
use crate::Values;

/// A model whose outputs are numbers.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::preprocessing::Estimator;
/// use cornu::{Compile, Sequential, Tensor, optimizers::SGD};
/// use cornu_tuner::{Float, KerasRegressor};
/// let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0]]);
/// let y = Tensor::from([1.0f32, 3.0, 5.0, 7.0]);
/// let mut regressor = KerasRegressor::new(|hp| {
///     let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
///     let rate = hp.float("learning_rate", Float::reciprocal(1e-4, 1.0));
///     model.compile(Compile::new().optimizer(SGD::new(rate)).loss("mse"))?;
///     Ok(model)
/// })
/// .param("learning_rate", 0.1)?
/// .epochs(100);
/// regressor.fit(&x, &y)?;
/// assert!(regressor.score(&x, &y)? > 0.99);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://adriangb.com/scikeras/stable/generated/scikeras.wrappers.KerasRegressor.html>.
pub struct KerasRegressor {
    keras: KerasEstimator,
}

impl KerasRegressor {
    keras_estimator_methods!();
}

impl From<KerasEstimator> for KerasRegressor {
    fn from(keras: KerasEstimator) -> Self {
        KerasRegressor { keras }
    }
}

impl Estimator<Tensor> for KerasRegressor {
    fn fit(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        self.keras.fit(x, |_| Ok(y.clone()))
    }

    /// A number a sample, `(n,)`; `(n, k)` where the model has several outputs.
    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        let outputs = self.keras.outputs("regressor", x)?;
        if outputs.row_len() == 1 { Ok(outputs.reshape([outputs.len()])?) } else { Ok(outputs) }
    }

    fn is_classifier(&self) -> bool {
        false
    }
}

impl Tunable for KerasRegressor {
    fn get_params(&self) -> Values {
        self.keras.get_params()
    }

    fn set_params(&mut self, params: &Values) -> Result<()> {
        self.keras.set_params(params)
    }

    fn unfitted(&self) -> Self {
        self.keras.unfitted().into()
    }
}
