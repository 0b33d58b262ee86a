//! CIFAR-10: 60000 colour photographs of ten things, 32 by 32 pixels.
//!
//! From A. Krizhevsky, ["Learning multiple layers of features from tiny
//! images"](https://www.cs.toronto.edu/~kriz/cifar.html) (2009).

use super::Data;
use super::cache::{Cache, Hash, Remote};
use super::cifar::{self, Batches};
use crate::Result;

const FILE: Remote = Remote {
    name: "cifar-10-batches-py-target_archive",
    url: "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    hash: Hash::Sha256("6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),
};
const AS_DOWNLOADED: Remote = Remote { name: "cifar-10-python.tar.gz", ..FILE };

/// Loads the images, uint8 `(50000, 32, 32, 3)` and `(10000, 32, 32, 3)` from 0 to 255, with their classes,
/// uint8 `(50000, 1)` and `(10000, 1)`.
///
/// The classes are 0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck. As
/// [`keras.datasets.cifar10.load_data`](https://keras.io/api/datasets/cifar10/).
///
/// # Errors
/// If the archive is not in the cache and cannot be downloaded, or is damaged.
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::cifar10::load_data()?;
/// assert_eq!(x_train.shape(), [50000, 32, 32, 3]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load_data() -> Result<Data> {
    load_from(&Cache::of_user())
}

fn load_from(cache: &Cache) -> Result<Data> {
    let path = cifar::archive(cache, &FILE, &AS_DOWNLOADED)?;
    let train = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"];
    Batches { folder: "cifar-10-batches-py", label_key: "labels" }.read(&path, &train, &["test_batch"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;
    use crate::testing::{TempDir, fixture};

    #[test]
    fn the_archive_reads_as_keras_reads_it() -> Result<()> {
        let expected = data::load_npz(fixture("datasets/cifar_expected.npz"))?;
        let get = |part| expected.get(part).cloned();
        let want = ((get("x_train10")?, get("y_train10")?), (get("x_test10")?, get("y_test10")?));
        assert_eq!(load_from(&Cache::at(fixture("datasets")))?, want);
        Ok(())
    }

    #[test]
    fn the_name_the_archive_came_with_will_do() {
        let dir = TempDir::new();
        std::fs::copy(fixture("datasets").join(FILE.name), dir.path().join(AS_DOWNLOADED.name)).unwrap();
        assert!(load_from(&Cache::at(dir.path())).is_ok());
    }

    #[test]
    fn changed_archives_are_refused() {
        let dir = TempDir::new();
        let whole = std::fs::read(fixture("datasets").join(FILE.name)).unwrap();
        let path = dir.path().join(FILE.name);
        let load = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            load_from(&Cache::at(dir.path()))
        };
        // The head of a gzip file holds a time and a name, which may be anything.
        let head = 10 + FILE.name.len() + 1;
        for at in (head..whole.len()).step_by(whole.len() / 60) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            assert!(load(&bytes).is_err(), "byte {at}");
            assert!(load(&whole[..at]).is_err(), "{at} bytes");
        }
    }
}
