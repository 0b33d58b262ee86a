//! `Logs`: the loss and metrics of a batch or an epoch.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::metrics::Measured;

/// Values by name, the loss first, then the metrics as compiled.
///
/// A metric that says several numbers, such as [`F1Score`](crate::metrics::F1Score) of each class, stands here with
/// their mean, the number Keras' progress bar shows; [`Logs::each`] has them all, and so has the JSON.
///
/// ```
/// use cornu::Logs;
/// let logs = Logs::from_iter([("loss", 0.25), ("accuracy", 0.9)]);
/// assert_eq!(logs.get("accuracy"), Some(0.9));
/// assert_eq!(logs.to_string(), "loss: 0.2500 - accuracy: 0.9000");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Logs(Vec<(String, Measured)>);

impl Logs {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.measured(name).map(Measured::mean)
    }

    /// The numbers of this name: one, or as many as its metric says.
    ///
    /// ```
    /// use cornu::Logs;
    /// let logs = Logs::from_iter([("f1_score", vec![0.25, 0.75])]);
    /// assert_eq!((logs.get("f1_score"), logs.each("f1_score")), (Some(0.5), Some(&[0.25, 0.75][..])));
    /// ```
    pub fn each(&self, name: &str) -> Option<&[f64]> {
        self.measured(name).map(Measured::as_slice)
    }

    fn measured(&self, name: &str) -> Option<&Measured> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The loss; NaN for a model without one.
    pub fn loss(&self) -> f64 {
        self.get("loss").unwrap_or(f64::NAN)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.measurements().map(|(name, value)| (name, value.mean()))
    }

    /// Names in order with what their metrics said.
    pub fn measurements(&self) -> impl Iterator<Item = (&str, &Measured)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the value of this name, at the end if it is new.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.into(),
            None => self.push(name, value),
        }
    }

    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<Measured>) {
        self.0.push((name.into(), value.into()));
    }

    /// The same values sorted by name, as Keras' training logs are.
    pub(crate) fn sorted(mut self) -> Self {
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        self
    }

    /// Appends another's values under names with a prefix.
    pub(crate) fn extend_prefixed(&mut self, prefix: &str, other: &Logs) {
        self.0.extend(other.0.iter().map(|(name, value)| (format!("{prefix}{name}"), value.clone())));
    }
}

impl<S: Into<String>, V: Into<Measured>> FromIterator<(S, V)> for Logs {
    fn from_iter<I: IntoIterator<Item = (S, V)>>(values: I) -> Self {
        Logs(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// As Keras prints them: four decimals, or the power of ten too at 0.001 and below.
impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.iter().enumerate() {
            let separator = if at == 0 { "" } else { " - " };
            write!(f, "{separator}{name}: {}", number(value))?;
        }
        Ok(())
    }
}

fn number(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.abs() > 1e-3 {
        return format!("{value:.4}");
    }
    // Python writes at least two digits of the exponent, with its sign.
    let text = format!("{value:.4e}");
    match text.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent)) => {
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        None => text,
    }
}

impl Serialize for Logs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.measurements() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
