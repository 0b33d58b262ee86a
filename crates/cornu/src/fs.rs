//! Files, or pieces of files, that are written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use zip::result::ZipError;

use crate::{Error, Result};

/// Writes a file so that a crash at any moment leaves the old file or the new one: into a temporary
/// file in the same folder, forced to the disk, then renamed.
///
/// # Errors
/// If the file cannot be written; the old file, if any, is untouched then.
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<()> {
    // A link stays a link: the file it points to is the one replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, write).map_err(|source| Error::io(path, bare(source)))
}

/// The system's own error, where the writer of archives has put words around it.
fn bare(error: io::Error) -> io::Error {
    match error.downcast::<ZipError>() {
        Ok(ZipError::Io(error)) => error,
        Ok(other) => other.into(),
        Err(error) => error,
    }
}

fn replace(target: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let (temporary, file) = Temporary::beside(target)?;
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary.0, target)?;
    sync_folder(target)
}

/// A file to which pieces are added whole: of one that cannot be written, as on a full disk, no byte stays.
#[derive(Debug)]
pub(crate) struct Appended {
    path: PathBuf,
    file: File,
    /// The bytes of whole pieces.
    length: u64,
}

impl Appended {
    /// Adds to the end of a file that is open for writing.
    pub(crate) fn new(path: PathBuf, mut file: File) -> Result<Self> {
        let end = file.seek(SeekFrom::End(0));
        let length = end.map_err(|error| Error::io(&path, error))?;
        Ok(Appended { path, file, length })
    }

    /// Adds a piece. A process that is killed later leaves it in the file.
    pub(crate) fn append(&mut self, piece: &[u8]) -> Result<()> {
        let written = self.file.write_all(piece);
        if written.is_ok() {
            self.length += piece.len() as u64;
        } else {
            // Half a piece would spoil what comes after it. If it cannot be removed, that error is no news.
            let _ =
                self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
        }
        written.map_err(|error| Error::io(&self.path, error))
    }
}

/// The path of a file that is removed when it is still there in the end.
struct Temporary(PathBuf);

impl Temporary {
    /// Makes a new file in the same folder, so that renaming it never crosses file systems.
    fn beside(target: &Path) -> io::Result<(Self, File)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        loop {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{}.tmp", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
            let path = target.with_file_name(hidden);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Temporary(path), file)),
                // Left behind by a process that was killed, or another machine's on a shared disk.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing to remove, and after an error that error is the news.
        let _ = fs::remove_file(&self.0);
    }
}

/// The rename itself lives in the folder: without this it may be lost in a power failure.
#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_target: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("cornu-fs-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    fn listing(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder");
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = folder("failed");
        let path = folder.join("a.txt");
        write_atomically(&path, |w| w.write_all(b"old")).expect("writing");
        let failed = write_atomically(&path, |w| {
            w.write_all(&vec![b'x'; 100_000])?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), format!("{}: the disk is full", path.display()));
        assert_eq!(fs::read(&path).expect("the old file"), b"old");
        assert_eq!(listing(&folder), ["a.txt"]);
        write_atomically(&path, |w| w.write_all(b"new")).expect("writing");
        assert_eq!(fs::read(&path).expect("the new file"), b"new");
        assert_eq!(listing(&folder), ["a.txt"]);
        fs::remove_dir_all(folder).expect("cleaning up");
    }

    #[test]
    fn a_leftover_of_a_killed_process_is_not_in_the_way() {
        let folder = folder("leftover");
        let target = folder.join("b.txt");
        let (kept, _) = Temporary::beside(&target).expect("a first temporary file");
        let next = fs::read_dir(&folder).expect("the folder").count();
        write_atomically(&target, |w| w.write_all(b"whole")).expect("writing beside it");
        assert_eq!(next, 1);
        assert_eq!(fs::read(&target).expect("the file"), b"whole");
        drop(kept);
        assert_eq!(listing(&folder), ["b.txt"]);
        fs::remove_dir_all(folder).expect("cleaning up");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_keeps_pointing_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("link");
        let (real, link) = (folder.join("real"), folder.join("link"));
        fs::write(&real, "old").expect("writing");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("permissions");
        std::os::unix::fs::symlink(&real, &link).expect("linking");
        write_atomically(&link, |w| w.write_all(b"new")).expect("writing through the link");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read(&real).expect("the file"), b"new");
        assert_eq!(fs::metadata(&real).expect("the file").permissions().mode() & 0o777, 0o640);
        fs::remove_dir_all(folder).expect("cleaning up");
    }
}
