//! Python's pickles, as far as the dataset files use them.
//!
//! A pickle is a program that builds objects. This reader knows the instructions that build numbers, strings, lists,
//! tuples, dictionaries and NumPy arrays, and refuses all others: nothing in a file can make it run code. Objects
//! live in one table and refer to each other by number, so that neither deep nesting nor cycles do any harm.

use std::collections::HashMap;

use crate::data::npy::Found;

/// A number, or the place of an object in the table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Object(usize),
}

#[derive(Debug)]
enum Object<'a> {
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    Global(Global),
    /// An element type by its code, such as `u1`.
    Dtype(Vec<u8>),
    Array(Option<Array>),
}

/// The only three functions of Python's that a file may call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Global {
    Reconstruct,
    NdArray,
    Dtype,
}

#[derive(Debug)]
struct Array {
    shape: Vec<usize>,
    dtype: Value,
    fortran_order: bool,
    data: Value,
}

/// A pickle that has been read.
#[derive(Debug)]
pub(super) struct Pickle<'a> {
    objects: Vec<Object<'a>>,
    root: Value,
    /// The length of the file, which no sum of lengths can exceed.
    length: usize,
}

impl<'a> Pickle<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Found<Self> {
        let mut machine = Machine {
            bytes,
            at: 0,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            objects: Vec::new(),
        };
        let root =
            machine.run().map_err(|message| format!("{message} (byte {} of the pickle)", machine.at))?;
        Ok(Pickle { objects: machine.objects, root, length: bytes.len() })
    }

    fn object(&self, value: Value) -> Option<&Object<'a>> {
        match value {
            Value::Object(at) => self.objects.get(at),
            _ => None,
        }
    }

    /// The value of a key of the dictionary the file holds.
    pub(super) fn field(&self, name: &str) -> Found<Value> {
        let Some(Object::Dict(items)) = self.object(self.root) else {
            return Err("holds no dictionary".into());
        };
        let is_name = |key: &Value| match self.object(*key) {
            Some(Object::Bytes(bytes)) => *bytes == name.as_bytes(),
            Some(Object::Text(text)) => *text == name,
            _ => false,
        };
        // As in Python, the last of equal keys counts.
        let item = items.iter().rev().find(|(key, _)| is_name(key));
        item.map(|(_, value)| *value).ok_or_else(|| format!("has no key `{name}`"))
    }

    /// A list of whole numbers.
    pub(super) fn integers<T: TryFrom<i64>>(&self, value: Value) -> Found<Vec<T>> {
        let Some(Object::List(items)) = self.object(value) else {
            return Err("has something else where a list of numbers should be".into());
        };
        let number = |item: &Value| match item {
            Value::Int(number) => T::try_from(*number).ok(),
            _ => None,
        };
        let numbers: Option<Vec<T>> = items.iter().map(number).collect();
        numbers.ok_or_else(|| "has a list with something else than the whole numbers it should hold".into())
    }

    /// The shape and the elements of an array of bytes.
    pub(super) fn byte_array(&self, value: Value) -> Found<(&[usize], &'a [u8])> {
        let Some(Object::Array(Some(Array { shape, dtype, fortran_order: false, data }))) =
            self.object(value)
        else {
            return Err("has something else where an array should be".into());
        };
        match (self.object(*dtype), self.object(*data)) {
            (Some(Object::Dtype(code)), Some(Object::Bytes(data))) if code == b"u1" => Ok((shape, data)),
            _ => Err("has an array of something else than bytes".into()),
        }
    }

    /// The lists of an array of lists of whole numbers.
    pub(super) fn sequences(&self) -> Found<Vec<Vec<i32>>> {
        let lists = match self.object(self.root) {
            Some(Object::Array(Some(Array { data, .. }))) => self.object(*data),
            other => other,
        };
        let Some(Object::List(lists)) = lists else { return Err("holds no array of lists".into()) };
        let mut total = 0;
        let mut sequences = Vec::with_capacity(lists.len());
        for &list in lists {
            let sequence = self.integers(list)?;
            // A million references to one list of a million numbers need only a few megabytes of file.
            total += sequence.len();
            if total > self.length {
                return Err("repeats its lists beyond measure".into());
            }
            sequences.push(sequence);
        }
        Ok(sequences)
    }
}

/// The state of the program while it runs.
struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
    objects: Vec<Object<'a>>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Found<Value> {
        loop {
            let opcode = self.byte()?;
            match opcode {
                // PROTO, FRAME: what they announce does not matter here.
                0x80 => drop(self.take(1)?),
                0x95 => drop(self.take(8)?),
                b'.' => return self.pop(),
                b'(' => self.marks.push(self.stack.len()),
                b'N' => self.stack.push(Value::None),
                0x88 => self.stack.push(Value::Bool(true)),
                0x89 => self.stack.push(Value::Bool(false)),
                b'K' => self.integer(1, false)?,
                b'M' => self.integer(2, false)?,
                b'J' => self.integer(4, true)?,
                0x8a => {
                    let length = self.byte()?;
                    self.integer(length.into(), true)?;
                }
                // Strings of Python 2 are bytes.
                b'U' | b'C' => self.bytes_object(1)?,
                b'T' | b'B' => self.bytes_object(4)?,
                0x8e => self.bytes_object(8)?,
                0x8c => self.text_object(1)?,
                b'X' => self.text_object(4)?,
                b']' => self.push(Object::List(Vec::new())),
                b'}' => self.push(Object::Dict(Vec::new())),
                b')' => self.push(Object::Tuple(Vec::new())),
                0x85..=0x87 => self.tuple(self.stack.len().checked_sub(usize::from(opcode - 0x84)))?,
                b't' => {
                    let mark = self.marks.pop();
                    self.tuple(mark)?;
                }
                b'a' => self.append(self.stack.len().checked_sub(1))?,
                b'e' => {
                    let mark = self.marks.pop();
                    self.append(mark)?;
                }
                b's' => self.set_items(self.stack.len().checked_sub(2))?,
                b'u' => {
                    let mark = self.marks.pop();
                    self.set_items(mark)?;
                }
                b'c' => {
                    let (module, name) = (self.line()?, self.line()?);
                    self.global(module, name)?;
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    match (self.object(module), self.object(name)) {
                        (Some(&Object::Text(module)), Some(&Object::Text(name))) => {
                            self.global(module, name)?
                        }
                        _ => return Err(BROKEN.into()),
                    }
                }
                b'R' => self.reduce()?,
                b'b' => self.build()?,
                b'q' => {
                    let place = self.byte()?;
                    self.remember(place.into())?;
                }
                b'r' => {
                    let place = self.unsigned(4)? as u32;
                    self.remember(place)?;
                }
                0x94 => self.remember(self.memo.len() as u32)?,
                b'h' => {
                    let place = self.byte()?;
                    self.recall(place.into())?;
                }
                b'j' => {
                    let place = self.unsigned(4)? as u32;
                    self.recall(place)?;
                }
                _ => return Err(format!("uses instruction {opcode:#04x}, which no dataset needs")),
            }
        }
    }

    fn take(&mut self, length: usize) -> Found<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (taken, _) = rest.split_at_checked(length).ok_or("ends too early")?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Found<u8> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    /// A little-endian number of up to eight bytes.
    fn unsigned(&mut self, length: usize) -> Found<u64> {
        Ok(self.take(length)?.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    fn line(&mut self) -> Found<&'a str> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&b| b == b'\n').ok_or("ends too early")?;
        let line = self.take(length)?;
        self.at += 1;
        std::str::from_utf8(line).map_err(|_| BROKEN.into())
    }

    fn pop(&mut self) -> Found<Value> {
        self.stack.pop().ok_or_else(|| BROKEN.into())
    }

    fn push(&mut self, object: Object<'a>) {
        self.stack.push(Value::Object(self.objects.len()));
        self.objects.push(object);
    }

    fn object(&self, value: Value) -> Option<&Object<'a>> {
        match value {
            Value::Object(at) => self.objects.get(at),
            _ => None,
        }
    }

    /// The object on top of the stack, to be changed.
    fn top(&mut self) -> Option<&mut Object<'a>> {
        match self.stack.last() {
            Some(&Value::Object(at)) => self.objects.get_mut(at),
            _ => None,
        }
    }

    fn integer(&mut self, length: usize, signed: bool) -> Found<()> {
        if length > 8 {
            return Err("holds an integer of more than 64 bits".into());
        }
        let value = self.unsigned(length)?;
        let unused = 64 - 8 * length as u32;
        let value = match signed {
            true if length > 0 => ((value << unused) as i64) >> unused,
            _ => value as i64,
        };
        self.stack.push(Value::Int(value));
        Ok(())
    }

    fn sized(&mut self, width: usize) -> Found<&'a [u8]> {
        let length = self.unsigned(width)?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn bytes_object(&mut self, width: usize) -> Found<()> {
        let bytes = self.sized(width)?;
        self.push(Object::Bytes(bytes));
        Ok(())
    }

    fn text_object(&mut self, width: usize) -> Found<()> {
        let text = std::str::from_utf8(self.sized(width)?).map_err(|_| "holds text that is not UTF-8")?;
        self.push(Object::Text(text));
        Ok(())
    }

    /// The values above a height of the stack.
    fn above(&mut self, height: Option<usize>) -> Found<Vec<Value>> {
        match height {
            Some(height) if height <= self.stack.len() => Ok(self.stack.split_off(height)),
            _ => Err(BROKEN.into()),
        }
    }

    fn tuple(&mut self, height: Option<usize>) -> Found<()> {
        let items = self.above(height)?;
        self.push(Object::Tuple(items));
        Ok(())
    }

    fn append(&mut self, height: Option<usize>) -> Found<()> {
        let items = self.above(height)?;
        match self.top() {
            Some(Object::List(list)) => list.extend(items),
            _ => return Err(BROKEN.into()),
        }
        Ok(())
    }

    fn set_items(&mut self, height: Option<usize>) -> Found<()> {
        let items = self.above(height)?;
        match (self.top(), items.as_chunks()) {
            (Some(Object::Dict(dict)), (pairs, [])) => {
                dict.extend(pairs.iter().map(|&[key, value]| (key, value)))
            }
            _ => return Err(BROKEN.into()),
        }
        Ok(())
    }

    fn global(&mut self, module: &str, name: &str) -> Found<()> {
        self.push(Object::Global(match (module, name) {
            ("numpy", "ndarray") => Global::NdArray,
            ("numpy", "dtype") => Global::Dtype,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Global::Reconstruct,
            _ => return Err(format!("wants to call `{module}.{name}`, which is refused")),
        }));
        Ok(())
    }

    fn reduce(&mut self) -> Found<()> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let (Some(Object::Tuple(arguments)), Some(&Object::Global(function))) =
            (self.object(arguments), self.object(function))
        else {
            return Err(BROKEN.into());
        };
        let first = arguments.first().and_then(|&first| self.object(first));
        let object = match (function, first) {
            (Global::Reconstruct, Some(Object::Global(Global::NdArray))) => Object::Array(None),
            (Global::Dtype, Some(Object::Bytes(code))) => Object::Dtype(code.to_vec()),
            (Global::Dtype, Some(Object::Text(code))) => Object::Dtype(code.as_bytes().to_vec()),
            _ => return Err(BROKEN.into()),
        };
        self.push(object);
        Ok(())
    }

    fn build(&mut self) -> Found<()> {
        let state = self.pop()?;
        let array = match self.object(state) {
            Some(Object::Tuple(state)) => match state[..] {
                [_, shape, dtype, Value::Bool(fortran_order), data] => {
                    self.lengths(shape).map(|shape| Array { shape, dtype, fortran_order, data })
                }
                _ => None,
            },
            _ => return Err(BROKEN.into()),
        };
        match (self.top(), array) {
            (Some(Object::Array(place)), Some(array)) => *place = Some(array),
            // Byte order and alignment: the types this reader gives out have neither.
            (Some(Object::Dtype(_)), None) => {}
            _ => return Err(BROKEN.into()),
        }
        Ok(())
    }

    /// A tuple of lengths.
    fn lengths(&self, value: Value) -> Option<Vec<usize>> {
        let Some(Object::Tuple(items)) = self.object(value) else { return None };
        let length = |item: &Value| match item {
            Value::Int(length) => usize::try_from(*length).ok(),
            _ => None,
        };
        items.iter().map(length).collect()
    }

    fn remember(&mut self, place: u32) -> Found<()> {
        let top = *self.stack.last().ok_or(BROKEN)?;
        self.memo.insert(place, top);
        Ok(())
    }

    fn recall(&mut self, place: u32) -> Found<()> {
        let value = *self.memo.get(&place).ok_or(BROKEN)?;
        self.stack.push(value);
        Ok(())
    }
}

/// Instructions that do not fit together.
const BROKEN: &str = "is not a valid pickle";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_why() {
        let lines = [
            &b"cos\nsystem\n(S'ls'\ntR."[..],
            b"\x80\x02}.",
            b"\x80\x02]K\x01K\x02e.",
            b"\x80\x02X\xff\xff\xff\xffabc.",
            b"\x80\x02r\xff\xff\xff\xff.",
            b"\x80\x02h\x05.",
            b"\x80\x02\x8a\x09123456789.",
            b"\x80\x02\x81.",
            b"\x80\x02](]K\x01aK\x02e.",
            b"\x80\x02](](K\x01Ne]e.",
            b"",
        ]
        .map(|bytes| Pickle::parse(bytes).and_then(|pickle| pickle.sequences()).unwrap_err());
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn integers_of_every_width() {
        let bytes = b"\x80\x02](K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x00\x8a\x01\x80\x8a\x03\x00\x00\x01e.";
        let pickle = Pickle::parse(bytes).unwrap();
        assert_eq!(pickle.integers::<i64>(pickle.root).unwrap(), [255, 65535, -1, 0, -128, 65536]);
        assert!(pickle.integers::<u8>(pickle.root).is_err());
    }

    #[test]
    fn nesting_and_cycles_do_no_harm() {
        let deep = [b"\x80\x02".to_vec(), b"]".repeat(100_000), b"a".repeat(99_999), b".".to_vec()].concat();
        assert!(Pickle::parse(&deep).unwrap().sequences().is_err());
        assert!(Pickle::parse(b"\x80\x02]q\x00h\x00a.").unwrap().sequences().is_err());
    }

    #[test]
    fn repeated_lists_cannot_fill_memory() {
        let list = [b"](".to_vec(), b"K\x01".repeat(1000), b"eq\x00".to_vec()].concat();
        let bytes = [b"\x80\x02](".to_vec(), list, b"h\x00".repeat(100_000), b"e.".to_vec()].concat();
        assert_eq!(
            Pickle::parse(&bytes).unwrap().sequences().unwrap_err(),
            "repeats its lists beyond measure"
        );
    }
}
