//! California housing: median house values of 20640 districts from eight measures of the 1990 census.

use super::Data;
use super::cache::{Cache, Hash, Remote};
use super::housing::Split;
use crate::{Error, Result};

const FILE: Remote = Remote {
    name: "california_housing.npz",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/california_housing.npz",
    hash: Hash::Sha256("1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"),
};

/// Samples in the small version.
const SMALL: usize = 600;

/// Loads the large version, a fifth of it for tests: `x` is `(16512, 8)` and `y`, in dollars, `(16512,)`; both
/// in the element type of the file, which is float32 in Keras' own.
///
/// The columns are median income, house age, average rooms, average bedrooms, population, average occupation,
/// latitude and longitude. As
/// [`keras.datasets.california_housing.load_data`](https://keras.io/api/datasets/california_housing/).
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::california_housing::load_data()?;
/// assert_eq!(x_train.row_len(), 8);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file is not in the cache and cannot be downloaded, or is damaged.
pub fn load_data() -> Result<Data> {
    CaliforniaHousing::new().load_data()
}

/// The arguments of [`load_data`].
///
/// ```no_run
/// use cornu::datasets::CaliforniaHousing;
/// let ((x_train, _), _) = CaliforniaHousing::new().version("small").test_split(0.5).load_data()?;
/// assert_eq!(x_train.shape(), [300, 8]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CaliforniaHousing {
    version: String,
    split: Split,
}

impl Default for CaliforniaHousing {
    fn default() -> Self {
        CaliforniaHousing { version: "large".into(), split: Split::default() }
    }
}

impl CaliforniaHousing {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// `"large"`, all samples, or `"small"`, the first 600.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The fraction of samples for tests, 0.2 unless set.
    pub fn test_split(mut self, fraction: f64) -> Self {
        self.split.test_split = fraction;
        self
    }

    /// The seed of the shuffle before the split, 113 unless set.
    pub fn seed(mut self, seed: u32) -> Self {
        self.split.seed = seed;
        self
    }

    /// Loads the data.
    ///
    /// # Errors
    /// As [`load_data`]; and if the version is unknown or the test fraction not in `0.0..1.0`.
    pub fn load_data(&self) -> Result<Data> {
        self.load_from(&Cache::of_user())
    }

    fn load_from(&self, cache: &Cache) -> Result<Data> {
        let limit = match self.version.as_str() {
            "large" => usize::MAX,
            "small" => SMALL,
            other => {
                let known = ["large", "small"].map(String::from);
                return Err(Error::unknown_name("version of california_housing", other, known));
            }
        };
        self.split.training_count(0)?;
        self.split.load(&cache.file(&FILE)?, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;
    use crate::{Tensor, data};

    #[test]
    fn the_small_version_is_the_first_600_shuffled() -> Result<()> {
        let dir = TempDir::new();
        let rows = 700;
        let y = Tensor::from((0..rows).map(|v| v as f32).collect::<Vec<_>>());
        let x = y.reshape([rows, 1])?;
        data::save_npz(dir.path().join(FILE.name), &[("x".into(), x), ("y".into(), y)])?;
        let load = CaliforniaHousing::new().version("small").load_from(&Cache::at(dir.path()));
        let ((x_train, y_train), (x_test, y_test)) = load?;
        assert_eq!((x_train.shape(), x_test.shape()), (&[480, 1][..], &[120, 1][..]));
        assert_eq!(x_train.as_slice::<f32>()?, y_train.as_slice::<f32>()?);
        // np.random.RandomState(113).shuffle(np.arange(600))
        assert_eq!(y_train.as_slice::<f32>()?[..3], [568.0, 505.0, 59.0]);
        assert_eq!(y_test.as_slice::<f32>()?[117..], [586.0, 162.0, 165.0]);
        Ok(())
    }

    #[test]
    fn arguments_are_checked_before_anything_is_read() {
        let nowhere = Cache::at("/nowhere");
        let lines = [
            CaliforniaHousing::new().version("tiny").load_from(&nowhere).unwrap_err().to_string(),
            CaliforniaHousing::new().test_split(1.0).load_from(&nowhere).unwrap_err().to_string(),
            CaliforniaHousing::new().test_split(f64::NAN).load_from(&nowhere).unwrap_err().to_string(),
        ];
        insta::assert_snapshot!(lines.join("\n"));
    }
}
