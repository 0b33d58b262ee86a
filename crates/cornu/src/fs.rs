//! Files that are either wholly there or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Result};

/// What [`write_atomically`] hands to its caller: buffered, and seekable as a zip file needs it.
pub trait Output: Write + Seek {}

impl<W: Write + Seek> Output for W {}

/// Writes a file so that a crash at any moment leaves the old file or the new one, never half of either.
///
/// `write` fills a temporary file in the same folder, which is synced to disk and renamed over `path` once
/// `write` has returned `Ok`; on an error it is removed. Missing folders are not created.
///
/// # Errors
/// What `write` returns; and whatever the system says about creating, syncing and renaming, with the path.
///
/// ```
/// # use std::io::Write;
/// # let path = std::env::temp_dir().join(format!("cornu-doc-{}.txt", std::process::id()));
/// cornu::fs::write_atomically(&path, |out| {
///     out.write_all(b"whole").map_err(|e| cornu::Error::io(&path, e))
/// })?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"whole");
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn write_atomically<T>(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut dyn Output) -> Result<T>,
) -> Result<T> {
    let path = path.as_ref();
    let in_path = |e: io::Error| Error::io(path, e);
    let (file, temporary) = create_beside(path).map_err(in_path)?;
    let mut out = BufWriter::new(file);
    let value = write(&mut out)?;
    let file = out.into_inner().map_err(|e| in_path(e.into_error()))?;
    file.sync_all().map_err(in_path)?;
    // Windows renames no open file.
    drop(file);
    fs::rename(&temporary.0, path).map_err(in_path)?;
    std::mem::forget(temporary);
    sync_folder(path);
    Ok(value)
}

/// A file that is removed unless it got its final name.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // The error that led here is the one to report.
        let _ = fs::remove_file(&self.0);
    }
}

/// A new file in the folder of `path`, under a name nobody else uses.
fn create_beside(path: &Path) -> io::Result<(File, Temporary)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut unique = std::ffi::OsString::from(".");
        unique.push(name);
        unique.push(format!(".{}-{count}.tmp", std::process::id()));
        let temporary = path.with_file_name(unique);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((file, Temporary(temporary))),
            // Left behind by a process of the same number that was killed.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
}

/// Makes the rename itself durable where a folder can be synced; elsewhere the system decides when.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() -> Result<()> {
        let dir = TempDir::new();
        let path = dir.path().join("weights.npz");
        let put = |bytes: &[u8], then: Result<()>| {
            write_atomically(&path, |out| {
                out.write_all(bytes).map_err(|e| Error::io(&path, e))?;
                then
            })
        };
        put(b"old", Ok(()))?;
        assert!(put(b"half of the n", Err(Error::data("stop"))).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        put(b"new", Ok(()))?;
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        Ok(())
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = write_atomically("/nowhere/at/all.npz", |_| Ok(())).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at/all.npz: "), "{error}");
        assert!(write_atomically("/", |_| Ok(())).is_err());
    }
}
