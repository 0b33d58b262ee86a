//! Digits: 1797 handwritten digits, 8 by 8 pixels.
//!
//! Part of this crate. E. Alpaydin and C. Kaynak (1998); the file is scikit-learn's, the test part of the [UCI
//! dataset](https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits), CC BY 4.0.

use std::io::Read;
use std::sync::OnceLock;

use flate2::bufread::GzDecoder;

use super::Data;
use super::embedded::stratified_split;
use crate::{Error, Result, Tensor};

const SIDE: usize = 8;

/// Loads 1438 images for training and 359 for tests, a fifth of each class: `x` is uint8 `(n, 8, 8)` **from 0 to 16**,
/// `y` uint8 `(n,)` from 0 to 9.
///
/// The split and both orders are always the same.
///
/// # Errors
/// None in a crate built from its unchanged source.
///
/// ```
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::digits::load_data()?;
/// assert_eq!((x_train.shape(), y_test.shape()), (&[1438, 8, 8][..], &[359][..]));
/// # let _ = (y_train, x_test);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load_data() -> Result<Data> {
    stratified_split("digits", load_all()?)
}

/// Loads all 1797 images in the order of the file.
///
/// ```
/// let (x, y) = cornu::datasets::digits::load_all()?;
/// assert_eq!((x.row_count(), y.row_count()), (1797, 1797));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`load_data`].
pub fn load_all() -> Result<(Tensor, Tensor)> {
    static PARSED: OnceLock<Option<(Tensor, Tensor)>> = OnceLock::new();
    let parsed = PARSED.get_or_init(|| parse(include_bytes!("embedded/digits.csv.gz")));
    parsed.clone().ok_or_else(|| Error::data("the embedded digits.csv.gz is damaged"))
}

/// A line an image: 64 pixels and the digit.
fn parse(bytes: &[u8]) -> Option<(Tensor, Tensor)> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).ok()?;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let mut fields = line.split(',').map(|field| field.parse::<u8>().ok());
        for _ in 0..SIDE * SIDE {
            x.push(fields.next()??);
        }
        y.push(fields.next()??);
    }
    let n = y.len();
    Some((Tensor::new(x, [n, SIDE, SIDE]).ok()?, Tensor::from(y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_images_are_those_of_scikit_learn() -> Result<()> {
        let (x, y) = load_all()?;
        assert_eq!(x.shape(), [1797, 8, 8]);
        assert_eq!(x.as_slice::<u8>()?[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
        assert_eq!(y.as_slice::<u8>()?[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
        // sklearn.datasets.load_digits(): data.sum(), data.max(), target.sum()
        let sum: u64 = x.as_slice::<u8>()?.iter().map(|&v| u64::from(v)).sum();
        assert_eq!((sum, x.as_slice::<u8>()?.iter().max()), (561_718, Some(&16)));
        assert_eq!(y.to_vec::<i64>().iter().sum::<i64>(), 8070);
        assert_eq!(parse(b"no gzip"), None);
        Ok(())
    }
}
