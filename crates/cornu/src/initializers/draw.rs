//! What random initializers share: where numbers come from, where they go to.

use cornu_engine::rng::stream_of;
use serde_json::Value;

use crate::registry::Argument;
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
pub(super) fn seed(value: &Value) -> Result<Option<i64>, String> {
    let number = value.pointer("/config/seed").unwrap_or(value);
    Option::from_json(number).map_err(|_| format!("a seed is an integer or null, not {value}"))
}
