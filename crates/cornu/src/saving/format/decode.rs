//! Errors that say where in the JSON they are.

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

/// Reads a type from JSON that stands at `place` in its file.
///
/// # Errors
/// If the JSON does not fit the type. The error's place is the whole path to what does not fit.
///
/// ```
/// use cornu::saving::format::{SequentialConfig, decode};
/// let config = serde_json::json!({"name": "m", "layers": [{"class_name": "Dense", "config": {}}, {"class_name": 7}]});
/// let error = decode::<SequentialConfig>(&config, "config").unwrap_err();
/// assert_eq!(error.to_string(), "config.layers[1].class_name: invalid type: integer `7`, expected a string");
/// ```
pub fn decode<'a, T: Deserialize<'a>>(value: &'a Value, place: &str) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let place = match (place, &*inner) {
            (place, ".") => place.to_owned(),
            ("", inner) => inner.to_owned(),
            (place, inner) if inner.starts_with('[') => format!("{place}{inner}"),
            (place, inner) => format!("{place}.{inner}"),
        };
        Error::argument(place, error.into_inner().to_string())
    })
}
