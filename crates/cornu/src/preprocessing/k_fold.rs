//! `KFold`: each part of the samples is the test once.

use super::splitter::{fold_of, generator};
use super::{Split, Splitter};
use crate::{Data, Error, Result};

/// Divides samples into `n_splits` parts of neighbours, each of which is for tests once.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.KFold.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{KFold, Splitter};
/// let splits = KFold::new(2).split(&Tensor::from([1.0f32, 2.0, 3.0, 4.0]))?;
/// assert_eq!((&splits[0].train[..], &splits[0].test[..]), (&[2, 3][..], &[0, 1][..]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KFold {
    n_splits: usize,
    shuffle: bool,
    random_state: Option<u32>,
}

impl Default for KFold {
    fn default() -> Self {
        KFold::new(5)
    }
}

impl KFold {
    /// So many parts, not shuffled.
    pub fn new(n_splits: usize) -> Self {
        KFold { n_splits, shuffle: false, random_state: None }
    }

    crate::setters! {
        /// Whether samples are mixed before they are divided.
        shuffle: bool;
        /// The seed of NumPy's `RandomState` for the mixing.
        random_state: some u32;
    }
}

impl Splitter for KFold {
    fn n_splits(&self) -> usize {
        self.n_splits
    }

    fn split_rows(&self, y: &Data) -> Result<Vec<Split>> {
        let n = y.row_count();
        check("KFold", self.n_splits, n)?;
        let order = match self.shuffle {
            true => generator(self.random_state).permutation(n),
            false => (0..n).collect(),
        };
        // The first n % n_splits parts have one sample more.
        let (size, longer) = (n / self.n_splits, n % self.n_splits);
        let mut folds = vec![0; n];
        for (at, row) in order.into_iter().enumerate() {
            let in_longer = (size + 1) * longer;
            folds[row] =
                if at < in_longer { at / (size + 1) } else { longer + (at - in_longer) / size.max(1) };
        }
        Ok((0..self.n_splits).map(|fold| fold_of(&folds, fold)).collect())
    }
}

/// Whether samples can be divided into so many parts.
pub(super) fn check(what: &str, n_splits: usize, n: usize) -> Result<()> {
    if n_splits < 2 {
        return Err(Error::argument(what, format!("n_splits must be at least 2, got {n_splits}")));
    }
    if n_splits > n {
        return Err(Error::argument(
            what,
            format!("n_splits={n_splits} is more than the {n} samples there are"),
        ));
    }
    Ok(())
}
