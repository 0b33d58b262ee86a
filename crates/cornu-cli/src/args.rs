//! Arguments that several commands share.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::datasets::Dataset;
use crate::failure::{Failure, Result};

/// Where samples come from.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Source {
    /// Samples: arrays x (or x_NAME for each input), y (or y_NAME), perhaps sample_weight
    #[arg(long, value_name = "FILE.npz", value_parser = npz_file)]
    pub(crate) data: Option<PathBuf>,
    /// A well-known dataset, made ready for training
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<Dataset>,
}

/// What is done to datasets, for the helps of the commands that read them.
pub(crate) const DATASETS_HELP: &str = "\
Datasets: pixels are scaled to 0..1, other inputs standardised; texts become multi-hot rows of their
10000 commonest words; California's prices are in 100000 dollars. Images take the form MODEL wants.";

/// How many samples a step takes.
#[derive(Args)]
pub(crate) struct Batches {
    /// Samples a step [default: 32]
    #[arg(long, value_name = "N")]
    batch_size: Option<NonZeroUsize>,
}

impl Batches {
    /// Keras' batch size unless another is given.
    pub(crate) fn size(&self) -> usize {
        self.batch_size.map_or(32, NonZeroUsize::get)
    }
}

/// A path that ends in `.npz`.
pub(crate) fn npz_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "npz")
}

/// A path that ends in `.keras`.
pub(crate) fn keras_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "keras")
}

fn ending(text: &str, extension: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.extension().is_some_and(|found| found == extension) {
        return Ok(path);
    }
    Err(format!("the file's name must end in .{extension}"))
}

/// Reports, before hours of work, that their result could not be written.
pub(crate) fn check_folder(path: &Path) -> Result {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            Err(Failure::new(format!("{}: there is no folder {}", path.display(), folder.display())))
        }
        _ => Ok(()),
    }
}
