//! How far numbers lie from those wanted.

use crate::{Error, Result, Tensor};

/// Targets and answers by column: one output, `(n,)` or `(n, 1)`, or several, `(n, k)`.
fn columns(what: &str, y_true: &Tensor, y_pred: &Tensor) -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
    let width = y_true.row_len();
    let flat = |y: &Tensor| y.rank() <= 2 && y.rank() > 0;
    if !flat(y_true) || !flat(y_pred) || y_true.row_count() != y_pred.row_count() || width != y_pred.row_len()
    {
        let (wanted, got) = (y_true.to_shape(), y_pred.to_shape());
        return Err(Error::argument(what, format!("targets of shape {wanted} have answers of shape {got}")));
    }
    if y_true.is_empty() {
        return Err(Error::argument(what, "there are no targets"));
    }
    let (truth, answers) = (y_true.to_vec::<f64>(), y_pred.to_vec::<f64>());
    let column = |values: &[f64], at: usize| values.iter().skip(at).step_by(width).copied().collect();
    Ok((0..width).map(|at| (column(&truth, at), column(&answers, at))).collect())
}

/// The mean over outputs of the mean over samples of a distance.
fn mean_distance(what: &str, y_true: &Tensor, y_pred: &Tensor, distance: fn(f64) -> f64) -> Result<Vec<f64>> {
    let of = |(truth, answers): (Vec<f64>, Vec<f64>)| {
        truth.iter().zip(&answers).map(|(t, a)| distance(t - a)).sum::<f64>() / truth.len() as f64
    };
    Ok(columns(what, y_true, y_pred)?.into_iter().map(of).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of squared differences, over samples and outputs.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_squared_error.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::mean_squared_error;
/// assert_eq!(mean_squared_error(&Tensor::from([3.0, -0.5, 2.0, 7.0]), &Tensor::from([2.5, 0.0, 2.0, 8.0]))?, 0.375);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the shapes differ, or there are no targets.
pub fn mean_squared_error(y_true: &Tensor, y_pred: &Tensor) -> Result<f64> {
    Ok(mean(&mean_distance("mean_squared_error", y_true, y_pred, |d| d * d)?))
}

/// The root of [`mean_squared_error`] of each output; their mean.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_error.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::root_mean_squared_error;
/// assert_eq!(root_mean_squared_error(&Tensor::from([1.0, 5.0]), &Tensor::from([4.0, 8.0]))?, 3.0);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`mean_squared_error`].
pub fn root_mean_squared_error(y_true: &Tensor, y_pred: &Tensor) -> Result<f64> {
    let squares = mean_distance("root_mean_squared_error", y_true, y_pred, |d| d * d)?;
    Ok(mean(&squares.into_iter().map(f64::sqrt).collect::<Vec<_>>()))
}

/// The mean of differences without their sign, over samples and outputs.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_error.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::mean_absolute_error;
/// assert_eq!(mean_absolute_error(&Tensor::from([3.0, -0.5, 2.0, 7.0]), &Tensor::from([2.5, 0.0, 2.0, 8.0]))?, 0.5);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`mean_squared_error`].
pub fn mean_absolute_error(y_true: &Tensor, y_pred: &Tensor) -> Result<f64> {
    Ok(mean(&mean_distance("mean_absolute_error", y_true, y_pred, f64::abs)?))
}

/// R², the part of the targets' variance that the answers explain: 1 at best, 0 for the mean; the mean over outputs.
///
/// For targets that are all alike it is 1 where the answers are right and 0 elsewhere. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::r2_score;
/// let r2 = r2_score(&Tensor::from([3.0, -0.5, 2.0, 7.0]), &Tensor::from([2.5, 0.0, 2.0, 8.0]))?;
/// assert!((r2 - 0.9486081370449679).abs() < 1e-12);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`mean_squared_error`].
pub fn r2_score(y_true: &Tensor, y_pred: &Tensor) -> Result<f64> {
    let of = |(truth, answers): (Vec<f64>, Vec<f64>)| {
        let center = mean(&truth);
        let total: f64 = truth.iter().map(|t| (t - center).powi(2)).sum();
        let rest: f64 = truth.iter().zip(&answers).map(|(t, a)| (t - a).powi(2)).sum();
        match (rest == 0.0, total == 0.0) {
            (true, _) => 1.0,
            (false, true) => 0.0,
            (false, false) => 1.0 - rest / total,
        }
    };
    Ok(mean(&columns("r2_score", y_true, y_pred)?.into_iter().map(of).collect::<Vec<f64>>()))
}
