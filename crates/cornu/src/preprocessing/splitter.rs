//! `Splitter`: ways to divide samples into training and test, several times.

use crate::utils::{RandomState, next_seed};
use crate::{Data, Result};

/// The samples of one split, by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Those for training.
    pub train: Vec<usize>,
    /// Those for tests.
    pub test: Vec<usize>,
}

/// A rule that divides samples: [`KFold`](super::KFold) and its kin, or your own.
pub trait Splitter: Send + Sync {
    /// How many splits there are.
    fn n_splits(&self) -> usize;

    /// All splits of samples with these labels, of which a splitter that does not stratify reads the number alone.
    ///
    /// # Errors
    /// If the samples are too few, or the labels do not suit the splitter.
    fn split_rows(&self, y: &Data) -> Result<Vec<Split>>;

    /// [`Splitter::split_rows`] of anything with a row a sample: tensors of numbers or strings.
    ///
    /// # Errors
    /// As [`Splitter::split_rows`].
    fn split(&self, y: impl Into<Data>) -> Result<Vec<Split>>
    where
        Self: Sized,
    {
        self.split_rows(&y.into())
    }
}

/// NumPy's generator of a `random_state`, or one that follows [`set_random_seed`](crate::utils::set_random_seed).
pub(super) fn generator(random_state: Option<u32>) -> RandomState {
    RandomState::new(random_state.unwrap_or_else(|| next_seed() as u32))
}

/// The split whose test samples are those in a fold, both parts in order.
pub(super) fn fold_of(folds: &[usize], fold: usize) -> Split {
    let (test, train) = (0..folds.len()).partition(|&row| folds.get(row) == Some(&fold));
    Split { train, test }
}
