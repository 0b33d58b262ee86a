//! `StratifiedShuffleSplit`: random splits that hold each class in its share.

use super::classes::{Classes, names};
use super::sizes::{Sizes, size_setters};
use super::splitter::generator;
use super::{Split, Splitter};
use crate::utils::RandomState;
use crate::{Data, Error, Result};

/// Draws training and test samples anew for each of `n_splits` splits, each class in its share; a tenth is for tests.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedShuffleSplit.html>.
///
/// ```
/// use cornu::Data;
/// use cornu::preprocessing::{Splitter, StratifiedShuffleSplit};
/// let y = Data::from(["a", "a", "a", "a", "b", "b"]);
/// let splits = StratifiedShuffleSplit::new(1).test_size(0.5).random_state(0).split(&y)?;
/// assert_eq!(splits[0].test.iter().filter(|&&row| row < 4).count(), 2);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StratifiedShuffleSplit {
    n_splits: usize,
    sizes: Sizes,
    random_state: Option<u32>,
}

impl Default for StratifiedShuffleSplit {
    fn default() -> Self {
        StratifiedShuffleSplit::new(10)
    }
}

impl StratifiedShuffleSplit {
    /// So many splits.
    pub fn new(n_splits: usize) -> Self {
        StratifiedShuffleSplit { n_splits, sizes: Sizes::default(), random_state: None }
    }

    size_setters!();
    crate::setters! {
        /// The seed of NumPy's `RandomState`.
        random_state: some u32;
    }
}

impl Splitter for StratifiedShuffleSplit {
    fn n_splits(&self) -> usize {
        self.n_splits
    }

    fn split_rows(&self, y: &Data) -> Result<Vec<Split>> {
        let (train, test) = self.sizes.of(y.row_count(), 0.1)?;
        let classes = Classes::of("StratifiedShuffleSplit", y)?;
        let mut generator = generator(self.random_state);
        (0..self.n_splits).map(|_| draw(&mut generator, &classes, train, test)).collect()
    }
}

/// One split with so many samples for training and for tests.
pub(super) fn draw(
    generator: &mut RandomState,
    classes: &Classes,
    train: usize,
    test: usize,
) -> Result<Split> {
    let wrong = |message: String| Error::argument("stratify", message);
    let counts = classes.counts();
    if let Some(rare) = counts.iter().position(|&count| count < 2) {
        let name = names(&classes.values).swap_remove(rare);
        return Err(wrong(format!(
            "class {name} has only one sample; each class needs two, one for each part"
        )));
    }
    for (what, size) in [("training", train), ("tests", test)] {
        if size < counts.len() {
            return Err(wrong(format!("{size} samples for {what} cannot hold all {} classes", counts.len())));
        }
    }
    let mut rows_of = vec![Vec::new(); counts.len()];
    classes.of_rows.iter().enumerate().for_each(|(row, &class)| rows_of[class].push(row));
    let trained = shares(generator, &counts, train);
    let left: Vec<usize> = counts.iter().zip(&trained).map(|(count, taken)| count - taken).collect();
    let tested = shares(generator, &left, test);
    let mut split = Split { train: Vec::with_capacity(train), test: Vec::with_capacity(test) };
    for ((rows, &trained), tested) in rows_of.iter().zip(&trained).zip(tested) {
        let order = generator.permutation(rows.len());
        let mut order = order.into_iter().map(|at| rows[at]);
        split.train.extend(order.by_ref().take(trained));
        split.test.extend(order.take(tested));
    }
    generator.shuffle(&mut split.train);
    generator.shuffle(&mut split.test);
    Ok(split)
}

/// How many of `draws` samples each class gets: its share rounded down, then one more in the order of what rounding
/// took, ties at random. Scikit-learn's `_approximate_mode`.
fn shares(generator: &mut RandomState, counts: &[usize], draws: usize) -> Vec<usize> {
    let total: usize = counts.iter().sum();
    let exact: Vec<f64> = counts.iter().map(|&count| count as f64 / total as f64 * draws as f64).collect();
    let mut shares: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut missing = draws.saturating_sub(shares.iter().sum());
    let rests: Vec<f64> = exact.iter().map(|share| share - share.floor()).collect();
    let mut values = rests.clone();
    values.sort_by(|a, b| b.total_cmp(a));
    values.dedup();
    for value in values {
        if missing == 0 {
            break;
        }
        let tied: Vec<usize> = (0..rests.len()).filter(|&class| rests[class] == value).collect();
        let chosen = generator.permutation(tied.len()).into_iter().take(missing);
        missing -= chosen.map(|at| shares[tied[at]] += 1).count();
    }
    shares
}
