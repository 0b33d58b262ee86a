//! The folder where Cornu keeps what it downloads.

use std::path::PathBuf;

/// `$CORNU_HOME`, or `~/.cornu` where that is not set. Datasets lie in its folder `datasets`.
///
/// Nothing is created by asking.
///
/// ```
/// println!("datasets lie in {}", cornu::home().join("datasets").display());
/// ```
pub fn home() -> PathBuf {
    from_variable("CORNU_HOME").unwrap_or_else(|| user_folder(".cornu"))
}

/// `$KERAS_HOME`, or `~/.keras`: where Keras itself keeps its datasets.
pub(crate) fn keras_home() -> PathBuf {
    from_variable("KERAS_HOME").unwrap_or_else(|| user_folder(".keras"))
}

fn from_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn user_folder(name: &str) -> PathBuf {
    std::env::home_dir().unwrap_or_else(std::env::temp_dir).join(name)
}
