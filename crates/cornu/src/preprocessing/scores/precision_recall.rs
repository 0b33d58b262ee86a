//! Precision, recall and their mean F1, by class or over classes.

use super::super::classes::names;
use super::labels::Labels;
use crate::{Data, Error, Result};

/// How the scores of classes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Average {
    /// That of class 1 of the classes 0 and 1.
    #[default]
    Binary,
    /// That of all samples counted together.
    Micro,
    /// The mean over classes.
    Macro,
    /// The mean over classes, each counting its samples.
    Weighted,
}

/// The scores of one class, or of several together. What would be divided by 0 is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClassScores {
    /// Of the samples given the class, the part that has it.
    pub precision: f64,
    /// Of the samples that have the class, the part that was given it.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1_score: f64,
    /// How many samples have the class.
    pub support: usize,
}

impl ClassScores {
    fn of(right: usize, given: usize, support: usize) -> Self {
        let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
        ClassScores {
            precision: ratio(right, given),
            recall: ratio(right, support),
            f1_score: ratio(2 * right, given + support),
            support,
        }
    }
}

/// The scores of each class, classes sorted.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_fscore_support.html>.
///
/// ```
/// use cornu::preprocessing::precision_recall_fscore_support;
/// let scores = precision_recall_fscore_support(["a", "a", "b", "b"], ["a", "b", "b", "b"])?;
/// assert_eq!((scores[0].precision, scores[0].recall, scores[1].support), (1.0, 0.5, 2));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many answers as targets, or none.
pub fn precision_recall_fscore_support(
    y_true: impl Into<Data>,
    y_pred: impl Into<Data>,
) -> Result<Vec<ClassScores>> {
    let labels = Labels::of("precision_recall_fscore_support", &y_true.into(), &y_pred.into())?;
    Ok(by_class(&labels))
}

/// The scores of each class that occurs.
pub(super) fn by_class(labels: &Labels) -> Vec<ClassScores> {
    let counts = labels.counts();
    (0..counts.len())
        .map(|class| {
            let given = counts.iter().map(|row| row[class]).sum();
            ClassScores::of(counts[class][class], given, counts[class].iter().sum())
        })
        .collect()
}

/// The scores of classes as one.
pub(super) fn averaged(labels: &Labels, average: Average) -> Result<ClassScores> {
    let scores = by_class(labels);
    let n = labels.pairs.len();
    let mean = |weight: &dyn Fn(&ClassScores) -> f64| {
        let of = |value: fn(&ClassScores) -> f64| scores.iter().map(|s| value(s) * weight(s)).sum::<f64>();
        ClassScores {
            precision: of(|s| s.precision),
            recall: of(|s| s.recall),
            f1_score: of(|s| s.f1_score),
            support: n,
        }
    };
    match average {
        Average::Macro => Ok(mean(&|_| 1.0 / scores.len() as f64)),
        Average::Weighted => Ok(mean(&|scores| scores.support as f64 / n as f64)),
        Average::Micro => {
            let right = labels.pairs.iter().filter(|(truth, answer)| truth == answer).count();
            Ok(ClassScores::of(right, n, n))
        }
        Average::Binary => {
            let names = names(&labels.values);
            let known = |name: &String| ["0", "1", "0.0", "1.0", "-1", "-1.0"].contains(&name.as_str());
            if names.len() > 2 || !names.iter().all(known) {
                return Err(Error::argument(
                    "average",
                    format!("`Binary` wants the classes 0 and 1, got {}: choose another", names.join(", ")),
                ));
            }
            let positive = names.iter().position(|name| name == "1" || name == "1.0");
            Ok(positive.map_or_else(ClassScores::default, |at| scores[at]))
        }
    }
}

fn score(
    what: &str,
    y_true: &Data,
    y_pred: &Data,
    average: Average,
    value: fn(ClassScores) -> f64,
) -> Result<f64> {
    averaged(&Labels::of(what, y_true, y_pred)?, average).map(value)
}

/// Of the samples given a class, the part that has it.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_score.html>.
///
/// ```
/// use cornu::preprocessing::{Average, precision_score};
/// assert_eq!(precision_score(["a", "a", "b", "b"], ["a", "a", "a", "b"], Average::Micro)?, 0.75);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many answers as targets, or none; or if `Average::Binary` is asked of other classes than 0 and 1.
pub fn precision_score(y_true: impl Into<Data>, y_pred: impl Into<Data>, average: Average) -> Result<f64> {
    score("precision_score", &y_true.into(), &y_pred.into(), average, |scores| scores.precision)
}

/// Of the samples that have a class, the part that was given it.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.recall_score.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{Average, recall_score};
/// let (y_true, y_pred) = (Tensor::from([0, 1, 1, 1]), Tensor::from([0, 1, 0, 0]));
/// assert_eq!(recall_score(&y_true, &y_pred, Average::Binary)?, 1.0 / 3.0);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`precision_score`].
pub fn recall_score(y_true: impl Into<Data>, y_pred: impl Into<Data>, average: Average) -> Result<f64> {
    score("recall_score", &y_true.into(), &y_pred.into(), average, |scores| scores.recall)
}

/// The harmonic mean of precision and recall.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{Average, f1_score};
/// let (y_true, y_pred) = (Tensor::from([0, 1, 1, 1]), Tensor::from([0, 1, 0, 0]));
/// assert_eq!(f1_score(&y_true, &y_pred, Average::Binary)?, 0.5);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`precision_score`].
pub fn f1_score(y_true: impl Into<Data>, y_pred: impl Into<Data>, average: Average) -> Result<f64> {
    score("f1_score", &y_true.into(), &y_pred.into(), average, |scores| scores.f1_score)
}
