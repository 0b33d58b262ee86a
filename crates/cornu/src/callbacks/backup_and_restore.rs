//! `BackupAndRestore`: a run that is killed goes on where it was.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::{Callback, SaveFreq};
use crate::data::{Npz, load_npz, save_npz};
use crate::fs::write_atomically;
use crate::models::Model;
use crate::{Error, History, Logs, Result, Tensor};

/// Backs up a training so that the same program, started again after it was killed, goes on from there: with all of the
/// model's weights, the optimizer's variables, the running metrics, the history, the order of the samples, the random
/// numbers, and what other callbacks remember. It ends with the very bits of a run that was never killed. When training
/// ends the backup is removed, unless it was interrupted by [`Fit::stop_on`](crate::Fit::stop_on).
///
/// The backup is one file that is replaced whole. A run that goes on in the middle of an epoch does not call
/// [`on_epoch_begin`](Callback::on_epoch_begin) for it again.
///
/// A [`Dataset`](crate::Dataset) is gone through again to the batch that comes next, without training. So the bits are the same
/// where it gives the same elements for the same pass: tensors, files and shuffles with a seed do, a generator that draws
/// numbers of its own does not.
///
/// Source: <https://keras.io/api/callbacks/backup_and_restore/>.
///
/// ```
/// use cornu::callbacks::BackupAndRestore;
/// let backup = BackupAndRestore::new("/tmp/backup").save_freq(100);
/// ```
#[derive(Debug, Clone)]
pub struct BackupAndRestore {
    backup_dir: PathBuf,
    save_freq: SaveFreq,
    double_checkpoint: bool,
    delete_checkpoint: bool,
    since: usize,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resume {
    /// Epochs that are done.
    pub(crate) epoch: usize,
    /// Batches of the next one that are done.
    pub(crate) batch: usize,
    pub(crate) history: History,
    /// What each callback remembers.
    pub(crate) callbacks: Vec<Vec<Tensor>>,
}

impl BackupAndRestore {
    /// Backs up to this folder at the end of each epoch.
    pub fn new(backup_dir: impl Into<PathBuf>) -> Self {
        BackupAndRestore {
            backup_dir: backup_dir.into(),
            save_freq: SaveFreq::Epoch,
            double_checkpoint: false,
            delete_checkpoint: true,
            since: 0,
        }
    }

    crate::setters! {
        /// When to back up: at each epoch's end, or after so many batches.
        save_freq: into SaveFreq;
        /// Whether the backup before the last one is kept too, as `latest.npz.bkp`.
        double_checkpoint: bool;
        /// Whether the backup is removed when training ends; true by default.
        delete_checkpoint: bool;
    }

    fn path(&self) -> PathBuf {
        self.backup_dir.join("latest.npz")
    }

    fn previous(&self) -> PathBuf {
        self.backup_dir.join("latest.npz.bkp")
    }

    /// Whether this is a moment to back up: after a batch of the epoch, or, with 0, between epochs.
    pub(super) fn is_due(&self, batch: usize) -> bool {
        match self.save_freq {
            SaveFreq::Epoch => batch == 0,
            // The end of an epoch is counted with its last batch.
            SaveFreq::Batches(freq) => batch > 0 && self.since >= freq,
        }
    }

    pub(super) fn save(&mut self, model: &Model, at: &Resume) -> Result<()> {
        self.since = 0;
        let folder = &self.backup_dir;
        std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        if self.double_checkpoint && self.path().exists() {
            let previous = self.previous();
            let mut latest = File::open(self.path()).map_err(|error| Error::io(self.path(), error))?;
            write_atomically(&previous, |copy| io::copy(&mut latest, copy).map(drop))?;
        }
        save_npz(self.path(), &arrays(model, at)?)
    }

    /// Brings the model to where the backup stands, if there is one.
    pub(super) fn restore(&mut self, model: &mut Model) -> Result<Option<Resume>> {
        let found = match self.read(model, &self.path()) {
            Err(_) if self.previous().exists() => self.read(model, &self.previous())?,
            found => found?,
        };
        Ok(found)
    }

    fn read(&self, model: &mut Model, path: &Path) -> Result<Option<Resume>> {
        if !path.exists() {
            return Ok(None);
        }
        let arrays = load_npz(path)?;
        adopt(model, &arrays).map(Some).map_err(|message| {
            Error::file(path, format!("{message}; it is the backup of another run: remove it to begin anew"))
        })
    }
}

/// The names of arrays in a backup.
const POSITION: &str = "position";
const EPOCHS: &str = "epochs";
const STATE: &str = "state/";
const HISTORY: &str = "history/";
const SEVERAL: &str = "several/";
const CALLBACK: &str = "callback/";

/// Everything a run consists of, as arrays.
fn arrays(model: &Model, at: &Resume) -> Result<Vec<(String, Tensor)>> {
    let numbers = [at.epoch as i64, at.batch as i64, model.iterations()? as i64, model.seed as i64];
    let epochs: Vec<i64> = at.history.epoch.iter().map(|epoch| *epoch as i64).collect();
    let mut arrays = vec![
        (POSITION.to_owned(), Tensor::from(numbers)),
        ("learning_rate".to_owned(), Tensor::from([model.learning_rate()?])),
        (EPOCHS.to_owned(), Tensor::from(epochs)),
    ];
    let state = model.built()?.state.iter();
    arrays.extend(state.map(|(name, value)| (format!("{STATE}{name}"), value.clone())));
    let history = at.history.history.iter();
    arrays.extend(history.map(|(name, values)| (format!("{HISTORY}{name}"), Tensor::from(values.clone()))));
    for (name, epochs) in &at.history.several {
        let values = Tensor::new(epochs.concat(), [epochs.len(), epochs.first().map_or(0, Vec::len)])?;
        arrays.push((format!("{SEVERAL}{name}"), values));
    }
    for (callback, tensors) in at.callbacks.iter().enumerate() {
        let named = tensors.iter().enumerate();
        arrays.extend(named.map(|(at, value)| (format!("{CALLBACK}{callback}/{at}"), value.clone())));
    }
    Ok(arrays)
}

/// Sets the model to what a backup holds. Nothing has changed where it does not fit.
fn adopt(model: &mut Model, arrays: &Npz) -> Result<Resume, String> {
    let find = |wanted: &str| arrays.find(wanted).ok_or_else(|| format!("has no array `{wanted}`"));
    let below = |prefix: &'static str| {
        arrays.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    };
    let [epoch, batch, iterations, seed] = find(POSITION)?.to_vec::<i64>()[..] else {
        return Err(format!("has an array `{POSITION}` that is not four numbers"));
    };
    let learning_rate = find("learning_rate")?.item().ok_or("has no learning rate")?;
    let built = model.built_mut().map_err(|error| error.to_string())?;
    for (path, weight) in built.network.weights.iter().flatten() {
        let found = find(&format!("{STATE}{path}"))?;
        if found.shape() != weight.shape {
            return Err(format!("has `{path}` of another shape, {}", found.to_shape()));
        }
    }
    for (name, value) in below(STATE) {
        built.state.insert(name, value.clone());
    }
    model.seed = seed as u64;
    // What follows a schedule finds its rate by the number of steps.
    if model.optimizer().is_ok_and(|optimizer| optimizer.base().learning_rate.schedule().is_none()) {
        model.set_learning_rate(learning_rate).map_err(|error| error.to_string())?;
    }
    model.compiled.iter_mut().for_each(|compiled| compiled.iterations = iterations.max(0) as u64);
    let history = History {
        epoch: find(EPOCHS)?.to_vec::<i64>().into_iter().map(|epoch| epoch.max(0) as usize).collect(),
        history: below(HISTORY).map(|(name, values)| (name.to_owned(), values.to_vec::<f64>())).collect(),
        several: below(SEVERAL)
            .map(|(name, values)| {
                let epochs = values.to_vec::<f64>();
                (name.to_owned(), epochs.chunks(values.row_len().max(1)).map(<[f64]>::to_vec).collect())
            })
            .collect(),
    };
    let mut callbacks: Vec<Vec<Tensor>> = Vec::new();
    for (place, value) in below(CALLBACK) {
        let number = place.split_once('/').and_then(|(number, _)| number.parse::<usize>().ok());
        // No more callbacks than arrays.
        let number =
            number.filter(|number| *number < arrays.len()).ok_or("has a callback without a number")?;
        callbacks.resize(callbacks.len().max(number + 1), Vec::new());
        callbacks[number].push(value.clone());
    }
    Ok(Resume { epoch: epoch.max(0) as usize, batch: batch.max(0) as usize, history, callbacks })
}

impl Callback for BackupAndRestore {
    fn on_train_begin(&mut self, _model: &mut Model) -> Result<()> {
        if self.save_freq == SaveFreq::Batches(0) {
            return Err(Error::argument("save_freq", "must be at least 1, got 0"));
        }
        self.since = 0;
        Ok(())
    }

    fn on_train_batch_end(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        self.since += 1;
        Ok(())
    }

    fn on_train_end(&mut self, model: &mut Model, _logs: &Logs) -> Result<()> {
        if self.delete_checkpoint && !model.interrupted {
            for path in [self.path(), self.previous()] {
                if path.exists() {
                    std::fs::remove_file(&path).map_err(|error| Error::io(&path, error))?;
                }
            }
            // A process that is killed while it writes leaves what it has written so far.
            for entry in std::fs::read_dir(&self.backup_dir).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with(".latest.npz.") && name.ends_with(".tmp") {
                    let _ = std::fs::remove_file(entry.path());
                }
            }
            // Whatever else lies in the folder is not ours to remove.
            let _ = std::fs::remove_dir(&self.backup_dir);
        }
        Ok(())
    }

    fn as_backup(&mut self) -> Option<&mut BackupAndRestore> {
        Some(self)
    }
}
