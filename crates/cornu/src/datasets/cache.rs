//! Where a dataset's file lies.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A file somewhere on the web.
pub(super) struct Remote {
    /// Its path below the folder `datasets`, as in Keras' cache.
    pub(super) name: &'static str,
    pub(super) url: &'static str,
    #[cfg_attr(not(feature = "download"), allow(dead_code))]
    pub(super) hash: Hash,
}

/// The hash of a file, in lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "download"), allow(dead_code))]
pub(super) enum Hash {
    Sha256(&'static str),
    Md5(&'static str),
}

/// The folders with datasets.
pub(super) struct Cache {
    /// Cornu's own, where downloads go.
    own: PathBuf,
    /// Those of others, which are only read.
    others: Vec<PathBuf>,
}

impl Cache {
    /// The user's folders.
    pub(super) fn of_user() -> Self {
        Cache {
            own: crate::home().join("datasets"),
            others: vec![crate::home::keras_home().join("datasets")],
        }
    }

    /// One folder alone.
    #[cfg(test)]
    pub(super) fn at(folder: impl Into<PathBuf>) -> Self {
        Cache { own: folder.into(), others: Vec::new() }
    }

    /// The path of a file, if it is in one of the folders.
    pub(super) fn find(&self, remote: &Remote) -> Option<PathBuf> {
        let mut places =
            std::iter::once(&self.own).chain(&self.others).map(|folder| folder.join(remote.name));
        places.find(|path| path.is_file())
    }

    /// The path of a file, which is downloaded first if it is in none of the folders.
    pub(super) fn file(&self, remote: &Remote) -> Result<PathBuf> {
        if let Some(path) = self.find(remote) {
            return Ok(path);
        }
        let path = self.own.join(remote.name);
        match fetch(remote, &path) {
            Ok(()) => Ok(path),
            Err(why) => Err(Error::file(
                &path,
                format!("is not there, and {why}; download {} by other means and put it there", remote.url),
            )),
        }
    }
}

/// Downloads a file, or says why not.
#[cfg(feature = "download")]
fn fetch(remote: &Remote, path: &Path) -> Result<(), String> {
    super::download::download(remote.url, remote.hash, path)
        .map_err(|message| format!("downloading it failed ({message})"))
}

#[cfg(not(feature = "download"))]
fn fetch(_: &Remote, _: &Path) -> Result<(), String> {
    Err("this program was built without the feature `download`".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    const REMOTE: Remote = Remote {
        name: "sub/x.npz",
        // Nobody listens on port 1.
        url: "http://127.0.0.1:1/x.npz",
        hash: Hash::Md5(""),
    };

    #[test]
    fn a_file_in_any_folder_is_used_as_it_is() {
        let (own, other) = (TempDir::new(), TempDir::new());
        let cache = Cache { own: own.path().into(), others: vec![other.path().into()] };
        for folder in [&other, &own] {
            let path = folder.path().join("sub/x.npz");
            std::fs::create_dir(folder.path().join("sub")).unwrap();
            std::fs::write(&path, "of any content").unwrap();
            assert_eq!(cache.file(&REMOTE).unwrap(), path);
        }
    }

    #[test]
    fn a_missing_file_says_what_to_put_where() {
        let own = TempDir::new();
        let message = Cache::at(own.path()).file(&REMOTE).unwrap_err().to_string();
        let path = own.path().join("sub/x.npz");
        assert!(message.starts_with(&format!("{}: is not there, and ", path.display())), "{message}");
        assert!(
            message.ends_with("; download http://127.0.0.1:1/x.npz by other means and put it there"),
            "{message}"
        );
    }
}
