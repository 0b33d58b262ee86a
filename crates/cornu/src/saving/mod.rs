//! Keras' files as data: bytes in, bytes out, nothing about layers.

mod contents;
pub mod format;
mod hdf5;
mod keras_zip;
pub mod legacy_h5;
mod limits;
pub mod versions;
pub mod weights_h5;

pub use contents::{Contents, Part, contents, crc32};
pub use hdf5::{Attr, Group};
pub use keras_zip::KerasArchive;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    pub(super) fn path(file: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/files").join(file)
    }

    pub(super) fn fixture(file: &str) -> Vec<u8> {
        std::fs::read(path(file)).expect("a fixture")
    }

    /// Damaged copies: a few bytes changed, a piece repeated or zeroed, the end cut off.
    pub(super) fn mutations(bytes: &[u8], count: usize) -> impl Iterator<Item = Vec<u8>> {
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        // xorshift64*: the same copies every time.
        let mut random = move |below: usize| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
        };
        (0..count).map(move |_| {
            let mut copy = bytes.to_vec();
            for _ in 0..=random(4) {
                let at = random(copy.len());
                let length = random(16).min(copy.len() - at);
                let to = random(copy.len() - length);
                match random(5) {
                    0 => copy[at] = random(256) as u8,
                    1 => copy[at] ^= 1 << random(8),
                    2 => copy[at..at + length].fill([0, 255][random(2)]),
                    3 => copy.copy_within(at..at + length, to),
                    _ if random(8) == 0 => copy.truncate(at.max(32)),
                    _ => copy[at] = copy[at].wrapping_add(1),
                }
            }
            copy
        })
    }
}
