//! `Recall`: the share of positives that were found.

use super::confusion::{Confusion, Counts, counted};
use super::define::metric;
use super::thresholds::check_thresholds;
use super::{Measured, Metric, Thresholds};
use crate::callbacks::Direction;

metric! {
    /// The share of positives that were found, `tp / (tp + fn)`. 0 where there are none. Targets other than 0 count as positive.
    ///
    /// Several `thresholds` give as many numbers; in logs stands their mean, see [`crate::Logs`].
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#recall-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, Recall};
    /// let (y_true, y_pred) = (Tensor::from([1i64, 0, 1]), Tensor::from([0.9f32, 0.8, 0.1]));
    /// assert_eq!(Recall::new().evaluate(&y_true, &y_pred, None)?, 0.5);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Recall, "recall" {
        thresholds: Option<Thresholds> = None;
        top_k: Option<usize> = None;
        class_id: Option<usize> = None;
    }
}

impl Recall {
    crate::setters! {
        /// Above which predictions mean yes: one number or several; 0.5 by default, any with `top_k`.
        thresholds: some into Thresholds;
        /// Only this many of the largest predictions of a sample may mean yes.
        top_k: some usize;
        /// The only class that counts.
        class_id: some usize;
    }

    fn confusion(&self) -> Confusion<'_> {
        Confusion::of(self.thresholds.as_ref(), self.top_k, self.class_id)
    }
}

impl Metric for Recall {
    counted!();

    fn direction(&self) -> Option<Direction> {
        Some(Direction::Up)
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_thresholds(self.thresholds.as_ref())
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        let counts = self.confusion().counts(state.first().copied().unwrap_or_default());
        Measured::of(counts.iter().flat_map(Counts::recalls).collect())
    }
}
