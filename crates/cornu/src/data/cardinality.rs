//! `Cardinality`: how many elements a dataset has.

/// How many elements a dataset gives in a pass, as far as that is known without one: tf.data's `cardinality()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// So many.
    Known(usize),
    /// They never end.
    Infinite,
    /// It shows in the end.
    Unknown,
}

use Cardinality::{Infinite, Known, Unknown};

impl Cardinality {
    /// The number, if there is one.
    pub fn known(self) -> Option<usize> {
        match self {
            Known(count) => Some(count),
            Infinite | Unknown => None,
        }
    }

    /// The number changed, if there is one.
    pub(crate) fn map(self, change: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Known(count) => Known(change(count)),
            other => other,
        }
    }

    /// Of the first so many elements.
    pub(crate) fn at_most(self, most: usize) -> Self {
        match self {
            Infinite => Known(most),
            other => other.map(|count| count.min(most)),
        }
    }

    /// Of two datasets side by side.
    pub(crate) fn zipped(self, other: Self) -> Self {
        match (self, other) {
            (Unknown, _) | (_, Unknown) => Unknown,
            (Infinite, other) | (other, Infinite) => other,
            (Known(a), Known(b)) => Known(a.min(b)),
        }
    }

    /// Of two datasets one after the other.
    pub(crate) fn joined(self, other: Self) -> Self {
        match (self, other) {
            (Infinite, _) | (_, Infinite) => Infinite,
            (Unknown, _) | (_, Unknown) => Unknown,
            (Known(a), Known(b)) => Known(a.saturating_add(b)),
        }
    }

    /// Of so many passes, or of passes without end.
    pub(crate) fn repeated(self, count: Option<usize>) -> Self {
        match (self, count) {
            (_, Some(0)) | (Known(0), _) => Known(0),
            (_, None) => Infinite,
            (known, Some(count)) => known.map(|own| own.saturating_mul(count)),
        }
    }
}
