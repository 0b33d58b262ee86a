//! Boston housing: median house prices of 506 suburbs from 13 measures of the late 1970s.
//!
//! **Warning**, as Keras gives it: one of the measures, "B", may appear to assume that racial self-segregation
//! influences house prices. Use [`california_housing`](super::california_housing) unless the subject is just that.

use super::Data;
use super::cache::{Cache, Hash, Remote};
use super::housing::Split;
use crate::Result;

const FILE: Remote = Remote {
    name: "boston_housing.npz",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/boston_housing.npz",
    hash: Hash::Sha256("f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"),
};

/// Loads the data, a fifth of it for tests: `x` is `(404, 13)` and `y`, in thousands of dollars, `(404,)`.
///
/// As [`keras.datasets.boston_housing.load_data`](https://keras.io/api/datasets/boston_housing/).
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::boston_housing::load_data()?;
/// assert_eq!(x_train.shape(), [404, 13]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file is not in the cache and cannot be downloaded, or is damaged.
pub fn load_data() -> Result<Data> {
    BostonHousing::new().load_data()
}

/// The arguments of [`load_data`].
///
/// ```no_run
/// use cornu::datasets::BostonHousing;
/// let (_, (x_test, _)) = BostonHousing::new().test_split(0.5).seed(1).load_data()?;
/// assert_eq!(x_test.shape(), [253, 13]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BostonHousing {
    split: Split,
}

impl BostonHousing {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
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
    /// As [`load_data`]; and if the test fraction is not in `0.0..1.0`.
    pub fn load_data(&self) -> Result<Data> {
        self.load_from(&Cache::of_user())
    }

    fn load_from(&self, cache: &Cache) -> Result<Data> {
        self.split.training_count(0)?;
        self.split.load(&cache.file(&FILE)?, usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixture;
    use crate::{Kind, Tensor, data};

    #[test]
    fn splits_are_those_of_keras() -> Result<()> {
        let cache = Cache::at(fixture("datasets"));
        let expected = data::load_npz(fixture("datasets/boston_housing_expected.npz"))?;
        for (name, loader) in [
            ("default", BostonHousing::new()),
            ("half", BostonHousing::new().test_split(0.5).seed(7)),
            ("none", BostonHousing::new().test_split(0.0)),
        ] {
            let ((x_train, y_train), (x_test, y_test)) = loader.load_from(&cache)?;
            for (part, got) in
                [("x_train", x_train), ("y_train", y_train), ("x_test", x_test), ("y_test", y_test)]
            {
                assert_eq!(&got, expected.get(&format!("{name}_{part}"))?, "{name} {part}");
            }
        }
        Ok(())
    }

    #[test]
    fn unlike_lengths_are_refused() -> Result<()> {
        let dir = crate::testing::TempDir::new();
        let arrays = [("x".into(), Tensor::from([[1.0f32], [2.0]])), ("y".into(), Tensor::from([1.0f32]))];
        data::save_npz(dir.path().join(FILE.name), &arrays)?;
        let error = BostonHousing::new().load_from(&Cache::at(dir.path())).unwrap_err();
        assert!(matches!(error.kind(), Kind::File { message, .. } if message.contains("[2, 1]")), "{error}");
        Ok(())
    }
}
