//! Reading TensorBoard's event files, by rules of its own.

use std::collections::BTreeMap;
use std::path::Path;

/// A summary's value in an event file.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) step: u64,
    pub(crate) tag: String,
    pub(crate) plugin: String,
    /// What the plugin is told.
    pub(crate) content: String,
    pub(crate) dtype: u64,
    pub(crate) shape: Vec<usize>,
    /// The bytes of the elements.
    pub(crate) bytes: Vec<u8>,
    /// The elements that are strings.
    pub(crate) strings: Vec<Vec<u8>>,
}

impl Event {
    /// The elements, if they are numbers.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        match self.dtype {
            1 => self.bytes.chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect(),
            2 => self.bytes.chunks(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
            other => panic!("no number is of type {other}"),
        }
    }
}

/// The values in the one event file of a folder, and the bytes behind them that are no whole record.
pub(crate) fn events(folder: &Path) -> (Vec<Event>, usize) {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().contains("tfevents"));
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let bytes = std::fs::read(file).unwrap();
    let (records, torn) = records(&bytes);
    let first = fields(records[0]);
    assert_eq!(first[&3][0], Field::Bytes(b"brain.Event:2"));
    (records[1..].iter().flat_map(|record| values(record)).collect(), torn.len())
}

/// The records that are whole, and what follows them.
fn records(mut bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<8>() {
        let size = u64::from_le_bytes(*length) as usize;
        let (Some(sum), Some(data)) = (rest.get(..4), rest.get(4..4 + size)) else { break };
        let Some(end) = rest.get(4 + size..8 + size) else { break };
        assert_eq!(sum, checksum(length), "the checksum of a length");
        assert_eq!(end, checksum(data), "the checksum of a record");
        found.push(data);
        bytes = &rest[8 + size..];
    }
    (found, bytes)
}

/// CRC-32C, bit by bit, masked.
fn checksum(data: &[u8]) -> [u8; 4] {
    let mut sum = u32::MAX;
    for byte in data {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0x82f6_3b78 } else { sum >> 1 };
        }
    }
    (!sum).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

#[derive(Debug, PartialEq)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl Field<'_> {
    fn number(&self) -> u64 {
        if let Field::Number(value) = self { *value } else { panic!("{self:?} is no number") }
    }
}

impl<'a> Field<'a> {
    fn bytes(&self) -> &'a [u8] {
        if let Field::Bytes(value) = self { value } else { panic!("{self:?} is not of bytes") }
    }
    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

/// The fields of a message by number.
fn fields(mut bytes: &[u8]) -> BTreeMap<u64, Vec<Field<'_>>> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let length = bytes.iter().position(|byte| *byte < 0x80).unwrap() + 1;
        let (number, rest) = bytes.split_at(length);
        *bytes = rest;
        number.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
    }
    fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Field<'a> {
        let (taken, rest) = bytes.split_at(length);
        *bytes = rest;
        Field::Bytes(taken)
    }
    let mut found: BTreeMap<u64, Vec<Field<'_>>> = BTreeMap::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => take(&mut bytes, 8),
            2 => {
                let length = varint(&mut bytes) as usize;
                take(&mut bytes, length)
            }
            5 => take(&mut bytes, 4),
            other => panic!("no wire type {other}"),
        };
        found.entry(key >> 3).or_default().push(value);
    }
    found
}

/// The values of an event's summary.
fn values(event: &[u8]) -> Vec<Event> {
    let event = fields(event);
    let step = event.get(&2).map_or(0, |step| step[0].number());
    let summary = fields(event[&5][0].bytes());
    let value = |value: &Field<'_>| {
        let value = fields(value.bytes());
        let (tensor, metadata) = (fields(value[&8][0].bytes()), fields(value[&9][0].bytes()));
        let plugin = fields(metadata[&1][0].bytes());
        let shape = fields(tensor[&2][0].bytes());
        let dimensions = shape.get(&2).into_iter().flatten();
        Event {
            step,
            tag: value[&1][0].text(),
            plugin: plugin[&1][0].text(),
            content: plugin.get(&2).map_or_else(String::new, |content| content[0].text()),
            dtype: tensor[&1][0].number(),
            shape: dimensions.map(|size| fields(size.bytes())[&1][0].number() as usize).collect(),
            bytes: tensor.get(&4).map_or_else(Vec::new, |content| content[0].bytes().to_vec()),
            strings: tensor.get(&8).into_iter().flatten().map(|string| string.bytes().to_vec()).collect(),
        }
    };
    summary[&1].iter().map(value).collect()
}
