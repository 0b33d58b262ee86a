//! `Huber`.

use super::Loss;
use super::define::{loss, loss_base};
use super::ranks::paired;
use crate::graph::Var;

loss! {
    /// The mean over the last axis of `e²/2` where the error `e = y_pred - y_true` is at most `delta`, and of
    /// `delta·|e| - delta²/2` beyond.
    ///
    /// Keras leaves `delta` out of the config, and so forgets it when a model is saved; here it is written where it
    /// is not 1, and Keras reads it.
    ///
    /// Source: <https://keras.io/api/losses/regression_losses/#huber-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Huber, Loss};
    /// let (y_true, y_pred) = (Tensor::from([[0.0f32, 0.0]]), Tensor::from([[1.0f32, 4.0]]));
    /// assert_eq!(Huber::new().delta(2.0).evaluate(&y_true, &y_pred, None)?, Tensor::scalar(3.25f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Huber, "huber_loss" {
        #[fields(omit_if = is_one)]
        delta: f64 = 1.0;
    }
}

impl Huber {
    crate::setters! {
        /// The error up to which the loss is quadratic.
        delta: f64;
    }
}

fn is_one(delta: &f64) -> bool {
    *delta == 1.0
}

impl Loss for Huber {
    loss_base!();

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = paired(y_true, y_pred);
        let error = y_pred - y_true;
        let (size, delta) = (error.abs(), self.delta);
        let linear = size * delta - 0.5 * delta * delta;
        size.less_equal(delta).select(error.square() * 0.5, linear).mean(&[-1], false)
    }
}
