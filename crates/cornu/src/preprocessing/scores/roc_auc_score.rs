//! `roc_auc_score`: how well scores rank the samples of a class above the others.

use super::super::classes::Classes;
use crate::{Data, Error, Result, Tensor};

/// The area under the curve of true over false positives: the chance that a sample of the class has a higher score
/// than one of another.
///
/// Of two classes `y_score` is `(n,)` or `(n, 1)` and belongs to the greater one; of `k` classes it is `(n, k)`, a column
/// a class in sorted order, and the result is the mean over classes, each against all others (scikit-learn's
/// `multi_class="ovr"`).
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::roc_auc_score;
/// assert_eq!(roc_auc_score(&Tensor::from([0, 0, 1, 1]), &Tensor::from([0.1, 0.4, 0.35, 0.8]))?, 0.75);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many rows of scores as targets, not as many columns as classes, a score is NaN, or all targets
/// are of one class.
pub fn roc_auc_score(y_true: impl Into<Data>, y_score: &Tensor) -> Result<f64> {
    let wrong = |message: String| Error::argument("roc_auc_score", message);
    let y_true = y_true.into();
    let classes = Classes::of("roc_auc_score", &y_true)?;
    let (n, k) = (classes.of_rows.len(), classes.len());
    let width = y_score.row_len();
    if k < 2 {
        return Err(wrong("wants targets of at least two classes".into()));
    }
    let of_two = k == 2 && width == 1;
    if y_score.row_count() != n || y_score.rank() > 2 || !(of_two || width == k) {
        return Err(wrong(format!("{n} targets of {k} classes have scores of shape {}", y_score.to_shape())));
    }
    let scores = y_score.to_vec::<f64>();
    if scores.iter().any(|score| score.is_nan()) {
        return Err(wrong("a score is NaN".into()));
    }
    let area_of = |class: usize, column: usize| {
        let of_column = scores.iter().skip(column).step_by(width).copied();
        area(of_column.zip(classes.of_rows.iter().map(|&of| of == class)).collect())
    };
    Ok(match of_two {
        true => area_of(1, 0),
        false => (0..k).map(|class| area_of(class, class)).sum::<f64>() / k as f64,
    })
}

/// Of scores, each with whether it belongs to the class: the sum of the class' ranks, ties sharing theirs, tells the
/// area (Mann and Whitney).
fn area(mut scores: Vec<(f64, bool)>) -> f64 {
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut below) = (0.0, 0);
    for tied in scores.chunk_by(|a, b| a.0 == b.0) {
        let rank = below as f64 + (tied.len() as f64 + 1.0) / 2.0;
        ranks += rank * tied.iter().filter(|(_, of_class)| *of_class).count() as f64;
        below += tied.len();
    }
    let positive = scores.iter().filter(|(_, of_class)| *of_class).count() as f64;
    let negative = scores.len() as f64 - positive;
    (ranks - positive * (positive + 1.0) / 2.0) / (positive * negative)
}
