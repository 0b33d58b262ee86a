//! Regressions as networks of one layer.

use crate::Result;
use crate::layers::{Dense, Input};
use crate::models::{Model, Sequential};
use crate::optimizers::Adam;
use crate::training::Compile;

/// One layer of this many units behind `features` numbers, compiled.
fn one_layer(
    name: &str,
    features: usize,
    units: usize,
    activation: &str,
    loss: &str,
    metric: &str,
) -> Result<Model> {
    let layer = Dense::new(units).activation(activation).kernel_initializer("zeros");
    let mut model = Sequential::new().name(name).add(Input::new([features])).add(layer).into_model();
    model.compile(Compile::new().optimizer(Adam::new(0.05)).loss(loss).metrics([metric]))?;
    Ok(model)
}

/// `y = x·w + b`, fitted to the least squared error: Keras' `Dense(1)` under `"mse"`.
///
/// ```
/// use cornu::{Fit, Tensor, classic::linear_regression};
/// let x = Tensor::from([[-1.0f32], [0.0], [1.0], [2.0]]);
/// let y = Tensor::from([[-1.0f32], [1.0], [3.0], [5.0]]);
/// let mut model = linear_regression(1)?;
/// model.fit(&x, &y, Fit::new().epochs(400).verbose(0))?;
/// let line = model.get_weights()?;
/// assert!((line[0].item().unwrap() - 2.0).abs() < 0.01 && (line[1].item().unwrap() - 1.0).abs() < 0.01);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// None: its arguments are known to be good.
pub fn linear_regression(features: usize) -> Result<Model> {
    one_layer("linear_regression", features, 1, "linear", "mse", "mae")
}

/// The probability `1 / (1 + exp(-x·w - b))` of one class of two, fitted to the greatest likelihood: Keras'
/// `Dense(1, activation="sigmoid")` under `"binary_crossentropy"`.
///
/// ```
/// use cornu::{Evaluate, Fit, Tensor, classic::logistic_regression};
/// let x = Tensor::from([[0.0f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
/// let and = Tensor::from([[0.0f32], [0.0], [0.0], [1.0]]);
/// let mut model = logistic_regression(2)?;
/// model.fit(&x, &and, Fit::new().epochs(300).verbose(0))?;
/// assert_eq!(model.evaluate(&x, &and, Evaluate::new().verbose(0))?.get("accuracy"), Some(1.0));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`linear_regression`].
pub fn logistic_regression(features: usize) -> Result<Model> {
    one_layer("logistic_regression", features, 1, "sigmoid", "binary_crossentropy", "accuracy")
}

/// The probabilities of several classes: Keras' `Dense(classes, activation="softmax")` under
/// `"sparse_categorical_crossentropy"`.
///
/// ```
/// let model = cornu::classic::softmax_regression(4, 3)?;
/// assert_eq!(model.output_shape()?.to_string(), "(None, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`linear_regression`].
pub fn softmax_regression(features: usize, classes: usize) -> Result<Model> {
    one_layer(
        "softmax_regression",
        features,
        classes,
        "softmax",
        "sparse_categorical_crossentropy",
        "accuracy",
    )
}
