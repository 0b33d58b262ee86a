//! The archive a `.keras` file is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path};

use serde_json::Value;
use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::format::Metadata;
use super::hdf5::{self, Group};
use super::limits::Budget;
use crate::fs::write_atomically;
use crate::{Error, Result};

const METADATA: &str = "metadata.json";
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";
const ASSETS: &str = "assets/";
/// Not Keras' own: Keras reads the parts it knows.
const PREPROCESSING: &str = "preprocessing.json";

/// JSON takes some forty times its length in memory, and the configs of the largest networks take
/// a megabyte.
const MAX_JSON: u64 = 16 << 20;

/// Why a file cannot be used; the caller knows which file it was.
type Message = String;

/// What a `.keras` file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct KerasArchive {
    /// Who wrote it, and when.
    pub metadata: Metadata,
    /// The model's config: an [`Object`](super::format::Object).
    pub config: Value,
    /// The weights: [`weights_h5`](super::weights_h5) knows their layout.
    pub weights: Group,
    /// The files that layers keep, such as vocabularies, by their path below `assets/`.
    pub assets: BTreeMap<String, Vec<u8>>,
    /// What is done with data before the model, if that is in the file: [`ModelPipeline`](crate::ModelPipeline).
    pub preprocessing: Option<Value>,
}

impl KerasArchive {
    /// Reads a `.keras` file.
    ///
    /// # Errors
    /// If the file cannot be opened, is damaged, lacks a part, or tries to do harm: names that occur
    /// twice or lead out of the archive, parts that unfold to far more than the file's size.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        read(file).map_err(|message| Error::file(path, message))
    }

    /// Writes a `.keras` file, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path.as_ref(), |file| write(self, file))
    }
}

/// Reads a `.keras` file from its bytes.
fn read(mut bytes: impl Read + Seek + Send + 'static) -> Result<KerasArchive, Message> {
    let length = bytes.seek(SeekFrom::End(0)).map_err(|e| e.to_string())?;
    let mut archive =
        ZipArchive::new(bytes).map_err(|e| format!("is not a `.keras` file, which is a zip archive: {e}"))?;
    if archive.has_duplicate_names() {
        return Err("the archive holds two parts of one name".into());
    }
    let mut budget = Budget::unfolded(length);
    let (mut metadata, mut config, mut weights, mut assets) = (None, None, None, BTreeMap::new());
    let mut preprocessing = None;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| e.to_string())?;
        let name = safe_name(&entry)?;
        match &*name {
            METADATA => metadata = Some(json(entry, METADATA)?),
            CONFIG => config = Some(json(entry, CONFIG)?),
            WEIGHTS => weights = Some(index),
            PREPROCESSING => preprocessing = Some(json(entry, PREPROCESSING)?),
            _ => {
                if let Some(asset) = name.strip_prefix(ASSETS).filter(|_| entry.is_file()) {
                    let asset = asset.to_owned();
                    assets.insert(asset, unpack(entry, &mut budget).map_err(|e| format!("{name}: {e}"))?);
                }
            }
        }
    }
    let missing =
        |part| format!("the archive has no `{part}`: it is not a `.keras` file, or not a whole one");
    let config: Value = config.ok_or_else(|| missing(CONFIG))?;
    let metadata = metadata.ok_or_else(|| missing(METADATA))?;
    let metadata = super::format::decode(&metadata, METADATA).map_err(|e| e.to_string())?;
    let index = weights.ok_or_else(|| missing(WEIGHTS))?;
    let weights = read_weights(archive, index, &mut budget).map_err(|e| format!("{WEIGHTS}: {e}"))?;
    Ok(KerasArchive { metadata, config, weights, assets, preprocessing })
}

/// The entry's name, if it stays within the archive when it is taken for a path.
fn safe_name(entry: &ZipFile<'_, impl Read>) -> Result<String, Message> {
    let name = entry.name().map_err(|e| e.to_string())?;
    let inside = Path::new(&*name).components().all(|part| matches!(part, Component::Normal(_)));
    if !inside || name.contains(['\\', '\0']) || entry.is_symlink() {
        return Err(format!("the archive's part {name:?} leads out of the archive"));
    }
    Ok(name.into_owned())
}

fn json(entry: ZipFile<'_, impl Read>, name: &str) -> Result<Value, Message> {
    let text = unpack(entry, &mut Budget::new(MAX_JSON, "memory")).map_err(|e| format!("{name}: {e}"))?;
    serde_json::from_slice(&text).map_err(|e| format!("{name}: {e}"))
}

/// An entry's bytes, their checksum verified.
fn unpack(entry: ZipFile<'_, impl Read>, budget: &mut Budget) -> Result<Vec<u8>, Message> {
    let size = entry.size();
    Budget::unfolded(entry.compressed_size()).check(size)?;
    budget.take(size)?;
    let mut bytes = Vec::new();
    let capacity = usize::try_from(size).map_err(|e| e.to_string())?;
    bytes.try_reserve_exact(capacity).map_err(|e| e.to_string())?;
    // The size is only what the archive says.
    entry.take(size + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 != size {
        return Err(format!("is not of the {size} bytes the archive says"));
    }
    Ok(bytes)
}

/// Weights that are stored as they are, the usual case, are read where they lie.
fn read_weights<R>(mut archive: ZipArchive<R>, index: usize, budget: &mut Budget) -> Result<Group, Message>
where
    R: Read + Seek + Send + 'static,
{
    let mut entry = archive.by_index(index).map_err(|e| e.to_string())?;
    if entry.compression() != CompressionMethod::Stored {
        let bytes = unpack(entry, budget)?;
        drop(archive);
        return hdf5::read(Cursor::new(bytes));
    }
    // HDF5 has no checksum on its data, zip has.
    let length = io::copy(&mut entry, &mut io::sink()).map_err(|e| e.to_string())?;
    let start = entry.data_start().ok_or("has no beginning")?;
    drop(entry);
    hdf5::read(Section { inner: archive.into_inner(), start, length, at: 0 })
}

/// A part of a file, as a file of its own.
struct Section<R> {
    inner: R,
    start: u64,
    length: u64,
    at: u64,
}

impl<R: Read + Seek> Read for Section<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        self.inner.seek(SeekFrom::Start(self.start + self.at))?;
        let read = self.inner.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R> Seek for Section<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Writes the parts in Keras' order, stored as they are, as Keras stores them.
fn write(archive: &KerasArchive, to: impl Write + Seek) -> io::Result<()> {
    let stored = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(to);
    zip.start_file(METADATA, stored)?;
    serde_json::to_writer(&mut zip, &archive.metadata)?;
    zip.start_file(CONFIG, stored)?;
    serde_json::to_writer(&mut zip, &archive.config)?;
    // The length is known only afterwards, and beyond 4 GiB a zip must have said so before.
    zip.start_file(WEIGHTS, stored.large_file(true))?;
    hdf5::write(&archive.weights, &mut zip)?;
    for (name, bytes) in &archive.assets {
        zip.start_file(format!("{ASSETS}{name}"), stored.large_file(u32::try_from(bytes.len()).is_err()))?;
        zip.write_all(bytes)?;
    }
    if let Some(preprocessing) = &archive.preprocessing {
        zip.start_file(PREPROCESSING, stored)?;
        serde_json::to_writer(&mut zip, preprocessing)?;
    }
    zip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saving::tests::{fixture, mutations, path};
    use crate::saving::{Attr, weights_h5};

    fn parse(bytes: &[u8]) -> Result<KerasArchive, Message> {
        read(Cursor::new(bytes.to_vec()))
    }

    fn bytes(archive: &KerasArchive) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        write(archive, &mut bytes).expect("writing to memory");
        bytes.into_inner()
    }

    fn zip(parts: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::DEFAULT.compression_method(method)).expect("a part");
            zip.write_all(bytes).expect("writing to memory");
        }
        zip.finish().expect("writing to memory").into_inner()
    }

    const DATED: &[u8] = br#"{"keras_version": "3.15.1", "date_saved": ""}"#;

    #[test]
    fn files_of_keras_come_back_as_they_were() -> crate::Result<()> {
        for file in ["sequential.keras", "functional.keras", "halves.keras"] {
            let archive = KerasArchive::open(path(file))?;
            assert_eq!(archive.metadata.keras_version, "3.15.1");
            assert!(archive.config["class_name"].is_string());
            let mut with_assets = archive.clone();
            with_assets.assets.insert("layers/lookup/vocabulary.txt".into(), b"a\nb".to_vec());
            with_assets.preprocessing = Some(serde_json::json!({"version": 1}));
            assert_eq!(parse(&bytes(&with_assets)), Ok(with_assets));
        }
        Ok(())
    }

    #[test]
    fn a_file_is_saved_and_opened() -> crate::Result<()> {
        let archive = KerasArchive::open(path("sequential.keras"))?;
        let saved = std::env::temp_dir().join(format!("cornu-{}.keras", std::process::id()));
        archive.save(&saved)?;
        assert_eq!(KerasArchive::open(&saved)?, archive);
        std::fs::remove_file(&saved).expect("cleaning up");
        let error = KerasArchive::open(&saved).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: ", saved.display())), "{error}");
        Ok(())
    }

    #[test]
    fn halves_are_read_as_floats() -> crate::Result<()> {
        let archive = KerasArchive::open(path("halves.keras"))?;
        let weights = weights_h5::read(&archive.weights)?;
        let dtypes: Vec<_> = weights.iter().flat_map(|w| &w.vars).map(crate::Tensor::dtype).collect();
        use crate::DType::{F32, F64};
        assert_eq!(dtypes, [F32, F32, F32, F32, F64, F64]);
        Ok(())
    }

    #[test]
    fn packed_parts_are_read_too() {
        let plain = parse(&fixture("sequential.keras")).expect("a file of Keras");
        let mut weights = Vec::new();
        hdf5::write(&plain.weights, &mut weights).expect("writing to memory");
        let config = plain.config.to_string();
        let parts = [(METADATA, DATED), (CONFIG, config.as_bytes()), (WEIGHTS, &*weights)];
        let packed = parse(&zip(&parts, CompressionMethod::Deflated)).expect("our own file");
        assert_eq!((packed.config, packed.weights), (plain.config, plain.weights));
    }

    #[test]
    fn what_is_missing_is_named() {
        let file = |parts: &[(&str, &[u8])]| parse(&zip(parts, CompressionMethod::Stored)).unwrap_err();
        assert_eq!(
            file(&[(METADATA, DATED)]),
            "the archive has no `config.json`: it is not a `.keras` file, or not a whole one"
        );
        assert_eq!(
            file(&[(METADATA, DATED), (CONFIG, b"{}")]),
            "the archive has no `model.weights.h5`: it is not a `.keras` file, or not a whole one"
        );
        assert_eq!(
            file(&[(METADATA, DATED), (CONFIG, b"{"), (WEIGHTS, b"")]),
            "config.json: EOF while parsing an object at line 1 column 1"
        );
        assert_eq!(
            file(&[(METADATA, b"[]"), (CONFIG, b"{}"), (WEIGHTS, b"")]),
            "metadata.json: invalid length 0, expected struct Metadata with 2 elements"
        );
        let error = file(&[(METADATA, DATED), (CONFIG, b"{}"), (WEIGHTS, b"no HDF5")]);
        assert!(error.starts_with("model.weights.h5: is not an HDF5 file that can be read"), "{error}");
        let error = parse(b"no zip").unwrap_err();
        assert!(error.starts_with("is not a `.keras` file, which is a zip archive"), "{error}");
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../evil", "assets/../../evil", "/etc/passwd", "assets\\..\\evil", "assets/./a/../b"] {
            let error = parse(&zip(&[(name, b"x")], CompressionMethod::Stored)).unwrap_err();
            assert_eq!(error, format!("the archive's part {name:?} leads out of the archive"));
        }
    }

    #[test]
    fn one_name_twice_is_refused() {
        let mut bytes = zip(&[("config.json", b"1"), ("donfig.json", b"2")], CompressionMethod::Stored);
        while let Some(at) = bytes.windows(6).position(|w| w == b"donfig") {
            bytes[at] = b'c';
        }
        assert_eq!(parse(&bytes).unwrap_err(), "the archive holds two parts of one name");
    }

    #[test]
    fn a_bomb_is_refused() {
        let zeros = vec![0; 8 << 20];
        for name in [METADATA, CONFIG, WEIGHTS, "assets/zeros"] {
            let mut parts = vec![(name, &*zeros)];
            let others: [(&str, &[u8]); 3] = [(METADATA, DATED), (CONFIG, b"{}"), (WEIGHTS, b"")];
            parts.extend(others.into_iter().filter(|(other, _)| *other != name));
            let error = parse(&zip(&parts, CompressionMethod::Deflated)).unwrap_err();
            assert_eq!(
                error,
                format!("{name}: asks for more memory than a file of its size can honestly need")
            );
        }
    }

    #[test]
    fn a_flipped_bit_in_the_weights_is_noticed() {
        let archive = parse(&fixture("sequential.keras")).expect("a file of Keras");
        let kernel = &archive.weights.group("layers/dense/vars").expect("the layer").datasets["0"];
        let needle = kernel.to_vec::<f32>()[3].to_le_bytes();
        let mut bytes = bytes(&archive);
        let at = bytes.windows(4).position(|w| w == needle).expect("the kernel");
        bytes[at] ^= 1;
        assert_eq!(parse(&bytes).unwrap_err(), "model.weights.h5: Invalid checksum");
    }

    #[test]
    fn json_nested_beyond_reason_is_refused() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        let parts: [(&str, &[u8]); 3] = [(METADATA, DATED), (CONFIG, deep.as_bytes()), (WEIGHTS, b"")];
        let error = parse(&zip(&parts, CompressionMethod::Stored)).unwrap_err();
        assert_eq!(error, "config.json: recursion limit exceeded at line 1 column 128");
    }

    /// Bytes changed anywhere, the archive's index included: a value or an error.
    #[test]
    fn damaged_files_do_no_harm() {
        for file in ["sequential.keras", "functional.keras"] {
            for damaged in mutations(&fixture(file), 2000) {
                let _ = parse(&damaged);
            }
        }
    }

    #[test]
    fn a_name_is_kept_with_the_weights() {
        let archive = parse(&fixture("functional.keras")).expect("a file of Keras");
        let vars = archive.weights.group("layers/dense/vars").expect("the layer");
        assert_eq!(vars.attrs["name"], Attr::Text("shared".into()));
    }
}
