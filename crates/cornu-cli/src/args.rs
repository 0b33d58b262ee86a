//! Arguments that several commands share.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::datasets::Dataset;
use crate::failure::{Failure, Result};
use crate::tables::Task;
use crate::tables::fit::{EPOCHS, Wanted};

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
    /// A table whose first line names its columns
    #[arg(long, value_name = "FILE.csv", value_parser = csv_file)]
    pub(crate) csv: Option<PathBuf>,
}

/// What is said about a table that is learned from.
#[derive(Args)]
#[command(next_help_heading = "Tables")]
pub(crate) struct TableArguments {
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    pub(crate) target: Option<String>,
    /// The columns to learn from [default: all others]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) features: Option<Vec<String>>,
    /// Columns of categories that look like numbers
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) categorical: Vec<String>,
    /// Columns of texts, of which words are counted
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) text: Vec<String>,
    /// What the target is [default: by its values]
    #[arg(long)]
    pub(crate) task: Option<Task>,
    /// The part of the rows that are held back for the test [default: 0.2]
    #[arg(long, value_name = "F", value_parser = fraction, allow_negative_numbers = true)]
    pub(crate) test_split: Option<f64>,
}

impl TableArguments {
    /// What is wanted of a table; how it is trained, where the command says nothing of it.
    pub(crate) fn wanted(&self, seed: Option<u64>) -> Result<Wanted<'_>> {
        let Some(target) = &self.target else {
            return Err(Failure::usage("--csv needs --target COLUMN, the column to predict"));
        };
        Ok(Wanted {
            target,
            features: self.features.as_deref(),
            categorical: &self.categorical,
            text: &self.text,
            task: self.task,
            test_split: self.test_split.unwrap_or(0.2),
            epochs: EPOCHS,
            batch_size: None,
            learning_rate: None,
            verbose: 0,
            seed: seed.unwrap_or(0),
            stop: None,
        })
    }

    /// The first of them that is given.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--target", self.target.is_some()),
            ("--features", self.features.is_some()),
            ("--categorical", !self.categorical.is_empty()),
            ("--text", !self.text.is_empty()),
            ("--task", self.task.is_some()),
            ("--test-split", self.test_split.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }
}

/// A number between 0 and 1.
pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    let fraction: f64 = number(text)?;
    if fraction > 0.0 && fraction < 1.0 { Ok(fraction) } else { Err("must lie between 0 and 1".into()) }
}

/// A finite number.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "is not a number".into())
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
        self.given().unwrap_or(32)
    }

    /// The number the user gave.
    pub(crate) fn given(&self) -> Option<usize> {
        self.batch_size.map(NonZeroUsize::get)
    }
}

/// A path that ends in `.npz`.
pub(crate) fn npz_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "npz")
}

/// A path that ends in `.csv`.
pub(crate) fn csv_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "csv")
}

/// A path that ends in `.keras`.
pub(crate) fn keras_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "keras")
}

/// A path that ends in `.svg` or, where it can be written, `.png`.
pub(crate) fn picture_file(text: &str) -> Result<PathBuf, String> {
    let known = if cfg!(feature = "png") { &["svg", "png"][..] } else { &["svg"] };
    known.iter().find_map(|extension| ending(text, extension).ok()).ok_or_else(|| {
        let known: Vec<String> = known.iter().map(|extension| format!(".{extension}")).collect();
        format!("the file's name must end in {}", known.join(" or "))
    })
}

/// A path that ends in `.html`.
pub(crate) fn page_file(text: &str) -> Result<PathBuf, String> {
    ending(text, "html")
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
