//! `PiecewiseConstantDecay`: one rate between two boundaries.

use super::{LearningRateSchedule, steps};
use crate::registry::Fields;

/// `values[0]` up to and with step `boundaries[0]`, then `values[1]` up to and with `boundaries[1]`, and so on.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/>.
///
/// ```
/// use cornu::optimizers::schedules::{LearningRateSchedule, PiecewiseConstantDecay};
/// let schedule = PiecewiseConstantDecay::new([100, 200], [1.0, 0.5, 0.25]);
/// assert_eq!([0, 100, 101, 201].map(|step| schedule.learning_rate(step)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = PiecewiseConstantDecay::new([], []))]
pub struct PiecewiseConstantDecay {
    #[fields(required, write = steps::write_all)]
    boundaries: Vec<f64>,
    #[fields(required)]
    values: Vec<f64>,
    name: String,
}

impl PiecewiseConstantDecay {
    /// Rates that change after these steps: one more value than boundaries, which rise.
    pub fn new(boundaries: impl IntoIterator<Item = u64>, values: impl IntoIterator<Item = f64>) -> Self {
        PiecewiseConstantDecay {
            boundaries: boundaries.into_iter().map(|boundary| boundary as f64).collect(),
            values: values.into_iter().collect(),
            name: "PiecewiseConstant".into(),
        }
    }

    crate::setters! {
        /// The schedule's name.
        name: into String;
    }
}

impl LearningRateSchedule for PiecewiseConstantDecay {
    fn learning_rate(&self, steps: u64) -> f64 {
        // Keras rounds boundaries towards 0.
        let passed = self.boundaries.iter().filter(|boundary| steps as f64 > boundary.trunc()).count();
        self.values.get(passed).copied().unwrap_or_default()
    }

    fn check_arguments(&self) -> Result<(), String> {
        let (boundaries, values) = (self.boundaries.len(), self.values.len());
        if boundaries == 0 || boundaries + 1 != values {
            return Err(format!(
                "wants at least one of `boundaries` and one more of `values`, got {boundaries} and {values}"
            ));
        }
        match self
            .boundaries
            .windows(2)
            .find(|pair| pair[0].partial_cmp(&pair[1]) != Some(std::cmp::Ordering::Less))
        {
            Some(pair) => Err(format!("`boundaries` must rise, got {} before {}", pair[0], pair[1])),
            None => Ok(()),
        }
    }
}
