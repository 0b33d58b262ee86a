//! `RobustScaler`: median 0 and quartiles one apart in each column.

use serde::{Deserialize, Serialize};

use super::affine::{Affine, divisor, scaler};
use crate::{Error, Result};

/// Subtracts each column's median and divides by the distance of its quartiles, which outliers do not move. What is
/// missing stays missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.RobustScaler.html>, but for
/// `unit_variance`.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{RobustScaler, Transformer};
/// let scaled = RobustScaler::new().fit_transform(&Tensor::from([[0.0f32], [1.0], [2.0], [3.0], [1000.0]]))?;
/// assert_eq!(scaled.to_vec::<f32>(), [-1.0, -0.5, 0.0, 0.5, 499.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobustScaler {
    with_centering: bool,
    with_scaling: bool,
    quantile_range: (f64, f64),
    learned: Option<Vec<Affine>>,
}

impl Default for RobustScaler {
    fn default() -> Self {
        RobustScaler { with_centering: true, with_scaling: true, quantile_range: (25.0, 75.0), learned: None }
    }
}

impl RobustScaler {
    /// Not fitted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The percentiles whose distance is divided by, 25 and 75 by default.
    #[must_use]
    pub fn quantile_range(mut self, low: f64, high: f64) -> Self {
        self.quantile_range = (low, high);
        self
    }

    crate::setters! {
        /// Whether the median is subtracted.
        with_centering: bool;
        /// Whether is divided by the distance of the quantiles.
        with_scaling: bool;
    }

    fn check(&self) -> Result<()> {
        let (low, high) = self.quantile_range;
        if (0.0..=100.0).contains(&low) && (low..=100.0).contains(&high) {
            return Ok(());
        }
        Err(Error::argument(
            "RobustScaler",
            format!("quantile_range must rise within 0 to 100, got {low} to {high}"),
        ))
    }

    fn learn(&self, values: &[f64]) -> [f64; 3] {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = self.quantile_range;
        let range = percentile(&sorted, high) - percentile(&sorted, low);
        let center = if self.with_centering { percentile(&sorted, 50.0) } else { 0.0 };
        [center, if self.with_scaling { divisor(range) } else { 1.0 }, 0.0]
    }

    fn bound(&self, value: f64) -> f64 {
        value
    }
}

/// A percentile of sorted numbers, between neighbours on the line through them.
pub(super) fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let at = percent / 100.0 * sorted.len().saturating_sub(1) as f64;
    let value = |at: f64| sorted.get(at as usize).copied().unwrap_or(f64::NAN);
    let (below, above) = (value(at.floor()), value(at.ceil()));
    below + (above - below) * at.fract()
}

scaler!(RobustScaler, "RobustScaler");
