//! `Circle`.

use super::define::{loss, loss_base};
use super::ranks::squeeze_last;
use super::{Loss, Targets};
use crate::DType;
use crate::graph::Var;

/// The logarithm of nothing, finite so that its gradients are.
const LOG_ZERO: f64 = -1e30;

loss! {
    /// Draws embeddings of one label together and those of different labels apart, each pair the harder the further
    /// it is from where it should be: `softplus(logsumexp(pulls) + logsumexp(pushes))` for each sample against all
    /// others of the batch.
    ///
    /// Predictions are embeddings of length 1, targets one integer label a sample. Samples whose loss is 0, such as
    /// those without a second of their label, do not count in the mean.
    ///
    /// Source: <https://keras.io/api/losses/>, `keras.losses.Circle`, after
    /// [Sun et al. 2020](https://arxiv.org/abs/2002.10857).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Circle, Loss};
    /// let embeddings = Tensor::from([[1.0f32, 0.0], [1.0, 0.0], [-1.0, 0.0]]);
    /// let loss = Circle::new().evaluate(&Tensor::from([0i64, 0, 1]), &embeddings, None)?;
    /// assert!(loss.item().is_some_and(|loss| loss < 1e-5));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Circle, "circle" {
        gamma: f64 = 80.0;
        margin: f64 = 0.4;
        remove_diagonal: bool = true;
    }
}

impl Circle {
    crate::setters! {
        /// The scale of pulls and pushes.
        gamma: f64;
        /// How much closer than needed those of one label shall be, and how much further apart the others.
        margin: f64;
        /// Whether a sample is not counted as a second one of its own label.
        remove_diagonal: bool;
    }
}

impl Loss for Circle {
    loss_base!();

    fn targets(&self) -> Targets {
        Targets::Labels
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let labels = if y_true.rank() > 1 { squeeze_last(y_true) } else { y_true }.cast(DType::I64);
        let alike = labels.expand_dims(1).equal(labels.expand_dims(0));
        let other = alike.logical_not();
        let distance = (1.0 - y_pred.matmul_with(false, y_pred, true)).maximum(0.0);
        let (gamma, margin) = (self.gamma, self.margin);
        let pull = (distance + margin).maximum(0.0) * (margin - distance) * -gamma;
        let push = (1.0 + margin - distance).maximum(0.0) * (1.0 - margin - distance) * gamma;
        let pulled = if self.remove_diagonal { alike.logical_and(off_diagonal(distance)) } else { alike };
        (log_sum_exp(pulled, pull) + log_sum_exp(other, push)).softplus()
    }

    fn mask<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Option<Var<'g>> {
        Some(self.call(y_true, y_pred).greater(0.0))
    }
}

/// Whether an element of this square matrix stands apart from its diagonal.
fn off_diagonal(matrix: Var<'_>) -> Var<'_> {
    let index = |axis| matrix.builder().iota(matrix.shape(), axis);
    index(0).not_equal(index(1))
}

/// The logarithm of the sum of `e^value` along each row, of the values that count.
fn log_sum_exp<'g>(counts: Var<'g>, values: Var<'g>) -> Var<'g> {
    let values = counts.select(values, LOG_ZERO);
    let largest = values.max(&[1], true).stop_gradient();
    (values - largest).exp().sum(&[1], false).ln() + squeeze_last(largest)
}
