//! `FolderDataset`: files of a folder as a dataset, with the names of its classes.

use super::directory::{Directory, Files};
use crate::Result;
use crate::data::{
    AUTOTUNE, Cardinality, Dataset, ElementSpec, Elements, Pipeline, Record, Shuffle, from_tensor_slices,
};

/// The files of a folder: a [`Dataset`] that also knows which classes there are, and which files it reads.
#[derive(Debug, Clone)]
pub struct FolderDataset {
    /// The names of the classes, in the order of their labels.
    pub class_names: Vec<String>,
    /// The files, in the order before any shuffle that is done anew each epoch.
    pub file_paths: Vec<String>,
    pipeline: Pipeline,
}

impl FolderDataset {
    /// The elements that `read` makes of each file's path, in batches, read ahead.
    pub(super) fn new(
        directory: &Directory,
        files: Files,
        batch_size: Option<usize>,
        read: impl Fn(Record) -> Result<Record> + Send + Sync + 'static,
    ) -> Result<Self> {
        let mut pipeline = from_tensor_slices(files.fields(directory.label_mode)?)?;
        if directory.shuffle {
            let buffer = batch_size.map_or(1024, |size| size.saturating_mul(8)).max(1);
            pipeline = pipeline.shuffle(Shuffle::new(buffer).seed(u64::from(files.seed)));
        }
        pipeline = pipeline.map(read);
        if let Some(size) = batch_size {
            pipeline = pipeline.batch(size);
        }
        let Files { class_names, paths: file_paths, .. } = files;
        Ok(FolderDataset { class_names, file_paths, pipeline: pipeline.prefetch(AUTOTUNE) })
    }
}

impl Dataset for FolderDataset {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        self.pipeline.begin(pass)
    }

    fn cardinality(&self) -> Cardinality {
        self.pipeline.cardinality()
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.pipeline.element_spec()
    }
}
