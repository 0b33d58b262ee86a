//! Protocol buffers, as far as event files need them.

/// A message that is being written, field by field.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn key(&mut self, field: u32, wire: u32) {
        self.number(u64::from(field << 3 | wire));
    }

    /// A whole number.
    pub(super) fn varint(mut self, field: u32, value: u64) -> Self {
        self.key(field, 0);
        self.number(value);
        self
    }

    /// A number of eight bytes.
    pub(super) fn double(mut self, field: u32, value: f64) -> Self {
        self.key(field, 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// Bytes with their length.
    pub(super) fn blob(mut self, field: u32, value: &[u8]) -> Self {
        self.key(field, 2);
        self.number(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// A text.
    pub(super) fn string(self, field: u32, value: &str) -> Self {
        self.blob(field, value.as_bytes())
    }

    /// A message within the message.
    pub(super) fn message(self, field: u32, value: &Message) -> Self {
        self.blob(field, value.bytes())
    }
}
