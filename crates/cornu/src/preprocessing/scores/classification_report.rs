//! `classification_report`: the scores of all classes as a table.

use std::fmt;

use super::super::classes::names;
use super::labels::Labels;
use super::precision_recall::{Average, ClassScores, averaged, by_class};
use crate::{Data, Result};

/// Precision, recall and F1 of each class and over all.
///
/// Its `Display` is the text scikit-learn prints. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::classification_report;
/// let report = classification_report(&Tensor::from([0, 1, 1, 1]), &Tensor::from([0, 1, 0, 1]))?;
/// assert_eq!(report.accuracy, 0.75);
/// let text = report.target_names(["no", "yes"]).to_string();
/// assert!(text.contains("         yes       1.00      0.67      0.80         3\n"), "{text}");
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many answers as targets, or none.
pub fn classification_report(
    y_true: impl Into<Data>,
    y_pred: impl Into<Data>,
) -> Result<ClassificationReport> {
    let labels = Labels::of("classification_report", &y_true.into(), &y_pred.into())?;
    Ok(ClassificationReport {
        classes: names(&labels.values).into_iter().zip(by_class(&labels)).collect(),
        accuracy: averaged(&labels, Average::Micro)?.f1_score,
        macro_avg: averaged(&labels, Average::Macro)?,
        weighted_avg: averaged(&labels, Average::Weighted)?,
        digits: 2,
    })
}

/// What [`classification_report`] finds.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassificationReport {
    /// Each class that occurs by its name, in sorted order.
    pub classes: Vec<(String, ClassScores)>,
    /// The part of answers that are right.
    pub accuracy: f64,
    /// The mean over classes.
    pub macro_avg: ClassScores,
    /// The mean over classes, each counting its samples.
    pub weighted_avg: ClassScores,
    digits: usize,
}

impl ClassificationReport {
    /// Names for the classes in their order; classes beyond the last name keep theirs.
    #[must_use]
    pub fn target_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.classes.iter_mut().zip(names).for_each(|((name, _), given)| *name = given.into());
        self
    }

    crate::setters! {
        /// Digits behind the point of what is printed; 2 by default.
        digits: usize;
    }
}

impl fmt::Display for ClassificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits;
        let longest = self.classes.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let width = longest.max("weighted avg".len()).max(digits);
        let total = self.macro_avg.support;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, s: &ClassScores| {
            let ClassScores { precision, recall, f1_score, support } = s;
            writeln!(
                f,
                "{name:>width$}  {precision:>9.digits$} {recall:>9.digits$} {f1_score:>9.digits$} {support:>9}"
            )
        };
        writeln!(
            f,
            "{:>width$}  {:>9} {:>9} {:>9} {:>9}\n",
            "", "precision", "recall", "f1-score", "support"
        )?;
        self.classes.iter().try_for_each(|(name, scores)| row(f, name, scores))?;
        let accuracy = self.accuracy;
        writeln!(f, "\n{:>width$}  {:>9} {:>9} {accuracy:>9.digits$} {total:>9}", "accuracy", "", "")?;
        row(f, "macro avg", &self.macro_avg)?;
        row(f, "weighted avg", &self.weighted_avg)
    }
}
