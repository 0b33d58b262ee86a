//! `LabelBinarizer`: a column of zeros and ones for each class.

use serde::{Deserialize, Serialize};

use super::LabelEncoder;
use crate::{Data, Error, Result, Tensor};

/// Makes of labels one column a class, or a single one where there are two classes.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.LabelBinarizer.html>.
///
/// ```
/// use cornu::{Data, Tensor, preprocessing::LabelBinarizer};
/// let mut binarizer = LabelBinarizer::new();
/// let y = binarizer.fit_transform(["b", "a", "c"])?;
/// assert_eq!(y, Tensor::from([[0i64, 1, 0], [1, 0, 0], [0, 0, 1]]));
/// assert_eq!(binarizer.inverse_transform(&y)?, Data::from(["b", "a", "c"]));
/// assert_eq!(binarizer.fit_transform(["no", "yes"])?, Tensor::from([[0i64], [1]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelBinarizer {
    neg_label: i64,
    pos_label: i64,
    encoder: LabelEncoder,
}

impl Default for LabelBinarizer {
    fn default() -> Self {
        LabelBinarizer { neg_label: 0, pos_label: 1, encoder: LabelEncoder::new() }
    }
}

impl LabelBinarizer {
    /// Zeros and ones.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// What stands where a label is of another class.
        neg_label: i64;
        /// What stands where a label is of the class.
        pos_label: i64;
    }

    /// Learns the classes of labels.
    ///
    /// # Errors
    /// If they are not one a row, one is missing, or `neg_label` is not less than `pos_label`.
    pub fn fit(&mut self, y: impl Into<Data>) -> Result<()> {
        let (neg, pos) = (self.neg_label, self.pos_label);
        if neg >= pos {
            let message = format!("neg_label={neg} must be less than pos_label={pos}");
            return Err(Error::argument("LabelBinarizer", message));
        }
        self.encoder.fit(y)
    }

    /// int64 `(n, classes)`, or `(n, 1)` where there are two; a label of no class it knows has no `pos_label`.
    ///
    /// # Errors
    /// If it is not fitted.
    pub fn transform(&self, y: impl Into<Data>) -> Result<Tensor> {
        let classes = self.encoder.classes()?;
        let cells = super::cell::of_labels("LabelBinarizer", &y.into())?;
        let lookup = super::one_hot_encoder::Lookup::new(classes.iter());
        let width = if classes.len() == 2 { 1 } else { classes.len() };
        let mut data = vec![self.neg_label; cells.len() * width];
        for (row, cell) in data.chunks_mut(width.max(1)).zip(&cells) {
            // Of two classes the column tells the second.
            let place = lookup.find(cell).and_then(|at| at.checked_sub(usize::from(classes.len() == 2)));
            if let Some(found) = place.and_then(|place| row.get_mut(place)) {
                *found = self.pos_label;
            }
        }
        Ok(Tensor::new(data, [cells.len(), width])?)
    }

    /// [`LabelBinarizer::fit`], then [`LabelBinarizer::transform`].
    ///
    /// # Errors
    /// As these.
    pub fn fit_transform(&mut self, y: impl Into<Data>) -> Result<Tensor> {
        let y = y.into();
        self.fit(&y)?;
        self.transform(y)
    }

    /// The labels of rows: the class of the greatest number, or of two classes the second above the middle.
    ///
    /// # Errors
    /// If it is not fitted, or rows have another number of columns than it makes.
    pub fn inverse_transform(&self, y: &Tensor) -> Result<Data> {
        let count = self.encoder.classes()?.len();
        let width = if count == 2 { 1 } else { count };
        if y.row_len() != width || width == 0 {
            let shape = y.to_shape();
            return Err(Error::data(format!("LabelBinarizer: wants {width} columns, got shape {shape}")));
        }
        let middle = (self.neg_label as f64 + self.pos_label as f64) / 2.0;
        let class = |row: &[f64]| match row {
            [only] => i64::from(*only > middle),
            _ => argmax(row) as i64,
        };
        let classes: Vec<i64> = y.to_vec::<f64>().chunks(width).map(class).collect();
        self.encoder.inverse_transform(&Tensor::from(classes))
    }
}

/// The place of the greatest number, the first of several.
pub(crate) fn argmax(row: &[f64]) -> usize {
    let better = |best: usize, at: usize| if row[at] > row[best] { at } else { best };
    (0..row.len()).reduce(better).unwrap_or(0)
}
