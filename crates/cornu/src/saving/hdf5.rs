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

use cornu_engine::with_dtype;
use half::{bf16, f16};
use hdf5_pure::{
    AttrValue, Dataset, DatasetBuilder, Datatype, DatatypeByteOrder, EnumTypeBuilder, FileAccessProperties,
    FileBuilder, FinishedGroup, FloatingPointLayout, GroupBuilder, MetadataCacheConfig, ReadSeekSource,
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

/// What a file may still claim. Hard links make one object appear many times, so that the file's
/// length alone bounds nothing.
struct Budgets {
    objects: Budget,
    bytes: Budget,
}

/// Reads an HDF5 file from its bytes.
pub(crate) fn read(mut bytes: impl Read + Seek + Send + 'static) -> Result<Group, Message> {
    let length = bytes.seek(io::SeekFrom::End(0)).map_err(|e| e.to_string())?;
    let source = ReadSeekSource::new(bytes).map_err(|e| e.to_string())?;
    let access = FileAccessProperties::new().with_metadata_cache(MetadataCacheConfig::new(1 << 20));
    let file = hdf5_pure::File::from_source_with_options(source, access)
        .map_err(|e| format!("is not an HDF5 file that can be read: {e}"))?;
    let mut budgets =
        Budgets { objects: Budget::new(length / MIN_OBJECT, "objects"), bytes: Budget::unfolded(length) };
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
    // A chunk is unpacked whole, even where the dataset is smaller.
    let chunk = dataset.chunk_shape().map_err(fail)?.unwrap_or_default();
    budgets.bytes.check(bytes_of(&chunk, stored_size)?)?;
    budgets.bytes.take(bytes_of(&dims, stored_size.max(4))?)?;
    let shape: Vec<usize> = dims
        .iter()
        .map(|&d| usize::try_from(d))
        .collect::<Result<_, _>>()
        .map_err(|_| "has a shape beyond this machine's memory")?;

    match numbers {
        Numbers::F32 => tensor(dataset.read_f32().map_err(fail)?, shape),
        Numbers::F64 => tensor(dataset.read_f64().map_err(fail)?, shape),
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

fn bytes_of(dims: &[u64], element: u64) -> Result<u64, Message> {
    let bytes = dims.iter().try_fold(element, |n, &d| n.checked_mul(d));
    bytes.ok_or_else(|| format!("has the shape {dims:?}, beyond counting"))
}

fn tensor<T: Element>(values: Vec<T>, shape: Vec<usize>) -> Result<Tensor, Message> {
    Tensor::new(values, shape).map_err(|e| e.to_string())
}

fn halves<H>(
    dataset: &Dataset,
    big_endian: bool,
    from_bits: fn(u16) -> H,
    to_f32: fn(H) -> f32,
) -> Result<Vec<f32>, Message> {
    let raw = dataset.read_raw().map_err(|e| e.to_string())?;
    let bits = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
    Ok(raw.as_chunks().0.iter().map(|&pair| to_f32(from_bits(bits(pair)))).collect())
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
    ($($type:ty: $method:ident;)*) => { $(
        impl Stored for $type {
            fn put(dataset: &mut DatasetBuilder, values: &[Self]) -> io::Result<()> {
                dataset.$method(values);
                Ok(())
            }
        }
    )* };
}

stored! {
    f32: with_f32_data;
    f64: with_f64_data;
    i32: with_i32_data;
    i64: with_i64_data;
    u8: with_u8_data;
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
