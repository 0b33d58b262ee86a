//! HDF5 files as trees of groups.
//!
//! The only module that knows the crate `hdf5-pure`. A tree's members are sorted by name: HDF5
//! promises no order, so whoever needs one (Keras numbers its variables, Keras 2 lists its layers in
//! an attribute) takes it from the names.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cornu_engine::with_dtype;
use half::{bf16, f16};
use hdf5_pure::{
    AttrValue, Dataset, DatasetBuilder, Datatype, DatatypeByteOrder, EnumTypeBuilder, FileBuilder,
    FinishedGroup, FloatingPointLayout, FormatError, GroupBuilder, Source,
};

use super::limits::Budget;
use crate::fs::write_atomically;
use crate::{Element, Error, Result, Tensor};

/// Why a file cannot be used; the caller knows which file it was.
type Message = String;

/// A group of an HDF5 file: attributes, subgroups, datasets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// The attributes that are text, lists of text or single numbers; others are passed over.
    pub attrs: BTreeMap<String, Attr>,
    /// The subgroups.
    pub groups: BTreeMap<String, Group>,
    /// The datasets, as the nearest tensor type: halves become `f32`, small integers `i32`, unsigned
    /// 32- and 64-bit integers `i64`.
    pub datasets: BTreeMap<String, Tensor>,
}

/// An attribute of a [`Group`].
#[derive(Debug, Clone, PartialEq)]
pub enum Attr {
    /// A string.
    Text(String),
    /// A list of strings. An empty list of anything reads as this, for h5py writes an empty list of
    /// names as an empty list of doubles.
    Texts(Vec<String>),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Float(f64),
}

impl Group {
    /// Reads an HDF5 file. Datasets are read one by one, so that memory holds the tensors, not the
    /// file beside them.
    ///
    /// # Errors
    /// If the file cannot be opened, is damaged, holds something other than numbers, or unfolds to
    /// far more than its own size.
    pub fn open(path: impl AsRef<Path>) -> Result<Group> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        read(file).map_err(|message| Error::file(path, message))
    }

    /// Writes an HDF5 file, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written, or a name is empty or holds a `/`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path.as_ref(), |file| write(self, file))
    }

    /// The subgroup at a path such as `layers/dense/vars`; the empty path is the group itself.
    pub fn group(&self, path: &str) -> Option<&Group> {
        path.split('/').filter(|name| !name.is_empty()).try_fold(self, |group, name| group.groups.get(name))
    }

    /// The subgroup at a path, made with every group above it where there is none.
    pub fn group_mut(&mut self, path: &str) -> &mut Group {
        path.split('/')
            .filter(|name| !name.is_empty())
            .fold(self, |group, name| group.groups.entry(name.to_owned()).or_default())
    }
}

/// How deep groups may nest: Keras adds two or three for every model inside a model.
const MAX_DEPTH: usize = 128;
/// No object of an HDF5 file takes fewer bytes than this, its link included.
const MIN_OBJECT: u64 = 16;

/// What a read costs beside its bytes, so that reading nothing is not for free.
const READ_COST: u64 = 64;

/// What a file may still claim. Hard links make one object appear many times, so that the file's
/// length alone bounds nothing.
struct Budgets {
    length: u64,
    objects: Budget,
    bytes: Budget,
}

/// A file's bytes, so many times over and no more: in a crafted file an index that points to itself
/// has the library read without end.
struct Metered<R> {
    bytes: Mutex<(R, Budget)>,
    length: u64,
}

impl<R: Read + Seek> Source for Metered<R> {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), FormatError> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, meter) = &mut *bytes;
        meter.take(READ_COST + buffer.len() as u64).map_err(FormatError::Source)?;
        bytes
            .seek(io::SeekFrom::Start(offset))
            .and_then(|_| bytes.read_exact(buffer))
            .map_err(|e| FormatError::Source(e.to_string()))
    }
}

/// Reads an HDF5 file from its bytes.
pub(crate) fn read(mut bytes: impl Read + Seek + Send + 'static) -> Result<Group, Message> {
    let length = bytes.seek(io::SeekFrom::End(0)).map_err(|e| e.to_string())?;
    let source = Metered { bytes: Mutex::new((bytes, Budget::reading(length))), length };
    let file = hdf5_pure::File::from_source(source)
        .map_err(|e| format!("is not an HDF5 file that can be read: {e}"))?;
    let mut budgets = Budgets {
        length,
        objects: Budget::new(length / MIN_OBJECT, "objects"),
        bytes: Budget::unfolded(length),
    };
    read_group(&file.root(), "", 0, &mut budgets)
}

fn read_group(
    from: &hdf5_pure::Group,
    at: &str,
    depth: usize,
    budgets: &mut Budgets,
) -> Result<Group, Message> {
    if depth > MAX_DEPTH {
        return Err(format!("group `{at}`: groups are nested more than {MAX_DEPTH} deep"));
    }
    let fail = |e: hdf5_pure::Error| format!("group `{at}/`: {e}");
    let mut group = Group::default();
    for (name, value) in from.attrs().map_err(fail)? {
        group.attrs.extend(read_attr(&value).map(|attr| (name, attr)));
    }
    let datasets = from.iter_datasets().map_err(fail)?;
    let groups = from.iter_groups().map_err(fail)?;
    budgets.objects.take((datasets.len() + groups.len()) as u64 + 1)?;
    for (name, dataset) in datasets {
        let at = format!("{at}/{name}");
        let tensor = read_dataset(&dataset, budgets).map_err(|e| format!("dataset `{at}`: {e}"))?;
        insert(&mut group.datasets, name, tensor, &at)?;
    }
    for (name, child) in groups {
        let at = format!("{at}/{name}");
        let child = read_group(&child, &at, depth + 1, budgets)?;
        insert(&mut group.groups, name, child, &at)?;
    }
    Ok(group)
}

fn insert<T>(map: &mut BTreeMap<String, T>, name: String, value: T, at: &str) -> Result<(), Message> {
    match map.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
        Entry::Occupied(_) => Err(format!("holds `{at}` twice")),
    }
}

fn read_attr(value: &AttrValue) -> Option<Attr> {
    if let Some(texts) = value.as_strings() {
        let scalar = matches!(
            value,
            AttrValue::String(_)
                | AttrValue::AsciiString(_)
                | AttrValue::StringSized { .. }
                | AttrValue::AsciiStringSized { .. }
                | AttrValue::VarLenString(_)
                | AttrValue::VarLenAsciiString(_)
        );
        return match texts {
            [text] if scalar => Some(Attr::Text(text.clone())),
            _ => Some(Attr::Texts(texts.to_vec())),
        };
    }
    if value.to_f64s().is_some_and(|v| v.is_empty()) || value.to_i64s().is_some_and(|v| v.is_empty()) {
        return Some(Attr::Texts(Vec::new()));
    }
    value.as_i64().map(Attr::Int).or_else(|| value.as_f64().map(Attr::Float))
}

/// The types of numbers a dataset may hold.
enum Numbers {
    F16,
    Bf16,
    F32,
    F64,
    I32,
    I64,
    U8,
    U64,
    Bool,
}

fn read_dataset(dataset: &Dataset, budgets: &mut Budgets) -> Result<Tensor, Message> {
    let fail = |e: hdf5_pure::Error| e.to_string();
    let datatype = dataset.datatype().map_err(fail)?;
    let (numbers, big_endian) = numbers_of(dataset, &datatype)?;
    let dims = dataset.shape().map_err(fail)?;
    let stored_size = u64::from(datatype.type_size());
    check_chunks(dataset, &dims, stored_size, budgets)?;
    budgets.bytes.take(bytes_of(&dims, stored_size.max(4))?)?;
    let shape: Vec<usize> = dims
        .iter()
        .map(|&d| usize::try_from(d))
        .collect::<Result<_, _>>()
        .map_err(|_| "has a shape beyond this machine's memory")?;

    match numbers {
        Numbers::F32 if big_endian => tensor(stored(dataset, f32::from_be_bytes)?, shape),
        Numbers::F32 => tensor(stored(dataset, f32::from_le_bytes)?, shape),
        Numbers::F64 if big_endian => tensor(stored(dataset, f64::from_be_bytes)?, shape),
        Numbers::F64 => tensor(stored(dataset, f64::from_le_bytes)?, shape),
        Numbers::I32 => tensor(dataset.read_i32().map_err(fail)?, shape),
        Numbers::I64 => tensor(dataset.read_i64().map_err(fail)?, shape),
        Numbers::U8 => tensor(dataset.read_u8().map_err(fail)?, shape),
        Numbers::U64 => {
            let values = dataset.read_u64().map_err(fail)?.into_iter().map(i64::try_from);
            let values = values.collect::<Result<Vec<_>, _>>();
            tensor(values.map_err(|_| "holds integers beyond 2^63 - 1")?, shape)
        }
        Numbers::Bool => {
            tensor(dataset.read_raw().map_err(fail)?.iter().map(|&b| b != 0).collect::<Vec<_>>(), shape)
        }
        Numbers::F16 => tensor(halves(dataset, big_endian, f16::from_bits, f16::to_f32)?, shape),
        Numbers::Bf16 => tensor(halves(dataset, big_endian, bf16::from_bits, bf16::to_f32)?, shape),
    }
}

/// Refuses pieces that the library trusts too far: it makes room for a piece before it reads it,
/// adds its place to its size unchecked, and walks over every row of every piece.
fn check_chunks(dataset: &Dataset, dims: &[u64], element: u64, budgets: &Budgets) -> Result<(), Message> {
    let Some(shape) = dataset.chunk_shape().map_err(|e| e.to_string())? else {
        return Ok(());
    };
    let chunks = dataset.chunks().map_err(|e| e.to_string())?;
    let unpacked = bytes_of(&shape, element)?.saturating_mul(chunks.len() as u64);
    budgets.bytes.check(unpacked)?;
    for chunk in chunks {
        let end = chunk.address.checked_add(chunk.storage_size);
        if end.is_none_or(|end| end > budgets.length) {
            return Err("has a piece beyond the end of the file".into());
        }
        if chunk.offset.iter().zip(dims).any(|(offset, dim)| offset >= dim) {
            return Err(format!("has a piece outside its shape {dims:?}"));
        }
    }
    Ok(())
}

fn bytes_of(dims: &[u64], element: u64) -> Result<u64, Message> {
    let bytes = dims.iter().try_fold(element, |n, &d| n.checked_mul(d));
    bytes.ok_or_else(|| format!("has the shape {dims:?}, beyond counting"))
}

fn tensor<T: Element>(values: Vec<T>, shape: Vec<usize>) -> Result<Tensor, Message> {
    Tensor::new(values, shape).map_err(|e| e.to_string())
}

/// The elements of a dataset from their bytes. Here rather than by the library, for weights are most of a file.
fn stored<const SIZE: usize, T>(
    dataset: &Dataset,
    from_bytes: impl Fn([u8; SIZE]) -> T,
) -> Result<Vec<T>, Message> {
    let raw = dataset.read_raw().map_err(|e| e.to_string())?;
    Ok(raw.as_chunks().0.iter().map(|&bytes| from_bytes(bytes)).collect())
}

fn halves<H>(
    dataset: &Dataset,
    big_endian: bool,
    from_bits: fn(u16) -> H,
    to_f32: fn(H) -> f32,
) -> Result<Vec<f32>, Message> {
    let bits = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
    stored(dataset, |bytes| to_f32(from_bits(bits(bytes))))
}

/// Which numbers a dataset holds, with whether they are big-endian.
fn numbers_of(dataset: &Dataset, datatype: &Datatype) -> Result<(Numbers, bool), Message> {
    let numbers = match datatype {
        Datatype::FloatingPoint { size: 4, layout: FloatingPointLayout::IEEE754_BINARY32, .. } => {
            Numbers::F32
        }
        Datatype::FloatingPoint { size: 8, layout: FloatingPointLayout::IEEE754_BINARY64, .. } => {
            Numbers::F64
        }
        Datatype::FloatingPoint { size: 2, layout, .. } => match (layout.exponent_size, layout.mantissa_size)
        {
            (5, 10) => Numbers::F16,
            (8, 7) => Numbers::Bf16,
            _ => return Err(unsupported(datatype)),
        },
        // h5py knows no bfloat16: Keras stores the bits and says so in an attribute.
        Datatype::Opaque { size: 2, .. } => {
            let attrs = dataset.attrs().map_err(|e| e.to_string())?;
            match attrs.get("dtype").and_then(AttrValue::as_str) {
                Some("bfloat16") => Numbers::Bf16,
                _ => return Err(unsupported(datatype)),
            }
        }
        Datatype::FixedPoint { size, layout, .. } => match (size, layout.signed) {
            (1, false) => Numbers::U8,
            (1 | 2, _) | (4, true) => Numbers::I32,
            (4, false) | (8, true) => Numbers::I64,
            (8, false) => Numbers::U64,
            _ => return Err(unsupported(datatype)),
        },
        Datatype::Enumeration { size: 1, members, .. }
            if members.len() == 2 && members.iter().all(|m| matches!(&*m.name, "FALSE" | "TRUE")) =>
        {
            Numbers::Bool
        }
        _ => return Err(unsupported(datatype)),
    };
    let big_endian =
        matches!(datatype, Datatype::FloatingPoint { byte_order: DatatypeByteOrder::BigEndian, .. });
    Ok((numbers, big_endian))
}

fn unsupported(datatype: &Datatype) -> Message {
    format!("holds {datatype}, where floating-point numbers, integers or booleans are wanted")
}

/// Writes a tree as an HDF5 file, every dataset in one uncompressed piece, as Keras writes it.
pub(crate) fn write(group: &Group, to: impl Write) -> io::Result<()> {
    let mut file = FileBuilder::new();
    for (name, attr) in &group.attrs {
        file.set_attr(name, attr_value(attr));
    }
    for (name, tensor) in &group.datasets {
        fill_dataset(file.create_dataset(name), tensor)?;
    }
    for (name, child) in &group.groups {
        let child = build_group(file.create_group(name), child)?;
        file.add_group(child);
    }
    file.finish_to(to).map_err(|error| match error {
        hdf5_pure::Error::Io(source) => source,
        other => io::Error::other(other),
    })
}

fn build_group(mut builder: GroupBuilder, group: &Group) -> io::Result<FinishedGroup> {
    for (name, attr) in &group.attrs {
        builder.set_attr(name, attr_value(attr));
    }
    for (name, tensor) in &group.datasets {
        fill_dataset(builder.create_dataset(name), tensor)?;
    }
    for (name, child) in &group.groups {
        let child = build_group(builder.create_group(name), child)?;
        builder.add_group(child);
    }
    Ok(builder.finish())
}

fn fill_dataset(dataset: &mut DatasetBuilder, tensor: &Tensor) -> io::Result<()> {
    let shape: Vec<u64> = tensor.shape().iter().map(|&d| d as u64).collect();
    with_dtype!(tensor.dtype(), T => {
        let values = tensor.as_slice::<T>().map_err(io::Error::other)?;
        <T as Stored>::put(dataset, values)?;
    });
    dataset.with_shape(&shape);
    Ok(())
}

/// How an element type goes into a dataset.
trait Stored: Sized {
    fn put(dataset: &mut DatasetBuilder, values: &[Self]) -> io::Result<()>;
}

macro_rules! stored {
    ($($type:ty: $datatype:ident;)*) => { $(
        impl Stored for $type {
            fn put(dataset: &mut DatasetBuilder, values: &[Self]) -> io::Result<()> {
                let bytes = values.iter().map(|value| value.to_le_bytes()).collect::<Vec<_>>().into_flattened();
                dataset.with_raw_data(hdf5_pure::$datatype(), bytes, values.len() as u64);
                Ok(())
            }
        }
    )* };
}

stored! {
    f32: make_f32_type;
    f64: make_f64_type;
    i32: make_i32_type;
    i64: make_i64_type;
    u8: make_u8_type;
}

impl Stored for bool {
    /// As h5py stores NumPy's booleans: an enumeration of `FALSE` and `TRUE`.
    fn put(dataset: &mut DatasetBuilder, values: &[Self]) -> io::Result<()> {
        let datatype = EnumTypeBuilder::with_base(hdf5_pure::make_i8_type())
            .raw_value("FALSE", &[0])
            .raw_value("TRUE", &[1])
            .build()
            .map_err(io::Error::other)?;
        let bytes = values.iter().map(|&v| u8::from(v)).collect();
        dataset.with_raw_data(datatype, bytes, values.len() as u64);
        Ok(())
    }
}

/// Attributes as h5py writes Python's values, strings of variable length among them.
fn attr_value(attr: &Attr) -> AttrValue {
    match attr {
        Attr::Text(text) => AttrValue::VarLenString(text.clone()),
        Attr::Texts(texts) if texts.is_empty() => AttrValue::F64Array(Vec::new()),
        Attr::Texts(texts) => AttrValue::VarLenStringArray(texts.clone()),
        Attr::Int(value) => AttrValue::I64(*value),
        Attr::Float(value) => AttrValue::F64(*value),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::DType;
    use crate::saving::tests::{fixture, mutations};

    fn parse(bytes: &[u8]) -> Result<Group, Message> {
        read(Cursor::new(bytes.to_vec()))
    }

    fn bytes(group: &Group) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(group, &mut bytes).expect("writing to memory");
        bytes
    }

    #[test]
    fn every_kind_h5py_writes_is_read() {
        for file in ["types_earliest.h5", "types_latest.h5"] {
            let root = parse(&fixture(file)).expect("a file of h5py");
            let kinds = root.group("kinds").expect("a group");
            for (name, dtype) in [
                ("i1", DType::I32),
                ("i2", DType::I32),
                ("i4", DType::I32),
                ("i8", DType::I64),
                ("u1", DType::U8),
                ("u2", DType::I32),
                ("u4", DType::I64),
                ("u8", DType::I64),
                ("f2", DType::F32),
                ("f4", DType::F32),
                ("f8", DType::F64),
                ("big_i4", DType::I32),
                ("big_f4", DType::F32),
                ("big_f2", DType::F32),
            ] {
                let tensor = &kinds.datasets[name];
                assert_eq!((tensor.dtype(), tensor.shape()), (dtype, &[2, 3][..]), "{file} {name}");
                assert_eq!(tensor.to_vec::<f64>(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "{file} {name}");
            }
            let even = Tensor::from([[true, false, true], [false, true, false]]);
            assert_eq!(kinds.datasets["bool"], even);
            assert_eq!(kinds.datasets["scalar"], Tensor::scalar(7.0f32));
            assert_eq!(kinds.datasets["empty"], Tensor::zeros([0, 3], DType::F32));
            let counted: Vec<f32> = (0..1000u16).map(f32::from).collect();
            assert_eq!(kinds.datasets["packed"].to_vec::<f32>(), counted);
            let texts = |texts: &[&str]| Attr::Texts(texts.iter().map(|&t| t.to_owned()).collect());
            assert_eq!(
                kinds.attrs,
                BTreeMap::from([
                    ("bytes".to_owned(), Attr::Text("abc".into())),
                    ("float".to_owned(), Attr::Float(0.5)),
                    ("int".to_owned(), Attr::Int(3)),
                    ("names".to_owned(), texts(&["a", "bcd"])),
                    ("none".to_owned(), texts(&[])),
                    ("strs".to_owned(), texts(&["x", "yy"])),
                    ("text".to_owned(), Attr::Text("größe".into())),
                ])
            );
        }
    }

    #[test]
    fn the_layout_of_keras_2_is_read() {
        let root = parse(&fixture("legacy.h5")).expect("a file of Keras");
        let weights = root.group("model_weights").expect("the weights");
        let names = ["dense", "activation", "dense_1"].map(String::from).to_vec();
        assert_eq!(weights.attrs["layer_names"], Attr::Texts(names));
        assert_eq!(root.group("model_weights/activation").map(|g| g.attrs.len()), Some(1));
        let kernel =
            &root.group("model_weights/dense/sequential/dense").expect("the layer").datasets["kernel"];
        assert_eq!(kernel.shape(), [2, 3]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut root = Group::default();
        root.attrs.insert("text".into(), Attr::Text("größe".into()));
        root.attrs.insert("texts".into(), Attr::Texts(vec!["a".into(), String::new(), "ß".into()]));
        root.attrs.insert("none".into(), Attr::Texts(Vec::new()));
        root.attrs.insert("int".into(), Attr::Int(-3));
        root.attrs.insert("float".into(), Attr::Float(0.25));
        let vars = root.group_mut("layers/dense/vars");
        for (at, dtype) in
            [DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool].iter().enumerate()
        {
            vars.datasets.insert(at.to_string(), Tensor::from([[0u8, 1], [1, 0]]).cast(*dtype));
        }
        vars.datasets.insert("scalar".into(), Tensor::scalar(i64::MIN));
        vars.datasets.insert("empty".into(), Tensor::zeros([3, 0], DType::F32));
        for layer in 0..40 {
            root.group_mut(&format!("many/layer_{layer}")).attrs.insert("name".into(), Attr::Int(layer));
        }
        assert_eq!(parse(&bytes(&root)).expect("our own file"), root);
    }

    #[test]
    fn a_name_that_is_no_name_is_an_error_when_writing() {
        let mut root = Group::default();
        root.groups.insert("a/b".into(), Group::default());
        assert!(write(&root, &mut Vec::new()).is_err());
    }

    #[test]
    fn nesting_beyond_reason_is_refused() {
        let mut root = Group::default();
        root.group_mut(&"a/".repeat(MAX_DEPTH));
        assert!(parse(&bytes(&root)).is_ok());
        root.group_mut(&"a/".repeat(MAX_DEPTH + 1));
        let error = parse(&bytes(&root)).unwrap_err();
        assert!(error.ends_with("groups are nested more than 128 deep"), "{error}");
    }

    /// A dataset of zeros that is compressed a thousandfold.
    #[test]
    fn a_bomb_is_refused() {
        let mut file = FileBuilder::new();
        file.create_dataset("x").with_f32_data(&vec![0.0; 1 << 20]).with_deflate(9);
        let bytes = file.finish().expect("writing to memory");
        assert!(bytes.len() < 20_000, "{}", bytes.len());
        let error = parse(&bytes).unwrap_err();
        assert_eq!(error, "dataset `/x`: asks for more memory than a file of its size can honestly need");
    }

    /// The library would make room for the four gigabytes first.
    #[test]
    fn a_piece_beyond_the_end_is_refused() {
        let mut bytes = fixture("types_earliest.h5");
        let index = bytes.windows(5).position(|w| w == b"TREE\x01").expect("an index of pieces");
        bytes[index + 24..index + 28].fill(255);
        assert_eq!(
            parse(&bytes).unwrap_err(),
            "dataset `/kinds/packed`: has a piece beyond the end of the file"
        );
    }

    /// An index of forty levels whose every node has its one child twice: without a limit it would be
    /// read 2^40 times.
    #[test]
    fn an_index_that_multiplies_ends() {
        let mut bytes = fixture("legacy.h5");
        let length = bytes.len();
        let root = bytes.windows(4).position(|w| w == b"TREE").expect("the root's index");
        let leaf = bytes[root..root + 544].to_vec();
        let mut node = leaf.clone();
        node[5..8].copy_from_slice(&[1, 2, 0]);
        let mut link = |at: Option<usize>, child: usize| {
            for slot in [32, 48] {
                node[slot..slot + 8].copy_from_slice(&(child as u64).to_le_bytes());
            }
            match at {
                Some(at) => bytes[at..at + node.len()].copy_from_slice(&node),
                None => bytes.extend(&node),
            }
            bytes.len()
        };
        let mut end = link(Some(root), length);
        for _ in 0..40 {
            end = link(None, end + 544);
        }
        bytes.extend(leaf);
        let error = parse(&bytes).unwrap_err();
        assert!(
            error.ends_with("asks for more reading than a file of its size can honestly need"),
            "{error}"
        );
    }

    /// What the metadata says changed at random, and the file cut: a value or an error.
    #[test]
    fn damaged_files_do_no_harm() {
        for file in ["legacy.h5", "types_earliest.h5", "types_latest.h5"] {
            for damaged in mutations(&fixture(file), 1000) {
                let _ = parse(&damaged);
            }
        }
    }
}
