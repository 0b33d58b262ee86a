//! `ShuffleSplit`: random splits, each drawn from all samples.

use super::sizes::{Sizes, size_setters};
use super::splitter::generator;
use super::{Split, Splitter};
use crate::utils::RandomState;
use crate::{Data, Result};

/// Draws training and test samples anew for each of `n_splits` splits; a tenth is for tests.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.ShuffleSplit.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{ShuffleSplit, Splitter};
/// let splits = ShuffleSplit::new(3).test_size(0.25).random_state(0).split(&Tensor::from([0u8; 8]))?;
/// assert_eq!((splits.len(), splits[0].test.len()), (3, 2));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ShuffleSplit {
    n_splits: usize,
    sizes: Sizes,
    random_state: Option<u32>,
}

impl Default for ShuffleSplit {
    fn default() -> Self {
        ShuffleSplit::new(10)
    }
}

impl ShuffleSplit {
    /// So many splits.
    pub fn new(n_splits: usize) -> Self {
        ShuffleSplit { n_splits, sizes: Sizes::default(), random_state: None }
    }

    size_setters!();
    crate::setters! {
        /// The seed of NumPy's `RandomState`.
        random_state: some u32;
    }
}

impl Splitter for ShuffleSplit {
    fn n_splits(&self) -> usize {
        self.n_splits
    }

    fn split_rows(&self, y: &Data) -> Result<Vec<Split>> {
        let n = y.row_count();
        let (train, test) = self.sizes.of(n, 0.1)?;
        let mut generator = generator(self.random_state);
        Ok((0..self.n_splits).map(|_| draw(&mut generator, n, train, test)).collect())
    }
}

/// One split: the first samples of a permutation are for tests, the next ones for training.
pub(super) fn draw(generator: &mut RandomState, n: usize, train: usize, test: usize) -> Split {
    let order = generator.permutation(n);
    let (tests, rest) = order.split_at_checked(test).unwrap_or((&order, &[]));
    Split { train: rest.iter().take(train).copied().collect(), test: tests.to_vec() }
}
