//! NumPy's `.npz` files: zip archives of named `.npy` arrays.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::npy::{self, Found};
use crate::fs::write_atomically;
use crate::{Error, Result, Tensor};

/// The arrays of a file, by name and in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Npz {
    path: PathBuf,
    arrays: Vec<(String, Tensor)>,
}

impl Npz {
    /// The array with this name.
    ///
    /// # Errors
    /// If there is none; the message lists those there are.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        self.find(name).ok_or_else(|| {
            let names: Vec<_> = self.names().map(|name| format!("`{name}`")).collect();
            Error::file(&self.path, format!("holds no array `{name}`, only {}", names.join(", ")))
        })
    }

    /// The array with this name, if there is one.
    pub fn find(&self, name: &str) -> Option<&Tensor> {
        self.arrays.iter().find(|(n, _)| n == name).map(|(_, tensor)| tensor)
    }

    /// The arrays' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().map(|(name, _)| name.as_str())
    }

    /// The arrays with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.arrays.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// How many arrays there are.
    pub fn len(&self) -> usize {
        self.arrays.len()
    }

    /// Whether there is no array.
    pub fn is_empty(&self) -> bool {
        self.arrays.is_empty()
    }
}

impl IntoIterator for Npz {
    type Item = (String, Tensor);
    type IntoIter = std::vec::IntoIter<(String, Tensor)>;

    fn into_iter(self) -> Self::IntoIter {
        self.arrays.into_iter()
    }
}

/// Reads all arrays of a file, stored or compressed. What types become what, see [`npy`].
///
/// # Errors
/// If the file cannot be read, is no zip archive, is damaged, has two entries of one name or entries that
/// share bytes, or an entry is no array of numbers; the message names the file and the entry.
pub fn load_npz(path: impl AsRef<Path>) -> Result<Npz> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    read(BufReader::new(file), path)
}

/// Reads all arrays of a file that is in memory already.
///
/// # Errors
/// As [`load_npz`].
///
/// ```
/// let error = cornu::data::read_npz(b"not a zip file").unwrap_err();
/// assert!(error.to_string().contains("is not a zip archive"));
/// ```
pub fn read_npz(bytes: &[u8]) -> Result<Npz> {
    read(Cursor::new(bytes), Path::new("npz"))
}

fn read(reader: impl Read + Seek, path: &Path) -> Result<Npz> {
    let mut arrays = Vec::new();
    let mut archive = Archive::open(reader, path)?;
    for name in archive.names.clone() {
        let tensor = archive.read(&name, npy::read)?;
        arrays.push((name, tensor));
    }
    Ok(Npz { path: path.to_owned(), arrays })
}

/// An opened file, whose arrays are not read yet.
pub(crate) struct Archive<R> {
    path: PathBuf,
    zip: ZipArchive<R>,
    /// The arrays' names, in the file's order.
    names: Vec<String>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of entries.
    pub(crate) fn open(reader: R, path: &Path) -> Result<Self> {
        let wrong = |message: &str| Error::file(path, message);
        let mut zip = ZipArchive::new(reader)
            .map_err(|e| Error::file(path, format!("is not a zip archive as NumPy writes it: {e}")))?;
        if zip.has_duplicate_names() {
            return Err(wrong("has two entries of one name"));
        }
        // Thousands of names for the same compressed bytes: a bomb.
        if zip.has_overlapping_files().map_err(|e| Error::file(path, format!("is damaged: {e}")))? {
            return Err(wrong("has entries that share bytes"));
        }
        let mut names = Vec::with_capacity(zip.len());
        for at in 0..zip.len() {
            let name = zip.name_for_index(at).and_then(|name| name.ok());
            match name.as_deref().and_then(|name| name.strip_suffix(".npy")) {
                Some(name) => names.push(name.to_owned()),
                None => {
                    let name = name.unwrap_or("(not UTF-8)".into());
                    return Err(Error::file(path, format!("entry `{name}` is not an array (NAME.npy)")));
                }
            }
        }
        Ok(Archive { path: path.to_owned(), zip, names })
    }

    /// Lets `read` have the bytes of one array's file.
    pub(crate) fn read<T>(&mut self, name: &str, read: impl FnOnce(&mut dyn Read) -> Found<T>) -> Result<T> {
        let in_entry = |message: String| Error::file(&self.path, format!("array `{name}` {message}"));
        let mut entry = self
            .zip
            .by_name(&format!("{name}.npy"))
            .map_err(|e| in_entry(format!("cannot be opened: {e}")))?;
        read(&mut entry).map_err(in_entry)
    }
}

/// Writes named arrays, atomically and uncompressed, as `numpy.savez` does.
///
/// # Errors
/// If two arrays have one name, a name is empty, or the file cannot be written.
///
/// ```
/// use cornu::{Tensor, data};
/// # let path = std::env::temp_dir().join(format!("cornu-doc-{}.npz", std::process::id()));
/// let (x, y) = (Tensor::from([[0.5f32], [1.5]]), Tensor::from([0i64, 1]));
/// data::save_npz(&path, &[("x".into(), x.clone()), ("y".into(), y)])?;
/// let file = data::load_npz(&path)?;
/// assert_eq!(file.names().collect::<Vec<_>>(), ["x", "y"]);
/// assert_eq!(file.get("x")?, &x);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn save_npz(path: impl AsRef<Path>, arrays: &[(String, Tensor)]) -> Result<()> {
    let path = path.as_ref();
    let mut seen = HashSet::new();
    if let Some((name, _)) = arrays.iter().find(|(name, _)| name.is_empty() || !seen.insert(name)) {
        return Err(Error::argument("save_npz", format!("the name `{name}` is empty or given twice")));
    }
    write_atomically(path, |out| {
        let mut zip = ZipWriter::new(out);
        for (name, tensor) in arrays {
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                // Sizes over 4 GB need wider fields, which must be announced.
                .large_file(tensor.len().saturating_mul(tensor.dtype().size()) >= u32::MAX as usize - 65_536);
            zip.start_file(format!("{name}.npy"), options)?;
            npy::write(&mut zip, tensor)?;
        }
        zip.finish()?;
        Ok(())
    })
}
