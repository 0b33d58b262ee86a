//! `Estimator`: what is fitted to samples, then asked about others.

use super::Rows;
use super::scores::{accuracy_score, r2_score};
use crate::{Error, Result, Tensor};

/// A model under the words of scikit-learn, for samples of type `X`: a [`Tensor`], or a table of columns.
///
/// [`cross_val_score`](super::cross_val_score) and searches over models know no more of a model than this.
///
/// ```
/// use cornu::preprocessing::{CrossValidation, Estimator, cross_val_score};
/// use cornu::{Result, Tensor};
///
/// /// Answers the mean of what it was fitted to.
/// struct Mean(f64);
///
/// impl Estimator<Tensor> for Mean {
///     fn fit(&mut self, _x: &Tensor, y: &Tensor) -> Result<()> {
///         self.0 = y.to_vec::<f64>().iter().sum::<f64>() / y.len() as f64;
///         Ok(())
///     }
///     fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
///         Ok(Tensor::full([x.row_count()], self.0))
///     }
///     fn is_classifier(&self) -> bool {
///         false
///     }
/// }
///
/// let y = Tensor::from([1.0, 3.0, 1.0, 3.0]);
/// let scores = cross_val_score(|| Ok(Mean(0.0)), &y, &y, CrossValidation::new().cv(2))?;
/// assert_eq!(scores, [0.0, 0.0]); // R² of always answering the mean
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Estimator<X: Rows> {
    /// Learns from samples with their targets, forgetting what it had learned.
    ///
    /// # Errors
    /// If they do not suit it.
    fn fit(&mut self, x: &X, y: &Tensor) -> Result<()>;

    /// Answers a target a sample: a class, as in the targets it was fitted to, or a number.
    ///
    /// # Errors
    /// If it is not fitted, or the samples do not suit it.
    fn predict(&mut self, x: &X) -> Result<Tensor>;

    /// Whether its answers are classes.
    fn is_classifier(&self) -> bool;

    /// Of each sample the probability of each class, `(n, classes)`.
    ///
    /// # Errors
    /// If it is not fitted, the samples do not suit it, or it knows no probabilities.
    fn predict_proba(&mut self, _x: &X) -> Result<Tensor> {
        Err(Error::model("the estimator knows no probabilities"))
    }

    /// How good its answers are, the more the better: the accuracy of classes, or R² of numbers.
    ///
    /// # Errors
    /// As [`Estimator::predict`].
    fn score(&mut self, x: &X, y: &Tensor) -> Result<f64> {
        let predicted = self.predict(x)?;
        if self.is_classifier() { accuracy_score(y, &predicted) } else { r2_score(y, &predicted) }
    }
}
