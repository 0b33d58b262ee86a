//! Numbers of steps, as schedules are given them.

use serde_json::Value;

/// Writes a number of steps as Keras does, which takes whole numbers as well as others.
pub(super) fn write(steps: &f64) -> Value {
    /// Up to here double precision counts exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if steps.fract() == 0.0 && steps.abs() <= EXACT { (*steps as i64).into() } else { (*steps).into() }
}

/// As [`write`], for several.
#[expect(clippy::ptr_arg, reason = "a field is written by a function of its own type")]
pub(super) fn write_all(steps: &Vec<f64>) -> Value {
    steps.iter().map(write).collect()
}

/// Refuses what cannot be divided by.
pub(super) fn above_zero(name: &str, steps: f64) -> Result<(), String> {
    if steps > 0.0 { Ok(()) } else { Err(format!("`{name}` must be above 0, got {steps}")) }
}
