//! `write_atomically`: a file that is written whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::Result;

/// Writes a file so that a crash at any moment leaves the old file or the new one, whole, as all files are that Cornu
/// writes.
///
/// ```
/// let path = std::env::temp_dir().join("cornu-doc-write.txt");
/// cornu::utils::write_atomically(&path, b"all of it")?;
/// assert_eq!(std::fs::read(&path).ok().as_deref(), Some(&b"all of it"[..]));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be written; the old one, if any, is untouched then.
pub fn write_atomically(path: impl AsRef<Path>, content: &[u8]) -> Result<()> {
    crate::fs::write_atomically(path.as_ref(), |writer| writer.write_all(content))
}
