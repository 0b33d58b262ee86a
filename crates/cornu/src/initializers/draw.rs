//! What random initializers share: where numbers come from, where they go to.

use cornu_engine::rng::stream_of;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use crate::{Error, Result, Tensor};

/// The seed and the stream an initializer draws from: its own seed's if it has one, else the weight's.
pub(super) fn source(own: Option<i64>, seed: u64, path: &str) -> (u64, u64) {
    own.map_or((seed, stream_of(path)), |own| (own.cast_unsigned(), 0))
}

/// A tensor whose elements are written by `fill`.
pub(super) fn filled(shape: &[usize], fill: impl FnOnce(&mut [f32])) -> Result<Tensor> {
    let mut data: Vec<f32> = Vec::new();
    shape
        .iter()
        .try_fold(1usize, |count, length| count.checked_mul(*length))
        .and_then(|count| data.try_reserve_exact(count).is_ok().then(|| data.resize(count, 0.0)))
        .ok_or_else(|| Error::model(format!("a weight of shape {shape:?} does not fit into the memory")))?;
    fill(&mut data);
    Ok(Tensor::new(data, shape)?)
}

/// Reads a seed as Keras writes it: nothing, an integer, or an object for a `SeedGenerator`.
pub(super) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.pointer("/config/seed").unwrap_or(&value);
    match (number, number.as_i64()) {
        (Value::Null, _) => Ok(None),
        (_, Some(seed)) => Ok(Some(seed)),
        _ => Err(D::Error::custom(format!("a seed is an integer or null, not {value}"))),
    }
}
