//! `CategoricalGeneralizedCrossEntropy`.

use super::define::{loss, loss_base};
use super::sparse_categorical_crossentropy::class_indices;
use super::{Loss, Targets};
use crate::graph::Var;

loss! {
    /// `(1 - y_pred[y_true]^q) / q` along the last axis: between the crossentropy, which it nears as `q` nears 0,
    /// and the absolute error, so that wrong labels do less harm. Targets are class numbers, predictions
    /// probabilities.
    ///
    /// Keras exports the class, but knows no string for it.
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/#categoricalgeneralizedcrossentropy-class>, after
    /// [Zhang and Sabuncu 2018](https://arxiv.org/abs/1805.07836).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CategoricalGeneralizedCrossEntropy, Loss};
    /// let (y_true, y_pred) = (Tensor::from([1i64]), Tensor::from([[0.75f32, 0.25]]));
    /// let loss = CategoricalGeneralizedCrossEntropy::new().evaluate(&y_true, &y_pred, None)?;
    /// assert_eq!(loss, Tensor::scalar(1.0f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CategoricalGeneralizedCrossEntropy, "categorical_generalized_cross_entropy" { q: f64 = 0.5; }
}

impl CategoricalGeneralizedCrossEntropy {
    crate::setters! {
        /// How little wrong labels count, between 0 and 1.
        q: f64;
    }
}

impl Loss for CategoricalGeneralizedCrossEntropy {
    loss_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.q > 0.0 && self.q < 1.0 {
            Ok(())
        } else {
            Err(format!("`q` must lie between 0 and 1, got {}", self.q))
        }
    }

    fn targets(&self) -> Targets {
        Targets::ClassIndices { ignored: None }
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let classes = y_pred.shape().last().unwrap_or(1);
        let target = class_indices(y_true, y_pred).one_hot(classes, y_pred.dtype());
        let right = (target * y_pred).sum(&[-1], false);
        (1.0 - right.pow(self.q)) / self.q
    }
}
