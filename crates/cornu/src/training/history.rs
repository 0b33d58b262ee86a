//! `History`: the logs of all epochs.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Logs;
use crate::metrics::Measured;

/// What `fit` gives back: the epochs done and the values of each, by name.
///
/// As JSON it is Keras' `history.history`: `{"accuracy": [..], "loss": [..], "val_loss": [..]}`. Metrics that say several
/// numbers stand in `history` with their mean; [`History::each`] has them all, and the JSON lists of lists.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, Fit, Sequential, Tensor};
/// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
/// model.compile(Compile::new().loss("mse"))?;
/// let x = Tensor::from([[1.0f32], [2.0]]);
/// let history = model.fit(&x, &x, Fit::new().epochs(3).verbose(0))?;
/// assert_eq!(history.epoch, [0, 1, 2]);
/// assert_eq!(history.get("loss").map(<[f64]>::len), Some(3));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// The numbers of the epochs, from `initial_epoch` on.
    pub epoch: Vec<usize>,
    /// Values by name, sorted by name, one an epoch. A value an epoch did not have (validation not run) is left
    /// out, as in Keras.
    pub history: Vec<(String, Vec<f64>)>,
    /// The values of metrics that say several numbers, one list an epoch.
    pub(crate) several: Vec<(String, Vec<Vec<f64>>)>,
}

impl History {
    /// The values of this name, one an epoch.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.history.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// The last epoch's value of this name.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// The numbers of this name, one list an epoch, if its metric says several.
    pub fn each(&self, name: &str) -> Option<&[Vec<f64>]> {
        self.several.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    pub(crate) fn record(&mut self, epoch: usize, logs: &Logs) {
        self.epoch.push(epoch);
        for (name, value) in logs.measurements() {
            append(&mut self.history, name, value.mean());
            if let Measured::Each(values) = value {
                append(&mut self.several, name, values.clone());
            }
        }
    }
}

fn append<T>(history: &mut Vec<(String, Vec<T>)>, name: &str, value: T) {
    match history.iter_mut().find(|(known, _)| known == name) {
        Some((_, values)) => values.push(value),
        None => history.push((name.into(), vec![value])),
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.history.len()))?;
        for (name, values) in &self.history {
            match self.each(name) {
                Some(each) => map.serialize_entry(name, each)?,
                None => map.serialize_entry(name, values)?,
            }
        }
        map.end()
    }
}
