//! `cross_val_score` with its kin: an estimator fitted and asked once a split.

use super::{Estimator, KFold, Rows, Split, Splitter, StratifiedKFold, scorer};
use crate::{Data, Error, Result, Tensor};

/// How samples are divided: a number of folds, or a splitter.
pub struct Cv(Choice);

enum Choice {
    Folds(usize),
    Splitter(Box<dyn Splitter>),
}

impl From<usize> for Cv {
    fn from(folds: usize) -> Self {
        Cv(Choice::Folds(folds))
    }
}

impl<S: Splitter + 'static> From<S> for Cv {
    fn from(splitter: S) -> Self {
        Cv(Choice::Splitter(Box::new(splitter)))
    }
}

impl Cv {
    /// The splits; a bare number stands for [`StratifiedKFold`] where targets are classes, else for [`KFold`].
    ///
    /// # Errors
    /// As for the splitter.
    pub fn split(&self, y: &Tensor, is_classifier: bool) -> Result<Vec<Split>> {
        let y = Data::from(y);
        match &self.0 {
            Choice::Splitter(splitter) => splitter.split_rows(&y),
            Choice::Folds(folds) if is_classifier => StratifiedKFold::new(*folds).split_rows(&y),
            Choice::Folds(folds) => KFold::new(*folds).split_rows(&y),
        }
    }
}

/// The arguments of [`cross_val_score`] and [`cross_val_predict`].
pub struct CrossValidation {
    cv: Cv,
    scoring: Option<String>,
}

impl Default for CrossValidation {
    fn default() -> Self {
        CrossValidation { cv: Cv::from(5), scoring: None }
    }
}

impl CrossValidation {
    /// Five folds, scored by [`Estimator::score`].
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The number of folds, or a splitter.
        cv: into Cv;
        /// What is computed of the answers by scikit-learn's name: `"accuracy"`, `"f1_macro"`, `"roc_auc"`, `"r2"`,
        /// `"neg_mean_squared_error"`.
        scoring: some into String;
    }
}

/// The score of a fresh estimator on each split's test samples.
///
/// `make` gives an estimator that is not fitted. [`Estimator`] shows an example.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.cross_val_score.html>.
///
/// # Errors
/// If there are not as many targets as samples, the name of a score is unknown, or as for the splitter and the
/// estimator.
pub fn cross_val_score<X: Rows, E: Estimator<X>>(
    mut make: impl FnMut() -> Result<E>,
    x: &X,
    y: &Tensor,
    arguments: CrossValidation,
) -> Result<Vec<f64>> {
    if let Some(name) = &arguments.scoring {
        scorer::find(name)?;
    }
    let mut scores = Vec::new();
    each_split(&mut make, x, y, &arguments.cv, |estimator, split| {
        let (x, y) = (x.take_rows(&split.test)?, y.take_rows(&split.test)?);
        scores.push(match &arguments.scoring {
            Some(name) => scorer::score(name, estimator, &x, &y)?,
            None => estimator.score(&x, &y)?,
        });
        Ok(())
    })?;
    Ok(scores)
}

/// Each sample's answer from the split in which it was for tests.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.cross_val_predict.html>.
///
/// # Errors
/// As [`cross_val_score`]; or if some sample is for tests never or twice.
pub fn cross_val_predict<X: Rows, E: Estimator<X>>(
    mut make: impl FnMut() -> Result<E>,
    x: &X,
    y: &Tensor,
    arguments: CrossValidation,
) -> Result<Tensor> {
    let (mut answers, mut rows) = (Vec::new(), Vec::new());
    each_split(&mut make, x, y, &arguments.cv, |estimator, split| {
        answers.push(estimator.predict(&x.take_rows(&split.test)?)?);
        rows.extend_from_slice(&split.test);
        Ok(())
    })?;
    let mut place = vec![None; x.row_count()];
    rows.iter().enumerate().for_each(|(at, &row)| place[row] = Some(at));
    let places: Option<Vec<usize>> = place.into_iter().collect();
    match places.filter(|places| places.len() == rows.len()) {
        Some(places) => Ok(Tensor::concat_rows(&answers)?.take(&places)?),
        None => Err(Error::argument(
            "cv",
            "must put each sample into the tests of exactly one split, as `KFold` does",
        )),
    }
}

/// Fits a fresh estimator to each split's training samples.
fn each_split<X: Rows, E: Estimator<X>>(
    make: &mut dyn FnMut() -> Result<E>,
    x: &X,
    y: &Tensor,
    cv: &Cv,
    mut then: impl FnMut(&mut E, &Split) -> Result<()>,
) -> Result<()> {
    if x.row_count() != y.row_count() {
        return Err(Error::data(format!(
            "cross-validation: {} samples have {} targets",
            x.row_count(),
            y.row_count()
        )));
    }
    let mut first = Some(make()?);
    let is_classifier = first.as_ref().is_some_and(Estimator::is_classifier);
    for split in cv.split(y, is_classifier)? {
        let mut estimator = match first.take() {
            Some(estimator) => estimator,
            None => make()?,
        };
        estimator.fit(&x.take_rows(&split.train)?, &y.take_rows(&split.train)?)?;
        then(&mut estimator, &split)?;
    }
    Ok(())
}
