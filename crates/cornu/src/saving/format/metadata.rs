//! Who wrote a `.keras` file, and when.

use serde::{Deserialize, Serialize};

use crate::calendar::{date_and_time, now};

/// The version of Keras whose files Cornu writes.
const KERAS_VERSION: &str = "3.15.1";

/// The content of `metadata.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The version of Keras.
    pub keras_version: String,
    /// The day and time, as `2026-11-22@02:45:00`.
    #[serde(default)]
    pub date_saved: String,
}

impl Metadata {
    /// The metadata of a file written now. The time is UTC.
    pub fn now() -> Self {
        Metadata { keras_version: KERAS_VERSION.to_owned(), date_saved: date(now()) }
    }
}

fn date(seconds: u64) -> String {
    let [year, month, day, hour, minute, second] = date_and_time(seconds);
    format!("{year:04}-{month:02}-{day:02}@{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        assert_eq!(date(0), "1970-01-01@00:00:00");
        assert_eq!(date(951_782_399), "2000-02-28@23:59:59");
        assert_eq!(date(951_782_400), "2000-02-29@00:00:00");
        assert_eq!(date(951_868_800), "2000-03-01@00:00:00");
        assert_eq!(date(1_795_315_500), "2026-11-22@02:45:00");
        assert_eq!(date(4_107_542_399), "2100-02-28@23:59:59");
        assert_eq!(date(4_107_542_400), "2100-03-01@00:00:00");
    }
}
