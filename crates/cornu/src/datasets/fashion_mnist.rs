//! Fashion-MNIST: 70000 pictures of clothes, 28 by 28 pixels.
//!
//! Zalando SE holds the copyright; the licence is
//! [MIT](https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE).

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::Data;
use super::cache::{Cache, Hash, Remote};
use crate::{Error, Result, Tensor};

macro_rules! file {
    ($name:literal, $md5:literal) => {
        Remote {
            name: concat!("fashion-mnist/", $name),
            url: concat!("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", $name),
            hash: Hash::Md5($md5),
        }
    };
}

// Keras checks no hash; these are the ones the makers publish.
const Y_TRAIN: Remote = file!("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe");
const X_TRAIN: Remote = file!("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d");
const Y_TEST: Remote = file!("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310");
const X_TEST: Remote = file!("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79");

/// Loads the images, uint8 `(60000, 28, 28)` and `(10000, 28, 28)` from 0 to 255, with their classes, uint8
/// `(60000,)` and `(10000,)`.
///
/// The classes are 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt, 7 Sneaker, 8 Bag,
/// 9 Ankle boot. As [`keras.datasets.fashion_mnist.load_data`](https://keras.io/api/datasets/fashion_mnist/).
///
/// # Errors
/// If a file is not in the cache and cannot be downloaded, or is damaged.
///
/// ```no_run
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::fashion_mnist::load_data()?;
/// assert_eq!(x_test.shape(), [10000, 28, 28]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load_data() -> Result<Data> {
    load_from(&Cache::of_user())
}

fn load_from(cache: &Cache) -> Result<Data> {
    let part = |x: &Remote, y: &Remote| -> Result<(Tensor, Tensor)> {
        let (x_path, y_path) = (cache.file(x)?, cache.file(y)?);
        let (x, y) = (read_idx(&x_path)?, read_idx(&y_path)?);
        if x.row_count() != y.len() {
            let counts = format!("has {} images for {} labels", x.row_count(), y.len());
            return Err(Error::file(x_path, counts));
        }
        Ok((x, y))
    };
    Ok((part(&X_TRAIN, &Y_TRAIN)?, part(&X_TEST, &Y_TEST)?))
}

/// Reads a gzipped file in [LeCun's idx format](http://yann.lecun.com/exdb/mnist/), of bytes.
fn read_idx(path: &Path) -> Result<Tensor> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    parse_idx(MultiGzDecoder::new(BufReader::new(file))).map_err(|message| Error::file(path, message))
}

fn parse_idx(mut source: impl Read) -> Result<Tensor, String> {
    let damaged = |e: std::io::Error| format!("is damaged: {e}");
    let mut word = || -> Result<u32, String> {
        let mut bytes = [0; 4];
        source.read_exact(&mut bytes).map_err(damaged)?;
        Ok(u32::from_be_bytes(bytes))
    };
    let rank = match word()? {
        magic @ 0x0801..=0x0803 => magic - 0x0800,
        magic => return Err(format!("is not an idx file of bytes: it starts with {magic:08x}")),
    };
    let shape: Vec<usize> = (0..rank).map(|_| Ok(word()? as usize)).collect::<Result<_, String>>()?;
    let absurd = || format!("announces an absurd shape {shape:?}");
    let count = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).ok_or_else(absurd)?;
    let mut data = Vec::new();
    source.take(count as u64 + 1).read_to_end(&mut data).map_err(damaged)?;
    Tensor::new(data, shape.as_slice()).map_err(|e| format!("does not hold what it announces: {e}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::testing::TempDir;

    fn idx(shape: &[u32], data: &[u8]) -> Vec<u8> {
        let words = std::iter::once(0x0800 + shape.len() as u32).chain(shape.iter().copied());
        words.flat_map(u32::to_be_bytes).chain(data.iter().copied()).collect()
    }

    #[test]
    fn four_files_make_the_data() -> Result<()> {
        let dir = TempDir::new();
        std::fs::create_dir(dir.path().join("fashion-mnist")).unwrap();
        let put = |remote: &Remote, content: &[u8]| {
            let file = File::create(dir.path().join(remote.name)).unwrap();
            GzEncoder::new(file, Compression::fast()).write_all(content).unwrap();
        };
        put(&X_TRAIN, &idx(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]));
        put(&Y_TRAIN, &idx(&[2], &[7, 8]));
        put(&X_TEST, &idx(&[1, 1, 3], &[9, 9, 9]));
        put(&Y_TEST, &idx(&[1], &[0]));
        let ((x_train, y_train), (x_test, y_test)) = load_from(&Cache::at(dir.path()))?;
        assert_eq!(x_train, Tensor::from([[[1u8, 2, 3]], [[4, 5, 6]]]));
        assert_eq!(y_train, Tensor::from([7u8, 8]));
        assert_eq!((x_test.shape(), y_test.shape()), (&[1, 1, 3][..], &[1][..]));
        put(&Y_TEST, &idx(&[2], &[0, 1]));
        let message = load_from(&Cache::at(dir.path())).unwrap_err().to_string();
        assert!(message.ends_with("t10k-images-idx3-ubyte.gz: has 1 images for 2 labels"), "{message}");
        Ok(())
    }

    #[test]
    fn bad_files_are_refused() {
        let lines = [
            &b"\x1f\x8b\x08\x00"[..],
            &idx(&[2], &[1]),
            &idx(&[2], &[1, 2, 3]),
            &idx(&[u32::MAX, u32::MAX, u32::MAX], &[1]),
            &idx(&[2], &[])[..6],
        ]
        .map(|bytes| parse_idx(bytes).unwrap_err());
        insta::assert_snapshot!(lines.join("\n"));
    }
}
