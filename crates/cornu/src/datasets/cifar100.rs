//! CIFAR-100: 60000 colour photographs of a hundred things in 20 groups, 32 by 32 pixels.
//!
//! From A. Krizhevsky, ["Learning multiple layers of features from tiny
//! images"](https://www.cs.toronto.edu/~kriz/cifar.html) (2009).

use super::Data;
use super::cache::{Cache, Hash, Remote};
use super::cifar::{self, Batches};
use crate::{DType, Error, Result};

const FILE: Remote = Remote {
    name: "cifar-100-python-target_archive",
    url: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    hash: Hash::Sha256("85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"),
};
const AS_DOWNLOADED: Remote = Remote { name: "cifar-100-python.tar.gz", ..FILE };

/// Loads the images, uint8 `(50000, 32, 32, 3)` and `(10000, 32, 32, 3)` from 0 to 255, with their classes from 0
/// to 99, int64 `(50000, 1)` and `(10000, 1)`.
///
/// As [`keras.datasets.cifar100.load_data`](https://keras.io/api/datasets/cifar100/).
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::cifar100::load_data()?;
/// assert_eq!(x_train.shape(), [50000, 32, 32, 3]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the archive is not in the cache and cannot be downloaded, or is damaged.
pub fn load_data() -> Result<Data> {
    Cifar100::new().load_data()
}

/// The arguments of [`load_data`].
///
/// ```no_run
/// use cornu::datasets::Cifar100;
/// let ((_, y_train), _) = Cifar100::new().label_mode("coarse").load_data()?;
/// assert!(y_train.to_vec::<i64>().iter().all(|class| (0..20).contains(class)));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cifar100 {
    label_mode: String,
}

impl Default for Cifar100 {
    fn default() -> Self {
        Cifar100 { label_mode: "fine".into() }
    }
}

impl Cifar100 {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// `"fine"` for the hundred classes, which is the default, or `"coarse"` for the 20 groups.
    pub fn label_mode(mut self, mode: impl Into<String>) -> Self {
        self.label_mode = mode.into();
        self
    }

    /// Loads the data.
    ///
    /// # Errors
    /// As [`load_data`]; and if the label mode is unknown.
    pub fn load_data(&self) -> Result<Data> {
        self.load_from(&Cache::of_user())
    }

    fn load_from(&self, cache: &Cache) -> Result<Data> {
        let label_key = match self.label_mode.as_str() {
            "fine" => "fine_labels",
            "coarse" => "coarse_labels",
            other => {
                let known = ["fine", "coarse"].map(String::from);
                return Err(Error::unknown_name("label mode of cifar100", other, known));
            }
        };
        let path = cifar::archive(cache, &FILE, &AS_DOWNLOADED)?;
        let batches = Batches { folder: "cifar-100-python", label_key };
        let ((x_train, y_train), (x_test, y_test)) = batches.read(&path, &["train"], &["test"])?;
        // Unlike those of CIFAR-10, Keras leaves these labels as wide as Python's integers are.
        Ok(((x_train, y_train.cast(DType::I64)), (x_test, y_test.cast(DType::I64))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;
    use crate::testing::fixture;

    #[test]
    fn the_archive_reads_as_keras_reads_it() -> Result<()> {
        let expected = data::load_npz(fixture("datasets/cifar_expected.npz"))?;
        let get = |part: &str| expected.get(part).cloned();
        for mode in ["fine", "coarse"] {
            let y = |part: &str| get(&format!("{part}_{mode}"));
            let want = ((get("x_train100")?, y("y_train")?), (get("x_test100")?, y("y_test")?));
            let got = Cifar100::new().label_mode(mode).load_from(&Cache::at(fixture("datasets")))?;
            assert_eq!(got, want, "{mode}");
        }
        Ok(())
    }

    #[test]
    fn modes_are_checked() {
        let error = Cifar100::new().label_mode("course").load_from(&Cache::at("/nowhere")).unwrap_err();
        assert_eq!(error.to_string(), "unknown label mode of cifar100 `course`; did you mean `coarse`?");
    }
}
