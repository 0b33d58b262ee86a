//! `MaxAbsScaler`: each column between -1 and 1, zeros kept.

use serde::{Deserialize, Serialize};

use super::affine::{Affine, divisor, scaler};
use super::min_max_scaler::extremes;
use crate::Result;

/// Divides each column by its greatest magnitude. What is missing stays missing.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.MaxAbsScaler.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{MaxAbsScaler, Transformer};
/// let scaled = MaxAbsScaler::new().fit_transform(&Tensor::from([[0.0f32], [-4.0], [2.0]]))?;
/// assert_eq!(scaled, Tensor::from([[0.0f32], [-1.0], [0.5]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MaxAbsScaler {
    learned: Option<Vec<Affine>>,
}

impl MaxAbsScaler {
    /// Not fitted yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn learn(&self, values: &[f64]) -> [f64; 3] {
        let (min, max) = extremes(values);
        [0.0, divisor(max.max(-min)), 0.0]
    }

    fn bound(&self, value: f64) -> f64 {
        value
    }
}

scaler!(MaxAbsScaler, "MaxAbsScaler");
