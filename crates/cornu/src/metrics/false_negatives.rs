//! `FalseNegatives`: how many positives were missed.

use super::confusion::{Confusion, Counts, counted};
use super::define::metric;
use super::thresholds::check_thresholds;
use super::{Measured, Metric, Thresholds};

metric! {
    /// How many positives were taken for negatives. Targets other than 0 count as positive, predictions above a threshold mean yes;
    /// with sample weights their sum.
    ///
    /// Several `thresholds` give as many numbers; in logs stands their mean, see [`crate::Logs`].
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#falsenegatives-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{FalseNegatives, Metric};
    /// let (y_true, y_pred) = (Tensor::from([1i64, 0, 1]), Tensor::from([0.9f32, 0.8, 0.1]));
    /// assert_eq!(FalseNegatives::new().evaluate(&y_true, &y_pred, None)?, 1.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    FalseNegatives, "false_negatives" { thresholds: Option<Thresholds> = None; }
}

impl FalseNegatives {
    crate::setters! {
        /// Above which predictions mean yes: one number or several; 0.5 by default.
        thresholds: some into Thresholds;
    }

    fn confusion(&self) -> Confusion<'_> {
        Confusion::of(self.thresholds.as_ref(), None, None)
    }
}

impl Metric for FalseNegatives {
    counted!();

    fn check_arguments(&self) -> Result<(), String> {
        check_thresholds(self.thresholds.as_ref())
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        let counts = self.confusion().counts(state.first().copied().unwrap_or_default());
        Measured::of(counts.into_iter().flat_map(|counts: Counts| counts.false_negatives).collect())
    }
}
