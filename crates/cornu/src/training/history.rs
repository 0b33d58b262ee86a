//! `History`: the logs of all epochs.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Logs;

/// What `fit` gives back: the epochs done and the values of each, by name.
///
/// As JSON it is Keras' `history.history`: `{"accuracy": [..], "loss": [..], "val_loss": [..]}`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// The numbers of the epochs, from `initial_epoch` on.
    pub epoch: Vec<usize>,
    /// Values by name, sorted by name, one an epoch. A value an epoch did not have (validation not run) is left
    /// out, as in Keras.
    pub history: Vec<(String, Vec<f64>)>,
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

    pub(crate) fn record(&mut self, epoch: usize, logs: &Logs) {
        self.epoch.push(epoch);
        for (name, value) in logs.iter() {
            match self.history.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value),
                None => self.history.push((name.into(), vec![value])),
            }
        }
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.history.len()))?;
        for (name, values) in &self.history {
            map.serialize_entry(name, values)?;
        }
        map.end()
    }
}
