//! `confusion_matrix`: how often each class was taken for each.

use super::super::classes::{Classes, column, names};
use super::labels::Labels;
use crate::{Data, Error, Result, Tensor};

/// How often samples of each class (rows) were given each class (columns): int64 `(k, k)`, classes sorted.
///
/// [`ConfusionMatrix`] takes other arguments.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::confusion_matrix;
/// let matrix = confusion_matrix(&Tensor::from([2, 0, 2, 2, 0, 1]), &Tensor::from([0, 0, 2, 2, 0, 2]))?;
/// assert_eq!(matrix, Tensor::from([[2i64, 0, 0], [0, 0, 1], [1, 0, 2]]));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there are not as many answers as targets, or none.
pub fn confusion_matrix(y_true: impl Into<Data>, y_pred: impl Into<Data>) -> Result<Tensor> {
    ConfusionMatrix::new().of(y_true, y_pred)
}

/// The arguments of [`confusion_matrix`].
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html>.
///
/// ```
/// use cornu::Data;
/// use cornu::preprocessing::{ConfusionMatrix, Normalize};
/// let (y_true, y_pred) = (Data::from(["b", "b", "a", "c"]), Data::from(["b", "a", "a", "a"]));
/// let matrix = ConfusionMatrix::new().labels(["b", "a"]).normalize(Normalize::True).of(&y_true, &y_pred)?;
/// assert_eq!(matrix.to_vec::<f64>(), [0.5, 0.5, 0.0, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConfusionMatrix {
    labels: Option<Data>,
    sample_weight: Option<Tensor>,
    normalize: Option<Normalize>,
}

/// Over what a confusion matrix is made to sum to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalize {
    /// Each row: the samples of a class.
    True,
    /// Each column: the samples given a class.
    Pred,
    /// The whole matrix.
    All,
}

impl ConfusionMatrix {
    /// All classes, each sample counting one.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The classes in the order of rows and columns; samples of others do not count.
        labels: some into Data;
        /// How much each sample counts; the matrix is float64 then.
        sample_weight: some Tensor;
        /// Turns counts into parts; the matrix is float64 then.
        normalize: some Normalize;
    }

    /// The matrix of these targets and answers.
    ///
    /// # Errors
    /// If there are not as many answers or weights as targets, or none; or if none of the labels occurs.
    pub fn of(&self, y_true: impl Into<Data>, y_pred: impl Into<Data>) -> Result<Tensor> {
        let what = "confusion_matrix";
        let labels = Labels::of(what, &y_true.into(), &y_pred.into())?;
        let places = self.places(&labels)?;
        let k = places
            .iter()
            .flatten()
            .max()
            .map_or(0, |last| last + 1)
            .max(self.labels.as_ref().map_or(0, Data::row_count));
        let weights = match &self.sample_weight {
            Some(weights) => column(what, weights)?,
            None => vec![1.0; labels.pairs.len()],
        };
        if weights.len() != labels.pairs.len() {
            let n = labels.pairs.len();
            return Err(Error::argument(what, format!("{n} targets have {} weights", weights.len())));
        }
        let mut matrix = vec![0.0; k * k];
        for ((truth, answer), weight) in labels.pairs.iter().zip(&weights) {
            if let (Some(row), Some(column)) = (places[*truth], places[*answer]) {
                matrix[row * k + column] += weight;
            }
        }
        if let Some(normalize) = self.normalize {
            normalized(&mut matrix, k, normalize);
        } else if self.sample_weight.is_none() {
            return Ok(Tensor::new(
                matrix.into_iter().map(|count| count as i64).collect::<Vec<_>>(),
                [k, k],
            )?);
        }
        Ok(Tensor::new(matrix, [k, k])?)
    }

    /// The row of each class that occurs.
    fn places(&self, found: &Labels) -> Result<Vec<Option<usize>>> {
        let Some(wanted) = &self.labels else {
            return Ok((0..found.values.row_count()).map(Some).collect());
        };
        let wanted = names(&as_found(&Classes::of("labels", wanted).and(Ok(wanted.clone()))?, &found.values));
        let places: Vec<Option<usize>> =
            names(&found.values).iter().map(|name| wanted.iter().position(|label| label == name)).collect();
        if places.iter().all(Option::is_none) {
            return Err(Error::argument("labels", "none of them occurs among the targets and answers"));
        }
        Ok(places)
    }
}

/// Labels as floats where those found are.
fn as_found(labels: &Data, found: &Data) -> Data {
    match (labels, found) {
        (Data::Numbers(labels), Data::Numbers(found)) => labels.cast(found.dtype()).into(),
        _ => labels.clone(),
    }
}

fn normalized(matrix: &mut [f64], k: usize, normalize: Normalize) {
    let sums: Vec<f64> = (0..k)
        .map(|at| match normalize {
            Normalize::True => matrix.iter().skip(at * k).take(k).sum(),
            Normalize::Pred => matrix.iter().skip(at).step_by(k.max(1)).sum(),
            Normalize::All => matrix.iter().sum(),
        })
        .collect();
    for (at, value) in matrix.iter_mut().enumerate() {
        let sum = sums[if normalize == Normalize::True { at / k } else { at % k }];
        // A class without samples has zeros.
        *value = if sum == 0.0 { 0.0 } else { *value / sum };
    }
}
