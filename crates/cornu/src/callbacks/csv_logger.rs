//! `CSVLogger`: the logs of each epoch as a line of a file.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::Callback;
use crate::fs::Appended;
use crate::models::Model;
use crate::{Error, Logs, Result};

/// Writes the logs of each epoch as a row: `epoch`, then the values sorted by name. Each row is in the file, whole, when its
/// epoch ends. An epoch without validation has `NA` there.
///
/// Source: <https://keras.io/api/callbacks/csv_logger/>.
///
/// ```
/// use cornu::callbacks::CSVLogger;
/// let log = CSVLogger::new("training.csv").separator(";").append(true);
/// ```
#[derive(Debug)]
pub struct CSVLogger {
    filename: PathBuf,
    separator: String,
    append: bool,
    has_header: bool,
    keys: Option<Vec<String>>,
    file: Option<Appended>,
}

impl CSVLogger {
    /// Into a new file at this path.
    pub fn new(filename: impl Into<PathBuf>) -> Self {
        CSVLogger {
            filename: filename.into(),
            separator: ",".into(),
            append: false,
            has_header: false,
            keys: None,
            file: None,
        }
    }

    crate::setters! {
        /// What stands between values; a comma by default.
        separator: into String;
        /// Whether rows are added to a file that is there.
        append: bool;
    }

    fn field(&self, text: &str) -> String {
        let plain = !text.contains(['"', '\n', '\r']) && !text.contains(&self.separator);
        if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
    }

    fn write(&mut self, row: &[String]) -> Result<()> {
        let line = row.iter().map(|text| self.field(text)).collect::<Vec<_>>().join(&self.separator);
        match &mut self.file {
            Some(file) => file.append(format!("{line}\r\n").as_bytes()),
            None => Ok(()),
        }
    }
}

/// Whether a file begins with a line that is not empty.
fn begins(path: &Path) -> bool {
    let mut line = Vec::new();
    File::open(path).is_ok_and(|file| BufReader::new(file).read_until(b'\n', &mut line).is_ok_and(|n| n > 0))
}

impl Callback for CSVLogger {
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        self.has_header = self.append && begins(&self.filename);
        self.keys = None;
        let mut options = OpenOptions::new();
        options.create(true).append(self.append);
        if !self.append {
            options.write(true).truncate(true);
        }
        let file = options.open(&self.filename).map_err(|error| Error::io(&self.filename, error))?;
        self.file = Some(Appended::new(self.filename.clone(), file)?);
        Ok(())
    }

    fn on_epoch_end(&mut self, _model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        let keys = match self.keys.take() {
            Some(keys) => keys,
            None => {
                let mut keys: Vec<String> = logs.iter().map(|(name, _)| name.to_owned()).collect();
                keys.sort();
                // Validation may come in a later epoch.
                if !keys.iter().any(|key| key.starts_with("val_")) {
                    keys.extend(keys.clone().iter().map(|key| format!("val_{key}")));
                }
                if !self.has_header {
                    let header = std::iter::once("epoch".to_owned()).chain(keys.iter().cloned());
                    self.write(&header.collect::<Vec<_>>())?;
                }
                keys
            }
        };
        let value =
            |key: &String| logs.get(key).map_or_else(|| "NA".to_owned(), |value| format!("{value:?}"));
        let row: Vec<String> = std::iter::once(epoch.to_string()).chain(keys.iter().map(value)).collect();
        self.keys = Some(keys);
        self.write(&row)
    }

    fn on_train_end(&mut self, _model: &mut Model, _logs: &Logs) -> Result<()> {
        self.file = None;
        Ok(())
    }
}
