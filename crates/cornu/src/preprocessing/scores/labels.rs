//! `Labels`: targets beside answers, as numbers of common classes.

use super::super::classes::Classes;
use crate::{Data, Error, Result, StringTensor, Tensor};

/// The classes that occur in either, and of each sample the class it has with the class it was given.
pub(super) struct Labels {
    pub(super) values: Data,
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Labels {
    pub(super) fn of(what: &str, y_true: &Data, y_pred: &Data) -> Result<Self> {
        let n = y_true.row_count();
        if n != y_pred.row_count() {
            return Err(Error::argument(what, format!("{n} targets have {} answers", y_pred.row_count())));
        }
        if n == 0 {
            return Err(Error::argument(what, "there are no targets"));
        }
        // Each alone, for their shapes to be checked; the two together, for their classes.
        Classes::of(what, y_true)?;
        Classes::of(what, y_pred)?;
        let Classes { values, of_rows } = Classes::of(what, &chained(what, y_true, y_pred)?)?;
        let (truth, answers) = of_rows.split_at_checked(n).unwrap_or_default();
        Ok(Labels { values, pairs: truth.iter().copied().zip(answers.iter().copied()).collect() })
    }

    /// How often each class was given (columns) to each class (rows).
    pub(super) fn counts(&self) -> Vec<Vec<usize>> {
        let k = self.values.row_count();
        let mut counts = vec![vec![0; k]; k];
        self.pairs.iter().for_each(|&(truth, answer)| counts[truth][answer] += 1);
        counts
    }
}

/// The labels of both, one after the other.
fn chained(what: &str, a: &Data, b: &Data) -> Result<Data> {
    match (a, b) {
        (Data::Strings(a), Data::Strings(b)) => {
            Ok(StringTensor::from([a.as_slice(), b.as_slice()].concat()).into())
        }
        (Data::Numbers(a), Data::Numbers(b)) if a.dtype().is_float() || b.dtype().is_float() => {
            Ok(Tensor::from([a.to_vec::<f64>(), b.to_vec::<f64>()].concat()).into())
        }
        (Data::Numbers(a), Data::Numbers(b)) => {
            Ok(Tensor::from([a.to_vec::<i64>(), b.to_vec::<i64>()].concat()).into())
        }
        _ => Err(Error::argument(what, "targets and answers must both be numbers or both be strings")),
    }
}
