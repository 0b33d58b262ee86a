//! Who wrote a `.keras` file, and when.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

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
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Metadata { keras_version: KERAS_VERSION.to_owned(), date_saved: date(seconds) }
    }
}

fn date(seconds: u64) -> String {
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}@{hour:02}:{minute:02}:{second:02}")
}

/// The date so many days after 1970-01-01: <https://howardhinnant.github.io/date_algorithms.html>.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, so that the leap day ends its year; an era is 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
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
