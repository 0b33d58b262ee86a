//! The folder of a search: a file for each trial and one for the search itself.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use cornu::utils::write_atomically;
use cornu::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Trial;

/// A project folder, which no other search uses meanwhile.
#[derive(Debug)]
pub(crate) struct Project {
    folder: PathBuf,
    /// Locked as long as the search lives; the system lets go of it when the process dies.
    _lock: File,
}

const ORACLE: &str = "oracle.json";
const LOCK: &str = "search.lock";

impl Project {
    /// Opens a folder, or makes it.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let path = folder.join(LOCK);
        let lock = File::create(&path).map_err(|error| Error::io(&path, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Project { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::file(
                folder,
                "another search is at work here: wait for it, or give this one another project_name",
            )),
            Err(TryLockError::Error(error)) => Err(Error::io(&path, error)),
        }
    }

    /// Removes all that earlier searches left.
    pub(crate) fn clear(&self) -> Result<()> {
        for folder in self.trial_folders()? {
            fs::remove_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        }
        let path = self.folder.join(ORACLE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(&path, error)),
            _ => Ok(()),
        }
    }

    /// What the search that began here was told, if one did.
    pub(crate) fn oracle<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let path = self.folder.join(ORACLE);
        if path.exists() { read(&path).map(Some) } else { Ok(None) }
    }

    /// Writes what the search was told.
    pub(crate) fn save_oracle(&self, oracle: &impl Serialize) -> Result<()> {
        write(&self.folder.join(ORACLE), oracle)
    }

    /// The trials that were begun here, by number.
    pub(crate) fn trials(&self) -> Result<Vec<(usize, Trial)>> {
        let mut trials = Vec::new();
        for folder in self.trial_folders()? {
            let path = folder.join("trial.json");
            // Killed between making the folder and writing into it.
            if !path.exists() {
                continue;
            }
            let trial: Trial = read(&path)?;
            let number = trial.trial_id.parse().ok().filter(|_| folder == self.trial_folder(&trial.trial_id));
            let number = number.ok_or_else(|| {
                Error::file(&path, format!("says trial_id \"{}\", which is not its folder's", trial.trial_id))
            })?;
            trials.push((number, trial));
        }
        Ok(trials)
    }

    pub(crate) fn save_trial(&self, trial: &Trial) -> Result<()> {
        let folder = self.trial_folder(&trial.trial_id);
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        write(&folder.join("trial.json"), trial)
    }

    /// The folder of one trial.
    pub(crate) fn trial_folder(&self, trial_id: &str) -> PathBuf {
        self.folder.join(format!("trial_{trial_id}"))
    }

    fn trial_folders(&self) -> Result<Vec<PathBuf>> {
        let fault = |error| Error::io(&self.folder, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("trial_"));
            if named && path.is_dir() {
                found.push(path);
            }
        }
        Ok(found)
    }
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    serde_json::from_str(&text).map_err(|error| Error::file(path, error))
}

pub(crate) fn write(path: &Path, what: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(what).map_err(|error| Error::file(path, error))?;
    write_atomically(path, (text + "\n").as_bytes())
}
