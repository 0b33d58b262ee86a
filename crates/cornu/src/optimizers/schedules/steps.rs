//! Numbers of steps, as schedules are given them.

use serde::{Serialize, Serializer};

/// Writes a number of steps as Keras does, which takes whole numbers as well as others.
pub(super) fn write<S: Serializer>(steps: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// Up to here double precision counts exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if steps.fract() == 0.0 && steps.abs() <= EXACT {
        (*steps as i64).serialize(serializer)
    } else {
        steps.serialize(serializer)
    }
}

/// As [`write`], for several.
pub(super) fn write_all<S: Serializer>(steps: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Steps(#[serde(serialize_with = "write")] f64);
    serializer.collect_seq(steps.iter().map(|steps| Steps(*steps)))
}

/// Refuses what cannot be divided by.
pub(super) fn above_zero(name: &str, steps: f64) -> Result<(), String> {
    if steps > 0.0 { Ok(()) } else { Err(format!("`{name}` must be above 0, got {steps}")) }
}
