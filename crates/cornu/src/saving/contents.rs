//! What is in a file, whatever file it is, whole or damaged.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;
use zip::ZipArchive;

use super::hdf5::{self, Attr, Group};
use super::limits::Budget;
use super::{legacy_h5, weights_h5};
use crate::data::read_npy;
use crate::{DType, Error, Result, Tensor};

/// What [`contents`] has found in a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contents {
    /// What the file is, such as `Keras model`.
    pub kind: &'static str,
    /// The file's length in bytes.
    pub bytes: u64,
    /// What it says of itself, such as the version that wrote it, by name.
    pub facts: Vec<(String, String)>,
    /// The parts of an archive.
    pub parts: Vec<Part>,
    /// The JSON in it, by the name of its part or attribute.
    pub documents: Vec<(String, Value)>,
    /// The arrays in it, by path.
    pub arrays: Vec<(String, Tensor)>,
    /// What could not be read, and why; nothing in a file that is whole.
    pub damage: Vec<String>,
}

/// A part of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The checksum (CRC-32) that the archive has of it.
    pub crc32: u32,
}

/// A checksum (CRC-32) of an array's values as they lie in a file, least byte first.
pub fn crc32(array: &Tensor) -> u32 {
    let bytes: Vec<u8> = match array.dtype() {
        DType::F32 => array.to_vec::<f32>().into_iter().flat_map(f32::to_le_bytes).collect(),
        DType::F64 => array.to_vec::<f64>().into_iter().flat_map(f64::to_le_bytes).collect(),
        DType::I32 => array.to_vec::<i32>().into_iter().flat_map(i32::to_le_bytes).collect(),
        DType::I64 => array.to_vec::<i64>().into_iter().flat_map(i64::to_le_bytes).collect(),
        DType::U8 | DType::Bool => array.to_vec::<u8>(),
    };
    let mut crc = flate2::Crc::new();
    crc.update(&bytes);
    crc.sum()
}

/// Looks into a file: a `.keras`, `.h5`, `.weights.h5`, `.npz` or JSON file, by its content. What is damaged is left out and noted.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Sequential, saving};
/// let path = std::env::temp_dir().join(format!("cornu-contents-{}.weights.h5", std::process::id()));
/// Sequential::new().add(Input::new([2])).add(Dense::new(1)).save_weights(&path)?;
/// let found = saving::contents(&path)?;
/// assert_eq!((found.kind, found.arrays[0].0.as_str()), ("weights of Keras 3", "layers/dense/vars/0"));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be opened, or is of no kind that Cornu knows.
pub fn contents(path: impl AsRef<Path>) -> Result<Contents> {
    let path = path.as_ref();
    let io = |source| Error::io(path, source);
    let mut file = File::open(path).map_err(io)?;
    let mut first = Vec::new();
    file.by_ref().take(64).read_to_end(&mut first).map_err(io)?;
    let bytes = file.seek(SeekFrom::End(0)).map_err(io)?;
    file.rewind().map_err(io)?;
    let mut found = Contents { bytes, ..Contents::default() };
    match first.trim_ascii_start() {
        [b'P', b'K', ..] => found.read_archive(file),
        [0x89, b'H', b'D', b'F', ..] => found.read_hdf5(hdf5::read(file)),
        [b'{' | b'[', ..] => found.read_json(file),
        _ => {
            return Err(Error::file(
                path,
                "is neither a zip archive, as .keras and .npz are, nor HDF5 nor JSON",
            ));
        }
    }
    Ok(found)
}

impl Contents {
    fn read_archive(&mut self, file: File) {
        self.kind = "zip archive";
        let mut archive = match ZipArchive::new(file) {
            Ok(archive) => archive,
            Err(error) => return self.damage.push(format!("the archive's index: {error}")),
        };
        let mut budget = Budget::unfolded(self.bytes);
        for at in 0..archive.len() {
            let mut part = match archive.by_index(at) {
                Ok(part) => part,
                Err(error) => {
                    self.damage.push(format!("part {at}: {error}"));
                    continue;
                }
            };
            let name = part.name().map_or_else(|_| format!("part {at}"), |name| name.into_owned());
            self.parts.push(Part { name: name.clone(), bytes: part.size(), crc32: part.crc32() });
            let mut bytes = Vec::new();
            let size = part.size();
            let read = budget.take(size).map_err(|message| format!("{name}: {message}")).and_then(|()| {
                part.by_ref().take(size).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))
            });
            // What can be read of a part whose checksum is wrong may still be right.
            self.damage.extend(read.err());
            self.read_part(&name, bytes);
        }
    }

    fn read_part(&mut self, name: &str, bytes: Vec<u8>) {
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "json" => {
                self.kind = "Keras model";
                match serde_json::from_slice::<Value>(&bytes) {
                    Ok(value) => {
                        for key in ["keras_version", "date_saved"] {
                            let fact = value.get(key).and_then(Value::as_str);
                            self.facts.extend(fact.map(|fact| (key.to_owned(), fact.to_owned())));
                        }
                        self.documents.push((name.to_owned(), value));
                    }
                    Err(error) => self.damage.push(format!("{name}: {error}")),
                }
            }
            "h5" => match hdf5::read(Cursor::new(bytes)) {
                Ok(root) => self.collect(&root, ""),
                Err(message) => self.damage.push(format!("{name}: {message}")),
            },
            "npy" => {
                self.kind = "arrays of NumPy";
                match read_npy(&bytes) {
                    Ok(array) => self.arrays.push((name.trim_end_matches(".npy").to_owned(), array)),
                    Err(error) => self.damage.push(format!("{name}: {error}")),
                }
            }
            _ => {}
        }
    }

    fn read_hdf5(&mut self, root: Result<Group, String>) {
        self.kind = "HDF5";
        let root = match root {
            Ok(root) => root,
            Err(message) => return self.damage.push(message),
        };
        self.kind = match (legacy_h5::is_model(&root), legacy_h5::has_weights(&root)) {
            (true, _) => "Keras model (legacy HDF5)",
            (false, true) => "weights by layer (legacy HDF5)",
            (false, false) if weights_h5::read(&root).is_ok() => "weights of Keras 3",
            _ => "HDF5",
        };
        for (name, attr) in &root.attrs {
            match attr {
                Attr::Text(text) if text.starts_with('{') => match serde_json::from_str(text) {
                    Ok(value) => self.documents.push((name.clone(), value)),
                    Err(error) => self.damage.push(format!("attribute `{name}`: {error}")),
                },
                Attr::Text(text) => self.facts.push((name.clone(), text.clone())),
                _ => {}
            }
        }
        self.collect(&root, "");
    }

    fn read_json(&mut self, file: File) {
        self.kind = "architecture";
        match serde_json::from_reader::<_, Value>(std::io::BufReader::new(file)) {
            Ok(value) => {
                let version = value.get("keras_version").and_then(Value::as_str);
                self.facts.extend(version.map(|version| ("keras_version".into(), version.to_owned())));
                self.documents.push(("JSON".into(), value));
            }
            Err(error) => self.damage.push(error.to_string()),
        }
    }

    /// The arrays of a group and those below it.
    fn collect(&mut self, group: &Group, path: &str) {
        let join = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        self.arrays.extend(group.datasets.iter().map(|(name, array)| (join(name), array.clone())));
        for (name, inner) in &group.groups {
            self.collect(inner, &join(name));
        }
    }
}
