//! Searches as their users run them.

mod keras_tuner;
mod model_selection;
mod oracles;
mod search;
mod tuner;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use cornu_tuner::{Search, Value, Values};

/// A folder that disappears with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("cornu-tuner-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a search tried, with what it came to.
fn tried(search: &Search) -> Vec<(Values, Option<f64>)> {
    search.trials().map(|trial| (trial.values().clone(), trial.score)).collect()
}

fn values<const N: usize>(values: [(&str, Value); N]) -> Values {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
