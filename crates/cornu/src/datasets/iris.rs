//! Iris: 150 flowers of three species, four measures each.
//!
//! Part of this crate. R. A. Fisher, "The use of multiple measurements in taxonomic problems" (1936); the file is
//! scikit-learn's, from the [UCI repository](https://archive.ics.uci.edu/dataset/53/iris), CC BY 4.0.

use std::sync::OnceLock;

use super::Data;
use super::embedded::stratified_split;
use crate::{Error, Result, Tensor};

const FEATURES: usize = 4;

/// Loads 120 flowers for training and 30 for tests, ten of each species: `x` is float32 `(n, 4)`, in centimetres, `y`
/// int64 `(n,)`.
///
/// The columns are the length and width of the sepals and of the petals; the classes are 0 setosa, 1 versicolor,
/// 2 virginica. The split and both orders are always the same.
///
/// # Errors
/// None in a crate built from its unchanged source.
///
/// ```
/// let ((x_train, y_train), (x_test, y_test)) = cornu::datasets::iris::load_data()?;
/// assert_eq!((x_train.shape(), y_test.shape()), (&[120, 4][..], &[30][..]));
/// # let _ = (y_train, x_test);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load_data() -> Result<Data> {
    stratified_split("iris", load_all()?)
}

/// Loads all 150 flowers in the order of the file, which is by species.
///
/// ```
/// let (x, y) = cornu::datasets::iris::load_all()?;
/// assert_eq!((x.shape(), y.shape()), (&[150, 4][..], &[150][..]));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`load_data`].
pub fn load_all() -> Result<(Tensor, Tensor)> {
    static PARSED: OnceLock<Option<(Tensor, Tensor)>> = OnceLock::new();
    let parsed = PARSED.get_or_init(|| parse(include_str!("embedded/iris.csv")));
    parsed.clone().ok_or_else(|| Error::data("the embedded iris.csv is damaged"))
}

/// A line of names, then a line a flower.
fn parse(text: &str) -> Option<(Tensor, Tensor)> {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let mut fields = line.split(',');
        for field in fields.by_ref().take(FEATURES) {
            x.push(field.parse::<f32>().ok()?);
        }
        y.push(fields.next()?.parse::<i64>().ok()?);
    }
    let n = y.len();
    Some((Tensor::new(x, [n, FEATURES]).ok()?, Tensor::from(y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flowers_are_fishers() -> Result<()> {
        let (x, y) = load_all()?;
        assert_eq!(x.shape(), [150, 4]);
        assert_eq!(x.as_slice::<f32>()?[..8], [5.1, 3.5, 1.4, 0.2, 4.9, 3.0, 1.4, 0.2]);
        assert!(y.as_slice::<i64>()?.iter().copied().eq((0..150).map(|at| at / 50)));
        // sklearn.datasets.load_iris().data.sum(axis=0)
        let sums = (0..4).map(|c| x.to_vec::<f64>().iter().skip(c).step_by(4).sum::<f64>());
        for (got, want) in sums.zip([876.5, 458.6, 563.7, 179.9]) {
            assert!((got - want).abs() < 1e-3, "{got}, not {want}");
        }
        assert_eq!(parse("x\n1,2,3"), None);
        Ok(())
    }

    #[test]
    fn the_split_has_ten_of_each() -> Result<()> {
        let (_, (_, y_test)) = load_data()?;
        let mut classes = y_test.to_vec::<i64>();
        classes.sort();
        assert!(classes.into_iter().eq((0..30).map(|at| at / 10)));
        Ok(())
    }
}
