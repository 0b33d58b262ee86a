//! `train_test_split`: one split of samples with their targets.

use super::classes::Classes;
use super::sizes::{Sizes, size_setters};
use super::splitter::generator;
use super::{Rows, Split, shuffle_split, stratified_shuffle_split};
use crate::{Data, Error, Result};

/// Splits samples and their targets into `(x_train, x_test, y_train, y_test)`, a quarter for tests unless said
/// otherwise.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html>.
///
/// ```
/// use cornu::preprocessing::{TrainTestSplit, train_test_split};
/// let (x, y) = cornu::datasets::iris::load_all()?;
/// let arguments = TrainTestSplit::new().test_size(0.2).stratify(&y).random_state(42);
/// let (x_train, x_test, y_train, y_test) = train_test_split(&x, &y, arguments)?;
/// assert_eq!((x_train.shape(), x_test.shape()), (&[120, 4][..], &[30, 4][..]));
/// assert_eq!(y_test.to_vec::<i64>()[..5], [0, 2, 1, 1, 0]); // as scikit-learn draws them
/// # let _ = y_train;
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many targets as samples, or as for [`TrainTestSplit::indices`].
pub fn train_test_split<X: Rows, Y: Rows>(x: &X, y: &Y, arguments: TrainTestSplit) -> Result<(X, X, Y, Y)> {
    let n = x.row_count();
    if y.row_count() != n {
        return Err(Error::data(format!("train_test_split: {n} samples have {} targets", y.row_count())));
    }
    let Split { train, test } = arguments.indices(n)?;
    Ok((x.take_rows(&train)?, x.take_rows(&test)?, y.take_rows(&train)?, y.take_rows(&test)?))
}

/// The arguments of [`train_test_split`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrainTestSplit {
    sizes: Sizes,
    shuffle: bool,
    stratify: Option<Data>,
    random_state: Option<u32>,
}

impl Default for TrainTestSplit {
    fn default() -> Self {
        TrainTestSplit { sizes: Sizes::default(), shuffle: true, stratify: None, random_state: None }
    }
}

impl TrainTestSplit {
    /// Mixed samples, a quarter for tests.
    pub fn new() -> Self {
        Self::default()
    }

    size_setters!();
    crate::setters! {
        /// Whether samples are mixed before they are split.
        shuffle: bool;
        /// Labels, a sample each, that both parts are to hold in their shares.
        stratify: some into Data;
        /// The seed of NumPy's `RandomState`: the same rows as scikit-learn's.
        random_state: some u32;
    }

    /// The places of the samples of both parts among `n`.
    ///
    /// # Errors
    /// If a size lies outside its range, the labels are not one a sample, a class of them has a single sample, or
    /// labels are given for samples that are not mixed.
    pub fn indices(&self, n: usize) -> Result<Split> {
        let (train, test) = self.sizes.of(n, 0.25)?;
        let Some(labels) = &self.stratify else {
            return Ok(match self.shuffle {
                true => shuffle_split::draw(&mut generator(self.random_state), n, train, test),
                false => Split { train: (0..train).collect(), test: (train..train + test).collect() },
            });
        };
        let wrong = |message: String| Error::argument("stratify", message);
        if !self.shuffle {
            return Err(wrong("needs samples to be mixed: leave `shuffle(false)` out".into()));
        }
        if labels.row_count() != n {
            return Err(wrong(format!("{n} samples have {} labels", labels.row_count())));
        }
        let classes = Classes::of("stratify", labels)?;
        stratified_shuffle_split::draw(&mut generator(self.random_state), &classes, train, test)
    }
}
