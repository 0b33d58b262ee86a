//! `F1Score`: the harmonic mean of precision and recall for each class.

use super::define::metric;
use super::fbeta_score::{Average, Score, scored};
use super::{Measured, Metric};

metric! {
    /// `2·precision·recall / (precision + recall)` of each class: [`FBetaScore`](super::FBetaScore) with `beta` 1.
    ///
    /// Targets are rows of zeros and ones. Without `threshold` the largest prediction of a row means yes, with it all
    /// above. Without `average` there is a score for each class; in logs stands their mean, see [`crate::Logs`].
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/>, `keras.metrics.F1Score`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Average, F1Score, Metric};
    /// let y_true = Tensor::from([[1i64, 0], [0, 1], [0, 1]]);
    /// let y_pred = Tensor::from([[0.9f32, 0.1], [0.8, 0.2], [0.3, 0.7]]);
    /// let score = F1Score::new().average(Average::Micro).evaluate(&y_true, &y_pred, None)?;
    /// assert!((score.mean() - 0.6667).abs() < 1e-4);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    F1Score, "f1_score" {
        average: Option<Average> = None;
        threshold: Option<f64> = None;
    }
}

impl F1Score {
    crate::setters! {
        /// How the scores of classes become one; by default they do not.
        average: some Average;
        /// Above which predictions mean yes, in place of the largest one.
        threshold: some f64;
    }

    fn score(&self) -> Score {
        Score { average: self.average, beta: 1.0, threshold: self.threshold }
    }
}

impl Metric for F1Score {
    scored!();
}
