//! `Measured`: what a metric says.

use serde::Serialize;

/// One number, or one for each class, threshold or output where the metric was asked for that.
///
/// ```
/// use cornu::metrics::Measured;
/// assert_eq!(Measured::from(0.5), 0.5);
/// let each = Measured::from(vec![0.25, 0.75]);
/// assert_eq!((each.mean(), each.as_slice()), (0.5, &[0.25, 0.75][..]));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured {
    /// One number.
    One(f64),
    /// Several.
    Each(Vec<f64>),
}

impl Measured {
    /// The number, or the mean of several, as Keras' progress bar shows them.
    pub fn mean(&self) -> f64 {
        let values = self.as_slice();
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// All numbers.
    pub fn as_slice(&self) -> &[f64] {
        match self {
            Measured::One(value) => std::slice::from_ref(value),
            Measured::Each(values) => values,
        }
    }

    /// One number where there is but one, else all.
    pub(super) fn of(values: Vec<f64>) -> Self {
        match values[..] {
            [value] => Measured::One(value),
            _ => Measured::Each(values),
        }
    }
}

impl From<f64> for Measured {
    fn from(value: f64) -> Self {
        Measured::One(value)
    }
}

impl From<Vec<f64>> for Measured {
    fn from(values: Vec<f64>) -> Self {
        Measured::Each(values)
    }
}

impl PartialEq<f64> for Measured {
    fn eq(&self, other: &f64) -> bool {
        *self == Measured::One(*other)
    }
}
