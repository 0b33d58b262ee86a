//! `MinMaxScaler`: each column between two bounds.

use serde::{Deserialize, Serialize};

use super::affine::{Affine, divisor, scaler};
use crate::{Error, Result};

/// Moves each column so that its least and greatest value become the bounds of a range, 0 and 1 by default. What is
/// missing stays missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.MinMaxScaler.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{MinMaxScaler, Transformer};
/// let mut scaler = MinMaxScaler::new().feature_range(-1.0, 1.0);
/// let scaled = scaler.fit_transform(&Tensor::from([[0.0f32], [5.0], [10.0]]))?;
/// assert_eq!(scaled, Tensor::from([[-1.0f32], [0.0], [1.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinMaxScaler {
    feature_range: (f64, f64),
    clip: bool,
    learned: Option<Vec<Affine>>,
}

impl Default for MinMaxScaler {
    fn default() -> Self {
        MinMaxScaler { feature_range: (0.0, 1.0), clip: false, learned: None }
    }
}

impl MinMaxScaler {
    /// Not fitted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bounds, 0 and 1 by default.
    #[must_use]
    pub fn feature_range(mut self, min: f64, max: f64) -> Self {
        self.feature_range = (min, max);
        self
    }

    crate::setters! {
        /// Whether values beyond those fitted to are cut off at the bounds.
        clip: bool;
    }

    fn check(&self) -> Result<()> {
        let (min, max) = self.feature_range;
        if min < max && min.is_finite() && max.is_finite() {
            return Ok(());
        }
        Err(Error::argument(
            "MinMaxScaler",
            format!("feature_range must go up from its first number, got {min} to {max}"),
        ))
    }

    fn learn(&self, values: &[f64]) -> [f64; 3] {
        let (min, max) = extremes(values);
        let (low, high) = self.feature_range;
        [min, divisor(max - min) / (high - low), low]
    }

    fn bound(&self, value: f64) -> f64 {
        match self.clip {
            // NaN stays what it is.
            true if value < self.feature_range.0 => self.feature_range.0,
            true if value > self.feature_range.1 => self.feature_range.1,
            _ => value,
        }
    }
}

/// The least and the greatest of numbers.
pub(super) fn extremes(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &value| (min.min(value), max.max(value)))
}

scaler!(MinMaxScaler, "MinMaxScaler");
