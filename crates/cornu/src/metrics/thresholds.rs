//! Arguments that are one threshold or several.

use crate::registry::either;

/// One threshold or several, between 0 and 1: predictions above it mean yes.
///
/// ```
/// use cornu::metrics::Precision;
/// let (one, several) = (Precision::new().thresholds(0.3), Precision::new().thresholds([0.3, 0.7]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Thresholds {
    /// One.
    One(f64),
    /// Several.
    Several(Vec<f64>),
}

either! { Thresholds: "a number or a list of numbers", One(f64) | Several(Vec<f64>) }

impl Thresholds {
    /// All of them.
    pub fn as_slice(&self) -> &[f64] {
        match self {
            Thresholds::One(threshold) => std::slice::from_ref(threshold),
            Thresholds::Several(thresholds) => thresholds,
        }
    }
}

/// Says which thresholds are outside of their range, if any, or that there are none.
pub(super) fn check_thresholds(thresholds: Option<&Thresholds>) -> Result<(), String> {
    let Some(thresholds) = thresholds.map(Thresholds::as_slice) else { return Ok(()) };
    match thresholds.iter().find(|threshold| !(0.0..=1.0).contains(*threshold)) {
        Some(threshold) => Err(format!("`thresholds` must lie between 0 and 1, got {threshold}")),
        None if thresholds.is_empty() => Err("`thresholds` must hold at least one".into()),
        None => Ok(()),
    }
}

/// Says if there are too few or too many thresholds.
pub(super) fn check_count(count: usize, least: usize) -> Result<(), String> {
    const MOST: usize = 1 << 20;
    match (least..=MOST).contains(&count) {
        true => Ok(()),
        false => Err(format!("`num_thresholds` must lie in {least}..={MOST}, got {count}")),
    }
}

/// As many thresholds, evenly spaced from 0 to 1.
pub(super) fn evenly(count: usize) -> Vec<f64> {
    (0..count).map(|at| at as f64 / (count - 1) as f64).collect()
}

impl From<f64> for Thresholds {
    fn from(threshold: f64) -> Self {
        Thresholds::One(threshold)
    }
}

impl From<Vec<f64>> for Thresholds {
    fn from(thresholds: Vec<f64>) -> Self {
        Thresholds::Several(thresholds)
    }
}

impl<const N: usize> From<[f64; N]> for Thresholds {
    fn from(thresholds: [f64; N]) -> Self {
        Thresholds::Several(thresholds.to_vec())
    }
}
