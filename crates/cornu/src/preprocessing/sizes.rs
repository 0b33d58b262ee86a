//! How many samples a split takes for training and for tests.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A number of samples, or a part of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// A part between 0 and 1: rounded up for tests, down for training.
    Part(f64),
    /// So many samples.
    Count(usize),
}

impl From<f64> for Size {
    fn from(part: f64) -> Self {
        Size::Part(part)
    }
}

impl From<usize> for Size {
    fn from(count: usize) -> Self {
        Size::Count(count)
    }
}

impl Size {
    fn of(self, what: &str, n: usize, round: fn(f64) -> f64) -> Result<usize> {
        match self {
            Size::Part(part) if part > 0.0 && part < 1.0 => Ok(round(part * n as f64) as usize),
            Size::Count(count) if count > 0 && count < n => Ok(count),
            Size::Part(part) => {
                Err(Error::argument(what, format!("a part must lie between 0 and 1, got {part}")))
            }
            Size::Count(count) => Err(Error::argument(
                what,
                format!("must be at least 1 and less than the {n} samples, got {count}"),
            )),
        }
    }
}

/// The arguments `test_size` and `train_size` with scikit-learn's rules.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sizes {
    pub(super) test: Option<Size>,
    pub(super) train: Option<Size>,
}

impl Sizes {
    /// The numbers of samples for training and for tests; `default` is the test part where neither is given.
    pub(super) fn of(self, n: usize, default: f64) -> Result<(usize, usize)> {
        let test = match (self.test, self.train) {
            (None, None) => Some(Size::Part(default)),
            (test, _) => test,
        };
        let test = test.map(|size| size.of("test_size", n, f64::ceil)).transpose()?;
        let train = self.train.map(|size| size.of("train_size", n, f64::floor)).transpose()?;
        let (train, test) = match (train, test) {
            (Some(train), Some(test)) => (train, test),
            (Some(train), None) => (train, n.saturating_sub(train)),
            (None, test) => (n.saturating_sub(test.unwrap_or(0)), test.unwrap_or(0)),
        };
        // Parts that are too large together are refused even where rounding makes their samples fit.
        let parts = match (self.train, self.test) {
            (Some(Size::Part(train)), Some(Size::Part(test))) => train + test,
            _ => 0.0,
        };
        if parts > 1.0 || train + test > n {
            return Err(Error::argument(
                "train_size",
                format!("{train} samples for training and {test} for tests are more than the {n} there are"),
            ));
        }
        if train == 0 {
            return Err(Error::argument("train_size", format!("leaves none of {n} samples for training")));
        }
        Ok((train, test))
    }
}

/// The setters of the two arguments.
macro_rules! size_setters {
    () => {
        /// Samples for tests: a part such as `0.2`, or a number such as `50usize`.
        #[must_use]
        pub fn test_size(mut self, test_size: impl Into<$crate::preprocessing::Size>) -> Self {
            self.sizes.test = Some(test_size.into());
            self
        }

        /// Samples for training: a part or a number; all others by default.
        #[must_use]
        pub fn train_size(mut self, train_size: impl Into<$crate::preprocessing::Size>) -> Self {
            self.sizes.train = Some(train_size.into());
            self
        }
    };
}
pub(super) use size_setters;
