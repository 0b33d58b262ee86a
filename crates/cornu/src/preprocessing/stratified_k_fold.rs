//! `StratifiedKFold`: folds that hold each class in its share.

use super::classes::Classes;
use super::k_fold::check;
use super::splitter::{fold_of, generator};
use super::{Split, Splitter};
use crate::{Data, Error, Result};

/// Divides samples into `n_splits` parts with each class in its share, each of which is for tests once.
///
/// A class with fewer samples than splits is missing in some tests, of which scikit-learn warns.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedKFold.html>.
///
/// ```
/// use cornu::Data;
/// use cornu::preprocessing::{Splitter, StratifiedKFold};
/// let splits = StratifiedKFold::new(2).split(Data::from(["a", "a", "b", "b"]))?;
/// assert_eq!((&splits[0].train[..], &splits[0].test[..]), (&[1, 3][..], &[0, 2][..]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StratifiedKFold {
    n_splits: usize,
    shuffle: bool,
    random_state: Option<u32>,
}

impl Default for StratifiedKFold {
    fn default() -> Self {
        StratifiedKFold::new(5)
    }
}

impl StratifiedKFold {
    /// So many parts, not shuffled.
    pub fn new(n_splits: usize) -> Self {
        StratifiedKFold { n_splits, shuffle: false, random_state: None }
    }

    crate::setters! {
        /// Whether the samples of each class are mixed before they are divided.
        shuffle: bool;
        /// The seed of NumPy's `RandomState` for the mixing.
        random_state: some u32;
    }
}

impl Splitter for StratifiedKFold {
    fn n_splits(&self) -> usize {
        self.n_splits
    }

    fn split_rows(&self, y: &Data) -> Result<Vec<Split>> {
        let k = self.n_splits;
        check("StratifiedKFold", k, y.row_count())?;
        let classes = by_appearance(&Classes::of("StratifiedKFold", y)?);
        let count = classes.iter().max().map_or(0, |last| last + 1);
        let mut sorted = classes.clone();
        sorted.sort_unstable();
        // Dealing the sorted labels out says how many of each class a fold gets.
        let mut allocation = vec![vec![0; k]; count];
        sorted.iter().enumerate().for_each(|(at, &class)| allocation[class][at % k] += 1);
        if allocation.iter().all(|folds| folds.iter().sum::<usize>() < k) {
            return Err(Error::argument(
                "StratifiedKFold",
                format!(
                    "n_splits={k} is more than the samples of every class: take fewer splits, or `KFold`"
                ),
            ));
        }
        let mut generator = generator(self.random_state);
        let mut dealt: Vec<std::vec::IntoIter<usize>> = allocation
            .into_iter()
            .map(|folds| {
                let mut block: Vec<usize> =
                    folds.into_iter().enumerate().flat_map(|(fold, size)| vec![fold; size]).collect();
                if self.shuffle {
                    generator.shuffle(&mut block);
                }
                block.into_iter()
            })
            .collect();
        let folds: Vec<usize> = classes.iter().filter_map(|&class| dealt[class].next()).collect();
        Ok((0..k).map(|fold| fold_of(&folds, fold)).collect())
    }
}

/// Classes numbered as they first appear.
fn by_appearance(classes: &Classes) -> Vec<usize> {
    let mut numbers = vec![None; classes.len()];
    let mut next = 0;
    let mut number = |&class: &usize| {
        *numbers[class].get_or_insert_with(|| {
            next += 1;
            next - 1
        })
    };
    classes.of_rows.iter().map(&mut number).collect()
}
