//! `text_dataset_from_directory`: the texts of a folder by class.

use std::path::Path;

use super::directory::{Directory, directory_setters};
use super::folder::FolderDataset;
use crate::data::{Record, StringTensor};
use crate::{Data, Error, Result};

/// Arguments of [`text_dataset_from_directory`], named like Keras'.
#[derive(Debug, Clone)]
pub struct TextFolder {
    directory: Directory,
    batch_size: Option<usize>,
    max_length: Option<usize>,
}

impl TextFolder {
    /// The `.txt` files at or below a folder.
    pub fn new(directory: impl AsRef<Path>) -> Self {
        TextFolder { directory: Directory::new(directory), batch_size: Some(32), max_length: None }
    }

    directory_setters!();

    crate::setters! {
        /// The bytes of a text at most; the rest is cut off.
        max_length: some usize;
    }
}

/// Batches of the texts `(batch)` at or below a folder, with their labels: Keras' `keras.utils.text_dataset_from_directory`.
/// [`TextVectorization`](crate::layers::TextVectorization) makes numbers of them.
///
/// ```
/// use cornu::data::{Dataset, TextFolder, text_dataset_from_directory};
/// # let folder = std::env::temp_dir().join(format!("cornu-doc-texts-{}", std::process::id()));
/// // folder/neg/0.txt, folder/pos/0.txt
/// # for (class, text) in [("neg", "dull"), ("pos", "a joy")] {
/// #     std::fs::create_dir_all(folder.join(class)).unwrap();
/// #     std::fs::write(folder.join(class).join("0.txt"), text).unwrap();
/// # }
/// let texts = text_dataset_from_directory(TextFolder::new(&folder).shuffle(false))?;
/// assert_eq!(texts.class_names, ["neg", "pos"]);
/// let batch = texts.iter().next().expect("a batch")?;
/// assert_eq!(batch, (cornu::Data::from(["dull", "a joy"]), cornu::Tensor::from([0i32, 1])).into());
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the arguments contradict each other, the folder cannot be read, or it has no such file. A file that cannot be read is an
/// error of going through the dataset.
///
/// Source: <https://keras.io/api/data_loading/text/>.
pub fn text_dataset_from_directory(arguments: TextFolder) -> Result<FolderDataset> {
    let TextFolder { directory, batch_size, max_length } = arguments;
    let files = directory.files(&[".txt"])?;
    FolderDataset::new(&directory, files, batch_size, move |record| {
        let path = path_of(&record)?;
        let mut bytes = std::fs::read(&path).map_err(|error| Error::io(&path, error))?;
        bytes.truncate(max_length.unwrap_or(usize::MAX));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = StringTensor::new(vec![text], [])?;
        Ok(Record { x: Data::from(text).into(), ..record })
    })
}

/// The path that an element holds before it is read.
pub(super) fn path_of(record: &Record) -> Result<String> {
    let path = record.x.strings().and_then(|path| path.as_slice().first());
    path.cloned().ok_or_else(|| Error::data("an element has no path"))
}
