//! NumPy's `.npy` files.
//!
//! The [format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) in versions 1 to 3, in
//! either byte order and either memory order. NumPy types without a counterpart become the next wider one:
//!
//! | NumPy | [`DType`] |
//! |---|---|
//! | float16, float32 | `F32` |
//! | float64 | `F64` |
//! | int8, int16, uint16, int32 | `I32` |
//! | int64, uint32; uint64 whose values fit | `I64` |
//! | uint8 | `U8` |
//! | bool | `Bool` |
//!
//! Objects, texts, dates, records and complex numbers are refused.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use half::f16;

use crate::fs::write_atomically;
use crate::{DType, Error, Result, Tensor};

/// What goes wrong inside a file, before it is known which file that is.
pub(crate) type Found<T> = Result<T, String>;

const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy's own limit: a longer header is no header of numbers.
const MAX_HEADER: usize = 10_000;
const MAX_RANK: usize = 64;

/// Reads an array.
///
/// # Errors
/// If the file cannot be read, is not a `.npy` file, is damaged or holds anything but numbers and truth
/// values; the message names the file and the place.
pub fn load_npy(path: impl AsRef<Path>) -> Result<Tensor> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    read(&mut BufReader::new(file)).map_err(|message| Error::file(path, message))
}

/// Reads an array from a file that is in memory already.
///
/// # Errors
/// As [`load_npy`].
pub fn read_npy(mut bytes: &[u8]) -> Result<Tensor> {
    read(&mut bytes).map_err(|message| Error::file("npy", message))
}

/// Writes an array, atomically, in version 1 of the format.
///
/// # Errors
/// If the file cannot be written.
///
/// ```
/// use cornu::{Tensor, data};
/// # let path = std::env::temp_dir().join(format!("cornu-doc-{}.npy", std::process::id()));
/// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// data::save_npy(&path, &x)?;
/// assert_eq!(data::load_npy(&path)?, x);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn save_npy(path: impl AsRef<Path>, tensor: &Tensor) -> Result<()> {
    let path = path.as_ref();
    write_atomically(path, |out| write(out, tensor))
}

/// What stands before the elements.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    /// NumPy's type code, such as `<f4`.
    pub(crate) descr: String,
    fortran_order: bool,
    pub(crate) shape: Vec<usize>,
    /// The number of elements the shape holds.
    count: usize,
}

impl Header {
    /// Reads a header; the reader then stands at the first element.
    pub(crate) fn read(reader: &mut dyn Read) -> Found<Header> {
        let short = |e: std::io::Error| format!("the header of the array cannot be read: {e}");
        let mut start = [0; 8];
        reader.read_exact(&mut start).map_err(short)?;
        let length = match start {
            [magic @ .., _, _] if magic != MAGIC => {
                return Err("is not an array file as NumPy writes it".into());
            }
            [.., 1, _] => {
                let mut length = [0; 2];
                reader.read_exact(&mut length).map_err(short)?;
                usize::from(u16::from_le_bytes(length))
            }
            [.., 2 | 3, _] => {
                let mut length = [0; 4];
                reader.read_exact(&mut length).map_err(short)?;
                usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)
            }
            [.., version, _] => {
                return Err(format!("has version {version} of the npy format; 1 to 3 are known"));
            }
        };
        if length > MAX_HEADER {
            return Err(format!(
                "the header is {length} bytes long; {MAX_HEADER} is the most a header may take"
            ));
        }
        let mut text = vec![0; length];
        reader.read_exact(&mut text).map_err(short)?;
        let text = String::from_utf8_lossy(&text);
        Self::parse(&text).map_err(|message| format!("the header `{}` {message}", text.trim_end()))
    }

    /// Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    fn parse(text: &str) -> Found<Header> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let mut rest = Literal(text);
        rest.expect('{')?;
        while !rest.skip('}') {
            let key = rest.string()?;
            rest.expect(':')?;
            match key {
                "descr" => {
                    descr = Some(rest.string().map_err(|_| "is of records, not of numbers")?.to_owned())
                }
                "fortran_order" => fortran_order = Some(rest.boolean()?),
                "shape" => shape = Some(rest.tuple()?),
                _ => return Err(format!("has an unknown key `{key}`")),
            }
            if !rest.skip(',') {
                rest.expect('}')?;
                break;
            }
        }
        let (Some(descr), Some(fortran_order), Some(shape)) = (descr, fortran_order, shape) else {
            return Err("lacks `descr`, `fortran_order` or `shape`".into());
        };
        if shape.len() > MAX_RANK {
            return Err(format!("has {} axes; {MAX_RANK} is the most", shape.len()));
        }
        // Axes of length 0 do not excuse absurd lengths beside them: row lengths are computed, too.
        let absurd = || "describes more elements than memory can hold".to_string();
        let beside = shape.iter().filter(|&&d| d > 0).try_fold(1usize, |n, &d| n.checked_mul(d));
        beside.filter(|&n| n <= isize::MAX as usize / 8).ok_or_else(absurd)?;
        let count = shape.iter().product();
        Ok(Header { descr, fortran_order, shape, count })
    }
}

/// The rest of a Python literal; whitespace between tokens is skipped.
struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    fn skip(&mut self, token: char) -> bool {
        self.0 = self.0.trim_start();
        match self.0.strip_prefix(token) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: char) -> Found<()> {
        if self.skip(token) { Ok(()) } else { Err(self.wanted(&format!("`{token}`"))) }
    }

    fn wanted(&self, what: &str) -> String {
        let seen: String = self.0.chars().take(12).collect();
        format!("should have {what} before `{}`", seen.trim_end())
    }

    fn string(&mut self) -> Found<&'a str> {
        for quote in ['\'', '"'] {
            if self.skip(quote) {
                let (string, rest) =
                    self.0.split_once(quote).ok_or_else(|| self.wanted("an ended string"))?;
                self.0 = rest;
                return Ok(string);
            }
        }
        Err(self.wanted("a string"))
    }

    fn boolean(&mut self) -> Found<bool> {
        self.0 = self.0.trim_start();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.0.strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        Err(self.wanted("True or False"))
    }

    fn tuple(&mut self) -> Found<Vec<usize>> {
        let mut lengths = Vec::new();
        self.expect('(')?;
        while !self.skip(')') {
            self.0 = self.0.trim_start();
            let digits = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
            let (number, rest) = self.0.split_at(digits);
            lengths.push(number.parse().map_err(|_| self.wanted("the length of an axis"))?);
            self.0 = rest;
            // Python 2 wrote long integers.
            self.skip('L');
            if !self.skip(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(lengths)
    }
}

/// Reads an array that ends where the reader ends.
pub(crate) fn read(reader: &mut dyn Read) -> Found<Tensor> {
    let header = Header::read(reader)?;
    let tensor = read_elements(reader, &header)?;
    // Also makes a zip file check its checksum.
    match reader.read(&mut [0]) {
        Ok(0) => Ok(tensor),
        Ok(_) => Err(format!("goes on after the {} elements the header announces", header.count)),
        Err(e) => Err(format!("is damaged: {e}")),
    }
}

/// Reads the elements that follow a header.
pub(crate) fn read_elements(reader: &mut dyn Read, header: &Header) -> Found<Tensor> {
    let (order, code) = header.descr.split_at_checked(1).unwrap_or(("", ""));
    let big = match order {
        ">" => true,
        "<" | "|" => false,
        "=" => cfg!(target_endian = "big"),
        _ => return Err(format!("has elements of the unknown type `{}`", header.descr)),
    };
    let mut source = Source { reader, big, count: header.count };
    match code {
        "f2" => source.tensor(header, |b| f16::from_le_bytes(b).to_f32()),
        "f4" => source.tensor(header, f32::from_le_bytes),
        "f8" => source.tensor(header, f64::from_le_bytes),
        "i1" => source.tensor(header, |b| i32::from(i8::from_le_bytes(b))),
        "i2" => source.tensor(header, |b| i32::from(i16::from_le_bytes(b))),
        "i4" => source.tensor(header, i32::from_le_bytes),
        "i8" => source.tensor(header, i64::from_le_bytes),
        "u1" => source.tensor(header, |[b]| b),
        "u2" => source.tensor(header, |b| i32::from(u16::from_le_bytes(b))),
        "u4" => source.tensor(header, |b| i64::from(u32::from_le_bytes(b))),
        "u8" => {
            let tensor = source.tensor(header, i64::from_le_bytes)?;
            match tensor.as_slice::<i64>().unwrap_or_default().iter().find(|&&v| v < 0) {
                Some(&v) => Err(format!("holds the uint64 {}, too large for int64", v as u64)),
                None => Ok(tensor),
            }
        }
        "b1" => source.tensor(header, |[b]| b != 0),
        _ => Err(format!(
            "holds {} (`{}`), not numbers; save it as a numeric array",
            sort_of(code),
            header.descr
        )),
    }
}

/// What a type code that cannot be read stands for.
fn sort_of(code: &str) -> &'static str {
    match code.as_bytes().first() {
        Some(b'O') => "Python objects",
        Some(b'U' | b'S' | b'a') => "text",
        Some(b'M' | b'm') => "dates",
        Some(b'c') => "complex numbers",
        Some(b'V') => "records",
        Some(b'f') => "floats of an unusual size",
        _ => "elements of an unknown type",
    }
}

/// Where elements come from.
struct Source<'a> {
    reader: &'a mut dyn Read,
    big: bool,
    count: usize,
}

impl Source<'_> {
    fn tensor<const N: usize, T: crate::Element>(
        &mut self,
        header: &Header,
        decode: impl Fn([u8; N]) -> T,
    ) -> Found<Tensor> {
        let mut data = self.elements(decode)?;
        if header.fortran_order {
            data = to_row_major(&data, &header.shape);
        }
        Tensor::new(data, header.shape.as_slice()).map_err(|e| e.to_string())
    }

    /// Decodes the elements, whose bytes `decode` gets in little-endian order. Memory grows with what really
    /// is in the file, not with what the header says.
    fn elements<const N: usize, T>(&mut self, decode: impl Fn([u8; N]) -> T) -> Found<Vec<T>> {
        const CHUNK: usize = 1 << 16;
        let mut bytes = vec![0; CHUNK];
        let mut data = Vec::with_capacity(self.count.min(CHUNK));
        while data.len() < self.count {
            let wanted = (self.count - data.len()).min(CHUNK / N) * N;
            let chunk = &mut bytes[..wanted];
            self.reader.read_exact(chunk).map_err(|e| match e.kind() {
                std::io::ErrorKind::UnexpectedEof => {
                    format!("ends before the {} elements the header announces", self.count)
                }
                _ => format!("is damaged: {e}"),
            })?;
            data.extend(chunk.as_chunks::<N>().0.iter().map(|&(mut element)| {
                if self.big {
                    element.reverse();
                }
                decode(element)
            }));
        }
        Ok(data)
    }
}

/// Elements stored with the first axis fastest, put into the order with the last axis fastest.
fn to_row_major<T: Copy>(data: &[T], shape: &[usize]) -> Vec<T> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for &length in shape {
        strides.push(stride);
        stride *= length;
    }
    let (mut index, mut at) = (vec![0; shape.len()], 0);
    let mut out = Vec::with_capacity(data.len());
    for _ in 0..data.len() {
        out.push(data[at]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            at -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    out
}

/// Writes an array as NumPy writes it.
pub(crate) fn write(mut out: impl Write, tensor: &Tensor) -> std::io::Result<()> {
    let code = match tensor.dtype() {
        DType::F32 => "<f4",
        DType::F64 => "<f8",
        DType::I32 => "<i4",
        DType::I64 => "<i8",
        DType::U8 => "|u1",
        DType::Bool => "|b1",
    };
    let shape: String = tensor.shape().iter().map(|d| format!("{d}, ")).collect();
    let shape = match tensor.rank() {
        1 => shape.trim_end(),
        _ => shape.trim_end_matches(", "),
    };
    let mut header = format!("{{'descr': '{code}', 'fortran_order': False, 'shape': ({shape}), }}");
    // The elements start at a multiple of 64 bytes; magic, version and length take 10, the line's end 1.
    let padding = (10 + header.len() + 1).next_multiple_of(64) - 11 - header.len();
    header.extend(std::iter::repeat_n(' ', padding).chain(['\n']));
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    out.write_all(&u16::try_from(header.len()).map_err(std::io::Error::other)?.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    match tensor.dtype() {
        DType::F32 => write_elements(out, tensor, f32::to_le_bytes),
        DType::F64 => write_elements(out, tensor, f64::to_le_bytes),
        DType::I32 => write_elements(out, tensor, i32::to_le_bytes),
        DType::I64 => write_elements(out, tensor, i64::to_le_bytes),
        DType::U8 => write_elements(out, tensor, u8::to_le_bytes),
        DType::Bool => write_elements(out, tensor, |v: bool| [u8::from(v)]),
    }
}

fn write_elements<const N: usize, T: crate::Element>(
    mut out: impl Write,
    tensor: &Tensor,
    encode: impl Fn(T) -> [u8; N],
) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(1 << 16);
    let elements = tensor.as_slice::<T>().map_err(std::io::Error::other)?;
    for chunk in elements.chunks((1 << 16) / N) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|&v| encode(v)));
        out.write_all(&bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version 1 file.
    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16).to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), data].concat()
    }

    fn message(header: &str, data: &[u8]) -> String {
        read(&mut file(header, data).as_slice()).unwrap_err()
    }

    #[test]
    fn every_type_survives_a_round_trip() -> Result<()> {
        let tensors = [
            Tensor::from([[1.5f32, -2.5], [f32::MAX, f32::MIN_POSITIVE]]),
            Tensor::from([1.5f64, -1e300]),
            Tensor::from([[[1i32, i32::MIN]]]),
            Tensor::from([i64::MAX, -1]),
            Tensor::from([0u8, 255]),
            Tensor::from([true, false]),
            Tensor::scalar(3.0f32),
            Tensor::zeros([0, 3], DType::F32),
            Tensor::from((0..100_000).collect::<Vec<i64>>()).reshape([1000, 100])?.rows(3..900)?,
        ];
        for tensor in tensors {
            let mut bytes = Vec::new();
            write(&mut bytes, &tensor).unwrap();
            assert_eq!(bytes.len() - tensor.len() * tensor.dtype().size(), 128, "{tensor:?}");
            assert_eq!(read(&mut bytes.as_slice()), Ok(tensor));
        }
        Ok(())
    }

    #[test]
    fn headers_parse_as_python_would() {
        let header = |text| Header::parse(text).map(|h| (h.descr, h.fortran_order, h.shape));
        let want = |d: &str, f, s: &[usize]| Ok((d.to_string(), f, s.to_vec()));
        assert_eq!(
            header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n"),
            want("<f4", false, &[3, 4])
        );
        assert_eq!(
            header("{\"shape\":(3L,),\"fortran_order\":True,\"descr\":\">i8\"}"),
            want(">i8", true, &[3])
        );
        assert_eq!(header("{'descr': '|b1', 'fortran_order': False, 'shape': ()}"), want("|b1", false, &[]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let plain =
            |descr, shape| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        let lines = [
            read(&mut &b"PK\x03\x04 something"[..]).unwrap_err(),
            read(&mut &b"\x93NUMPY\x09\x00"[..]).unwrap_err(),
            read(&mut &b"\x93NUMPY\x02\x00\xff\xff\xff\xff"[..]).unwrap_err(),
            read(&mut &b"\x93NUM"[..]).unwrap_err(),
            message(&plain("<f4", "(3,)"), &[0; 11]),
            message(&plain("<f4", "(3,)"), &[0; 13]),
            message(&plain("<f4", "(4000000000, 4000000000)"), &[]),
            message(&plain("<f4", "(0, 4000000000, 4000000000)"), &[]),
            message(&plain("<f4", "(-1,)"), &[]),
            message(&plain("<f4", "(1,"), &[]),
            message(&plain("|O", "(3,)"), &[]),
            message(&plain("<U5", "(3,)"), &[]),
            message(&plain("<c16", "(3,)"), &[]),
            message(&plain("é4", "(3,)"), &[]),
            message(&plain("<u8", "(1,)"), &[255; 8]),
            message("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", &[]),
            message("{'descr': '<f4', 'shape': (1,)}", &[]),
            message("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", &[]),
            message("nonsense", &[]),
        ];
        insta::assert_snapshot!(lines.join("\n"));
    }
}
