//! Folders of files by class: which files there are, with which labels, in which part.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::data::{Fields, StringTensor};
use crate::utils::RandomState;
use crate::utils::next_seed;
use crate::{Error, Result, Tensor};

/// Where the labels of files in a folder come from: Keras' `labels`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Labels {
    /// The folder in the folder each file is in.
    #[default]
    Inferred,
    /// One label a file, the files in alphabetical order of their paths.
    Given(Vec<i32>),
    /// There are none.
    None,
}

impl From<Vec<i32>> for Labels {
    fn from(labels: Vec<i32>) -> Self {
        Labels::Given(labels)
    }
}

/// What becomes of labels: Keras' `label_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabelMode {
    /// An `int32` a file.
    #[default]
    Int,
    /// A one-hot row of `float32`.
    Categorical,
    /// A `float32` of 0 or 1 in a row of its own.
    Binary,
    /// None.
    None,
}

/// Which part of the files is wanted: Keras' `subset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subset {
    /// What is left when the validation part is held back.
    Training,
    /// The last part.
    Validation,
}

/// Arguments that folders of all kinds share.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    pub(super) labels: Labels,
    pub(super) label_mode: LabelMode,
    pub(super) class_names: Option<Vec<String>>,
    pub(super) shuffle: bool,
    pub(super) seed: Option<u32>,
    pub(super) validation_split: Option<f64>,
    pub(super) subset: Option<Subset>,
    pub(super) follow_links: bool,
}

/// Files with their labels.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) paths: Vec<String>,
    /// One a file, or none at all.
    pub(super) labels: Option<Vec<i32>>,
    pub(super) class_names: Vec<String>,
    /// What the order followed from.
    pub(super) seed: u32,
}

impl Directory {
    pub(super) fn new(path: impl AsRef<Path>) -> Self {
        Directory {
            path: path.as_ref().to_owned(),
            labels: Labels::default(),
            label_mode: LabelMode::default(),
            class_names: None,
            shuffle: true,
            seed: None,
            validation_split: None,
            subset: None,
            follow_links: false,
        }
    }

    /// The files with one of these endings.
    ///
    /// # Errors
    /// If the arguments contradict each other, the folder cannot be read, or it has no such file.
    pub(super) fn files(&self, endings: &[&str]) -> Result<Files> {
        self.check()?;
        let unlabelled = self.labels == Labels::None || self.label_mode == LabelMode::None;
        let inferred = self.labels == Labels::Inferred && !unlabelled;
        let mut class_names = if inferred { self.classes()? } else { Vec::new() };
        let mut found: Vec<(String, i32)> = Vec::new();
        let folders: Vec<PathBuf> = match inferred {
            true => class_names.iter().map(|name| self.path.join(name)).collect(),
            false => vec![self.path.clone()],
        };
        for (folder, class) in folders.iter().zip(0..) {
            let names = self.walk(folder, endings)?;
            found.extend(names.into_iter().map(|name| (name, class)));
        }
        let mut labels = match &self.labels {
            _ if unlabelled => None,
            Labels::Given(labels) if labels.len() != found.len() => {
                return Err(Error::argument(
                    "labels",
                    format!(
                        "must be as many as there are files in {}: {} for {}",
                        self.path.display(),
                        labels.len(),
                        found.len()
                    ),
                ));
            }
            Labels::Given(labels) => {
                let distinct: BTreeSet<i32> = labels.iter().copied().collect();
                class_names = distinct.iter().map(ToString::to_string).collect();
                Some(labels.clone())
            }
            Labels::Inferred | Labels::None => Some(found.iter().map(|(_, class)| *class).collect()),
        };
        if self.label_mode == LabelMode::Binary && !unlabelled && class_names.len() != 2 {
            let message = format!(
                "\"binary\" wants exactly 2 classes, got {}: {}",
                class_names.len(),
                class_names.join(", ")
            );
            return Err(Error::argument("label_mode", message));
        }
        let mut paths: Vec<String> = found.into_iter().map(|(path, _)| path).collect();
        let seed = self.seed.unwrap_or_else(|| (next_seed() % 1_000_000) as u32);
        if self.shuffle {
            let order = RandomState::new(seed).permutation(paths.len());
            paths = order.iter().map(|at| std::mem::take(&mut paths[*at])).collect();
            labels = labels.map(|labels| order.iter().map(|at| labels[*at]).collect());
        }
        let held_back = (self.validation_split.unwrap_or(0.0) * paths.len() as f64) as usize;
        // With nothing held back all is validation, as Keras' slices `[:-0]` and `[-0:]` have it.
        let border = if held_back == 0 { 0 } else { paths.len() - held_back };
        let part = match self.subset {
            Some(Subset::Training) => 0..border,
            Some(Subset::Validation) => border..paths.len(),
            None => 0..paths.len(),
        };
        let paths: Vec<String> = paths[part.clone()].to_vec();
        if paths.is_empty() {
            let message = format!("no file is left that ends with {}", endings.join(", "));
            return Err(Error::file(&self.path, message));
        }
        Ok(Files { paths, labels: labels.map(|labels| labels[part].to_vec()), class_names, seed })
    }

    fn check(&self) -> Result<()> {
        if let Some(split) = self.validation_split.filter(|split| !(*split > 0.0 && *split < 1.0)) {
            return Err(Error::argument(
                "validation_split",
                format!("must lie between 0 and 1, got {split}"),
            ));
        }
        if self.validation_split.is_some() != self.subset.is_some() {
            return Err(Error::argument("subset", "and `validation_split` must be given together"));
        }
        if self.validation_split.is_some() && self.shuffle && self.seed.is_none() {
            let message =
                "must be given with `validation_split` and `shuffle`: the parts would overlap without it";
            return Err(Error::argument("seed", message));
        }
        if self.class_names.is_some() && self.labels != Labels::Inferred {
            return Err(Error::argument("class_names", "is for inferred labels"));
        }
        Ok(())
    }

    /// The folders in the folder, or those that were given, which must be among them.
    fn classes(&self) -> Result<Vec<String>> {
        let mut folders: Vec<String> = self
            .entries(&self.path)?
            .into_iter()
            .filter(|(name, path)| !name.starts_with('.') && path.is_dir())
            .map(|(name, _)| name)
            .collect();
        folders.sort();
        match &self.class_names {
            Some(names) => match names.iter().find(|name| !folders.contains(name)) {
                Some(name) => Err(Error::unknown_name("class folder", name, folders)),
                None => Ok(names.clone()),
            },
            None => Ok(folders),
        }
    }

    fn entries(&self, folder: &Path) -> Result<Vec<(String, PathBuf)>> {
        let wrong = |error| Error::io(folder, error);
        let entries = std::fs::read_dir(folder).map_err(wrong)?;
        let named = entries.map(|entry| {
            let path = entry.map_err(wrong)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((name, path))
        });
        named.collect()
    }

    /// The files at or below a folder as `os.walk` finds them: folder by folder in the order of their paths.
    fn walk(&self, folder: &Path, endings: &[&str]) -> Result<Vec<String>> {
        let mut folders = vec![folder.to_owned()];
        let mut visited = BTreeSet::new();
        let mut at = 0;
        let mut files: Vec<(String, String)> = Vec::new();
        while at < folders.len() {
            let folder = folders[at].clone();
            at += 1;
            // Links may lead back to where they came from.
            if !visited.insert(std::fs::canonicalize(&folder).map_err(|error| Error::io(&folder, error))?) {
                continue;
            }
            for (name, path) in self.entries(&folder)? {
                if path.is_dir() {
                    if self.follow_links || !path.is_symlink() {
                        folders.push(path);
                    }
                } else if endings.iter().any(|ending| name.to_lowercase().ends_with(ending)) {
                    files.push((folder.to_string_lossy().into_owned(), name));
                }
            }
        }
        files.sort();
        Ok(files.into_iter().map(|(folder, name)| format!("{folder}/{name}")).collect())
    }
}

impl Files {
    /// The paths, and the labels as the mode wants them.
    pub(super) fn fields(&self, mode: LabelMode) -> Result<(StringTensor, Fields)> {
        let paths = StringTensor::from(self.paths.clone());
        let Some(labels) = &self.labels else { return Ok((paths, Fields::default())) };
        let rows = labels.len();
        let labels = match mode {
            LabelMode::Int => Tensor::from(labels.clone()),
            LabelMode::Binary => {
                Tensor::new(labels.iter().map(|label| *label as f32).collect::<Vec<_>>(), [rows, 1])?
            }
            LabelMode::Categorical => {
                let classes = self.class_names.len();
                let mut hot = vec![0.0f32; rows * classes];
                for (row, label) in hot.chunks_exact_mut(classes.max(1)).zip(labels) {
                    // As `tf.one_hot`, which has no place for a label out of range.
                    if let Some(place) = usize::try_from(*label).ok().and_then(|label| row.get_mut(label)) {
                        *place = 1.0;
                    }
                }
                Tensor::new(hot, [rows, classes])?
            }
            LabelMode::None => return Ok((paths, Fields::default())),
        };
        Ok((paths, labels.into()))
    }
}

/// Setters of the arguments that folders of all kinds share.
macro_rules! directory_setters {
    () => {
        /// Where labels come from: the names of folders by default.
        #[must_use]
        pub fn labels(mut self, labels: impl Into<$crate::data::Labels>) -> Self {
            self.directory.labels = labels.into();
            self
        }

        /// What becomes of labels.
        #[must_use]
        pub fn label_mode(mut self, label_mode: $crate::data::LabelMode) -> Self {
            self.directory.label_mode = label_mode;
            self
        }

        /// The names of the folders that are classes, in the order of their labels; all, in alphabetical order, by default.
        #[must_use]
        pub fn class_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
            self.directory.class_names = Some(names.into_iter().map(Into::into).collect());
            self
        }

        /// Whether the files come in random order; true by default.
        #[must_use]
        pub fn shuffle(mut self, shuffle: bool) -> Self {
            self.directory.shuffle = shuffle;
            self
        }

        /// What the random order follows from, as in Keras.
        #[must_use]
        pub fn seed(mut self, seed: u32) -> Self {
            self.directory.seed = Some(seed);
            self
        }

        /// The part of the files, from the end, that is held back for validation.
        #[must_use]
        pub fn validation_split(mut self, validation_split: f64) -> Self {
            self.directory.validation_split = Some(validation_split);
            self
        }

        /// Which part of the files is wanted, with `validation_split`.
        #[must_use]
        pub fn subset(mut self, subset: $crate::data::Subset) -> Self {
            self.directory.subset = Some(subset);
            self
        }

        /// Whether links to folders are gone into.
        #[must_use]
        pub fn follow_links(mut self, follow_links: bool) -> Self {
            self.directory.follow_links = follow_links;
            self
        }

        /// Files a batch, or `None` for one file at a time; 32 by default.
        #[must_use]
        pub fn batch_size(mut self, batch_size: impl Into<Option<usize>>) -> Self {
            self.batch_size = batch_size.into();
            self
        }
    };
}
pub(super) use directory_setters;
