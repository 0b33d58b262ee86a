//! The shuffled split of the two housing datasets.

use std::path::Path;

use super::Data;
use crate::utils::RandomState;
use crate::{Error, Result, Tensor, data};

/// Keras' arguments, with its defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    pub(super) test_split: f64,
    pub(super) seed: u32,
}

impl Default for Split {
    fn default() -> Self {
        Split { test_split: 0.2, seed: 113 }
    }
}

impl Split {
    /// How many of `n` samples are for training.
    pub(super) fn training_count(self, n: usize) -> Result<usize> {
        if !(0.0..1.0).contains(&self.test_split) {
            return Err(Error::argument(
                "test_split",
                format!("must be at least 0 and less than 1, got {}", self.test_split),
            ));
        }
        Ok((n as f64 * (1.0 - self.test_split)) as usize)
    }

    /// Reads `x` and `y` of an npz file, takes the first `limit` samples, shuffles and splits them.
    pub(super) fn load(self, path: &Path, limit: usize) -> Result<Data> {
        let file = data::load_npz(path)?;
        let (x, y) = (file.get("x")?, file.get("y")?);
        let n = x.row_count();
        if x.rank() != 2 || y.shape() != [n] {
            let shapes = format!("holds x of shape {:?} and y of shape {:?}", x.shape(), y.shape());
            return Err(Error::file(path, format!("{shapes}; x must be a table with one y a row")));
        }
        let n = n.min(limit);
        let training = self.training_count(n)?;
        let order = RandomState::new(self.seed).permutation(n);
        let (train, test) = order.split_at_checked(training).unwrap_or((&order, &[]));
        let part = |rows: &[usize]| -> Result<(Tensor, Tensor)> { Ok((x.take(rows)?, y.take(rows)?)) };
        Ok((part(train)?, part(test)?))
    }
}
