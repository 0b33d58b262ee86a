//! Well-known datasets by name.
//!
//! Iris and the small handwritten digits are part of this crate. The others are Keras' own: the same files from the
//! same addresses, split and shuffled the same way. They are looked for in [`home`](crate::home)`/datasets` and in
//! Keras' own `~/.keras/datasets`, downloaded if they are in neither, and checked by their hash when downloaded. A
//! file that already lies there is used as it is.
//!
//! | dataset | samples, training + test | `x` | `y` |
//! |---|---|---|---|
//! | [`iris`] | 120 + 30 | float32 `(4,)` | int64 |
//! | [`digits`] | 1438 + 359 | uint8 `(8, 8)` | uint8 |
//! | [`mnist`], [`fashion_mnist`] | 60000 + 10000 | uint8 `(28, 28)` | uint8 |
//! | [`cifar10`] | 50000 + 10000 | uint8 `(32, 32, 3)` | uint8 `(1,)` |
//! | [`cifar100`] | 50000 + 10000 | uint8 `(32, 32, 3)` | int64 `(1,)` |
//! | [`california_housing`] | 16512 + 4128 | float32 `(8,)` | float32 |
//! | [`boston_housing`] | 404 + 102 | float64 `(13,)` | float64 |
//! | [`imdb`] | 25000 + 25000 | lists of word numbers | int64 |
//! | [`reuters`] | 8982 + 2246 | lists of word numbers | int64 |
//!
//! ```
//! use cornu::datasets::digits;
//! let ((x_train, y_train), (x_test, y_test)) = digits::load_data()?;
//! assert_eq!(x_train.shape(), [1438, 8, 8]);
//! assert_eq!(y_test.shape(), [359]);
//! # let _ = (y_train, x_test);
//! # Ok::<(), cornu::Error>(())
//! ```

pub mod boston_housing;
pub mod california_housing;
pub mod cifar10;
pub mod cifar100;
pub mod digits;
pub mod fashion_mnist;
pub mod imdb;
pub mod iris;
pub mod mnist;
pub mod reuters;

mod cache;
mod cifar;
#[cfg(feature = "download")]
mod download;
mod embedded;
mod housing;
mod pickle;
mod sequences;
mod tar;

pub use boston_housing::BostonHousing;
pub use california_housing::CaliforniaHousing;
pub use cifar100::Cifar100;
pub use imdb::Imdb;
pub use reuters::Reuters;

use crate::{Error, Result, Tensor};

/// `((x_train, y_train), (x_test, y_test))`.
pub type Data = ((Tensor, Tensor), (Tensor, Tensor));

/// `((x_train, y_train), (x_test, y_test))` whose samples are sequences of word numbers, each of its own length.
pub type SequenceData = ((Vec<Vec<i32>>, Tensor), (Vec<Vec<i32>>, Tensor));

type Load = fn() -> Result<Data>;

const TABLE: [(&str, Load); 8] = [
    ("iris", iris::load_data),
    ("digits", digits::load_data),
    ("mnist", mnist::load_data),
    ("fashion_mnist", fashion_mnist::load_data),
    ("cifar10", cifar10::load_data),
    ("cifar100", cifar100::load_data),
    ("california_housing", california_housing::load_data),
    ("boston_housing", boston_housing::load_data),
];

/// Loads a dataset of tensors by name, with its default arguments.
///
/// # Errors
/// If there is no such dataset, with the most similar name; for [`imdb`] and [`reuters`], whose samples differ in
/// length; and what the dataset's own `load_data` says.
///
/// ```
/// let ((x_train, _), _) = cornu::datasets::load("iris")?;
/// assert_eq!(x_train.shape(), [120, 4]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn load(name: &str) -> Result<Data> {
    if let Some((_, load)) = TABLE.iter().find(|(known, _)| *known == name) {
        return load();
    }
    if let "imdb" | "reuters" = name {
        return Err(Error::data(format!(
            "the samples of `{name}` differ in length, so they make no tensor; call `datasets::{name}::load_data` and pad them"
        )));
    }
    Err(Error::unknown_name("dataset", name, names().map(String::from)))
}

/// The names [`load`] knows.
///
/// ```
/// assert!(cornu::datasets::names().any(|name| name == "mnist"));
/// ```
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let messages =
            ["fashion-mnist", "minst", "imdb", "wikipedia"].map(|name| load(name).unwrap_err().to_string());
        insta::assert_snapshot!(messages.join("\n"));
    }
}
