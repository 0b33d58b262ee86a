//! `accuracy_score`: the part of answers that are right.

use super::labels::Labels;
use crate::{Data, Result};

/// The part of the samples whose answer is their class.
///
/// Labels are numbers or strings, `(n,)` or `(n, 1)`. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html>.
///
/// ```
/// use cornu::preprocessing::accuracy_score;
/// assert_eq!(accuracy_score(["cat", "dog", "dog", "cat"], ["cat", "dog", "cat", "cat"])?, 0.75);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many answers as targets, or none.
pub fn accuracy_score(y_true: impl Into<Data>, y_pred: impl Into<Data>) -> Result<f64> {
    let labels = Labels::of("accuracy_score", &y_true.into(), &y_pred.into())?;
    let right = labels.pairs.iter().filter(|(truth, answer)| truth == answer).count();
    Ok(right as f64 / labels.pairs.len() as f64)
}
