//! `StandardScaler`: mean 0 and deviation 1 in each column.

use serde::{Deserialize, Serialize};

use super::affine::{Affine, scaler};
use crate::Result;

/// Subtracts each column's mean and divides by its standard deviation. What is missing stays missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{StandardScaler, Transformer};
/// let x_train = Tensor::from([[1.0f32, 10.0], [3.0, 10.0]]);
/// let mut scaler = StandardScaler::new();
/// assert_eq!(scaler.fit_transform(&x_train)?, Tensor::from([[-1.0f32, 0.0], [1.0, 0.0]]));
/// assert_eq!(scaler.transform(&Tensor::from([[5.0f32, 11.0]]))?, Tensor::from([[3.0f32, 1.0]]));
/// assert_eq!(scaler.mean()?, [2.0, 10.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandardScaler {
    with_mean: bool,
    with_std: bool,
    learned: Option<Vec<Affine>>,
}

impl Default for StandardScaler {
    fn default() -> Self {
        StandardScaler { with_mean: true, with_std: true, learned: None }
    }
}

impl StandardScaler {
    /// Not fitted yet.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether the mean is subtracted.
        with_mean: bool;
        /// Whether is divided by the deviation.
        with_std: bool;
    }

    /// Each column's mean, 0 where it is not subtracted.
    ///
    /// # Errors
    /// If it is not fitted.
    pub fn mean(&self) -> Result<Vec<f64>> {
        self.of_columns(|affine| affine.center)
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn learn(&self, values: &[f64]) -> [f64; 3] {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        // What rounding alone makes of a constant is no deviation.
        let constant = variance <= n * f64::EPSILON * variance + (n * mean * f64::EPSILON).powi(2);
        let deviation = if constant || !self.with_std { 1.0 } else { variance.sqrt() };
        [if self.with_mean { mean } else { 0.0 }, deviation, 0.0]
    }

    fn bound(&self, value: f64) -> f64 {
        value
    }
}

scaler!(StandardScaler, "StandardScaler");
