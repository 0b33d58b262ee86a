//! MNIST: 70000 handwritten digits, 28 by 28 pixels.
//!
//! Yann LeCun and Corinna Cortes hold the copyright; the licence is
//! [CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/).

use super::Data;
use super::cache::{Cache, Hash, Remote};
use crate::{Result, data};

const FILE: Remote = Remote {
    name: "mnist.npz",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    hash: Hash::Sha256("731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
};

/// Loads the images, uint8 `(60000, 28, 28)` and `(10000, 28, 28)` from 0 to 255, with their digits, uint8
/// `(60000,)` and `(10000,)`.
///
/// As [`keras.datasets.mnist.load_data`](https://keras.io/api/datasets/mnist/).
///
/// # Errors
/// If the file is not in the cache and cannot be downloaded, or is damaged.
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::mnist::load_data()?;
/// assert_eq!(x_train.shape(), [60000, 28, 28]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load_data() -> Result<Data> {
    load_from(&Cache::of_user())
}

fn load_from(cache: &Cache) -> Result<Data> {
    let file = data::load_npz(cache.file(&FILE)?)?;
    let get = |name| file.get(name).cloned();
    Ok(((get("x_train")?, get("y_train")?), (get("x_test")?, get("y_test")?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;
    use crate::testing::TempDir;

    #[test]
    fn the_four_arrays_come_in_keras_order() -> Result<()> {
        let dir = TempDir::new();
        let path = dir.path().join(FILE.name);
        let scalar = |name: &str, value: u8| (name.to_string(), Tensor::scalar(value));
        let (a, b, c, d) =
            (scalar("x_test", 1), scalar("x_train", 2), scalar("y_test", 3), scalar("y_train", 4));
        data::save_npz(&path, &[a.clone(), b.clone(), c.clone(), d.clone()])?;
        assert_eq!(load_from(&Cache::at(dir.path()))?, ((b.1, d.1), (a.1.clone(), c.1)));
        data::save_npz(&path, &[a])?;
        let message = load_from(&Cache::at(dir.path())).unwrap_err().to_string();
        assert!(message.ends_with("holds no array `x_train`, only `x_test`"), "{message}");
        Ok(())
    }
}
