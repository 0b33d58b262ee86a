//! `GridSearchCV` with `RandomizedSearchCV`: combinations of parameters compared by cross-validation.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use cornu::preprocessing::{Cv, Estimator, Split, score};
use cornu::{Error, Result, Tensor};

use super::cv_results::Fold;
use super::distribution::Distribution;
use super::{CvResults, ParameterGrid, ParameterSampler};
use crate::Values;
use crate::estimators::Tunable;
use crate::parallel::in_parallel;

/// What a fit that fails scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ErrorScore {
    /// Nothing: the search fails, too.
    Raise,
    /// This; NaN, the default, ranks last.
    Score(f64),
}

/// A search through all combinations of a grid.
///
/// ```
/// use cornu::datasets::iris;
/// use cornu::layers::{Dense, Input};
/// use cornu::preprocessing::Estimator;
/// use cornu::{Compile, Sequential, optimizers::Adam};
/// use cornu_tuner::{Float, KerasClassifier};
/// use cornu_tuner::model_selection::{GridSearchCV, ParameterGrid};
/// let classifier = KerasClassifier::new(|hp| {
///     let mut model = Sequential::new()
///         .add(Input::new([4]))
///         .add(Dense::new(hp.int("units", 1..=64) as usize).activation("relu"))
///         .add(Dense::new(3).activation("softmax"));
///     let rate = hp.float("learning_rate", Float::reciprocal(1e-4, 1.0));
///     model.compile(Compile::new().optimizer(Adam::new(rate)).loss("sparse_categorical_crossentropy"))?;
///     Ok(model)
/// });
/// let ((x, y), (x_test, y_test)) = iris::load_data()?;
/// let grid = ParameterGrid::new().list("units", [2i64, 16]).list("learning_rate", [1e-4, 1e-2]);
/// let mut search = GridSearchCV::new(classifier.epochs(20).batch_size(8).random_state(1), grid).cv(3);
/// search.fit(&x, &y)?;
/// assert_eq!(search.best_params().and_then(|params| params["learning_rate"].as_f64()), Some(1e-2));
/// assert!(search.best_score() > Some(0.7));
/// assert!(search.score(&x_test, &y_test)? > 0.7); // by the best of them, fitted to all samples
/// assert_eq!(search.cv_results().and_then(|results| results.get("mean_test_score")).map(<[f64]>::len), Some(4));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.GridSearchCV.html>.
pub type GridSearchCV<E> = SearchCV<E, ParameterGrid>;

/// A search through combinations that are drawn from distributions.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::preprocessing::{Estimator, KFold};
/// use cornu::{Compile, Sequential, Tensor, optimizers::SGD};
/// use cornu_tuner::{Float, KerasRegressor};
/// use cornu_tuner::model_selection::{RandomizedSearchCV, randint, reciprocal};
/// let regressor = KerasRegressor::new(|hp| {
///     let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
///     let rate = hp.float("learning_rate", Float::reciprocal(1e-4, 1.0));
///     model.compile(Compile::new().optimizer(SGD::new(rate)).loss("mse"))?;
///     Ok(model)
/// });
/// let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0], [1.5], [0.5]]);
/// let y = Tensor::from([1.0f32, 3.0, 5.0, 7.0, 4.0, 2.0]);
/// let mut search = RandomizedSearchCV::drawn(regressor.epochs(30).random_state(1))
///     .param("learning_rate", reciprocal(1e-3, 1e-1))
///     .param("batch_size", randint(1, 5))
///     .n_iter(4)
///     .random_state(42)
///     .cv(KFold::new(3))
///     .scoring("neg_mean_squared_error");
/// search.fit(&x, &y)?;
/// assert!(search.best_score() > Some(-0.5));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.RandomizedSearchCV.html>.
pub type RandomizedSearchCV<E> = SearchCV<E, ParameterSampler>;

/// Where combinations come from.
pub trait Candidates: Send + Sync {
    /// The combinations.
    ///
    /// # Errors
    /// If there cannot be any.
    fn candidates(&self) -> Result<Vec<Values>>;
}

impl Candidates for ParameterGrid {
    fn candidates(&self) -> Result<Vec<Values>> {
        if self.is_empty() {
            return Err(Error::argument(
                "param_grid",
                "one of its lists is empty, so there is no combination",
            ));
        }
        Ok(self.iter().collect())
    }
}

impl Candidates for ParameterSampler {
    fn candidates(&self) -> Result<Vec<Values>> {
        self.sample()
    }
}

/// A search by cross-validation: [`GridSearchCV`], [`RandomizedSearchCV`]. It is an [`Estimator`] itself: fitted, it answers
/// as the best estimator it found.
///
/// How many fits run at once changes nothing where the estimator has a `random_state`.
pub struct SearchCV<E, C> {
    estimator: E,
    candidates: C,
    cv: Cv,
    scoring: Option<String>,
    refit: bool,
    n_jobs: usize,
    return_train_score: bool,
    error_score: ErrorScore,
    results: Option<CvResults>,
    errors: Vec<String>,
    best: Option<E>,
}

impl<E: Tunable> SearchCV<E, ParameterSampler> {
    /// A search through ten combinations, of parameters that [`SearchCV::param`] gives.
    pub fn drawn(estimator: E) -> Self {
        SearchCV::new(estimator, ParameterSampler::new(10))
    }

    /// A parameter with what it is drawn from.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, from: impl Into<Distribution>) -> Self {
        self.candidates = self.candidates.param(name, from);
        self
    }

    /// The number of combinations; 10 by default.
    #[must_use]
    pub fn n_iter(mut self, n_iter: usize) -> Self {
        self.candidates = self.candidates.n_iter(n_iter);
        self
    }

    /// What the combinations follow from; 0 by default.
    #[must_use]
    pub fn random_state(mut self, random_state: u64) -> Self {
        self.candidates = self.candidates.random_state(random_state);
        self
    }
}

impl<E: Tunable, C: Candidates> SearchCV<E, C> {
    /// A search through combinations for an estimator.
    pub fn new(estimator: E, candidates: C) -> Self {
        SearchCV {
            estimator,
            candidates,
            cv: 5.into(),
            scoring: None,
            refit: true,
            n_jobs: 1,
            return_train_score: false,
            error_score: ErrorScore::Score(f64::NAN),
            results: None,
            errors: Vec::new(),
            best: None,
        }
    }

    setters! {
        /// The number of folds, stratified for classifiers, or a splitter; 5 by default.
        cv: into Cv;
        /// Whether the best is fitted again, to all samples; it is by default.
        refit: bool;
        /// The number of fits that run at once, each on its share of the cores; 1 by default.
        n_jobs: usize;
        /// Whether the samples of training are scored, too.
        return_train_score: bool;
        /// What a fit that fails scores; NaN by default.
        error_score: ErrorScore;
    }

    /// What is computed of the answers, by scikit-learn's name: `"accuracy"`, `"f1_macro"`, `"r2"`; by default the
    /// estimator's own score.
    #[must_use]
    pub fn scoring(mut self, name: impl Into<String>) -> Self {
        self.scoring = Some(name.into());
        self
    }

    /// What came of each combination: scikit-learn's `cv_results_`.
    pub fn cv_results(&self) -> Option<&CvResults> {
        self.results.as_ref()
    }

    /// The place of the best combination in the results: `best_index_`.
    pub fn best_index(&self) -> Option<usize> {
        self.results.as_ref()?.best()
    }

    /// The best combination: `best_params_`.
    pub fn best_params(&self) -> Option<&Values> {
        self.results.as_ref()?.params.get(self.best_index()?)
    }

    /// The best combination's mean score on the test samples: `best_score_`.
    pub fn best_score(&self) -> Option<f64> {
        self.results.as_ref()?.get("mean_test_score")?.get(self.best_index()?).copied()
    }

    /// The best estimator, fitted to all samples: `best_estimator_`. None with `refit(false)`.
    pub fn best_estimator(&self) -> Option<&E> {
        self.best.as_ref()
    }

    /// The best estimator alone.
    pub fn into_best_estimator(self) -> Option<E> {
        self.best
    }

    /// Why fits failed, if some did.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    fn best_mut(&mut self) -> Result<&mut E> {
        let remedy = if self.refit { "call `fit` first" } else { "it was told refit(false)" };
        self.best.as_mut().ok_or_else(|| Error::model(format!("the search has no best estimator: {remedy}")))
    }

    /// Fits one combination on one split.
    fn fit_fold(&self, params: &Values, split: &Split, x: &Tensor, y: &Tensor) -> Result<Fold> {
        let mut estimator = self.estimator.unfitted();
        estimator.set_params(params)?;
        let (x_train, y_train) = (x.take(&split.train)?, y.take(&split.train)?);
        let (x_test, y_test) = (x.take(&split.test)?, y.take(&split.test)?);
        let begun = Instant::now();
        estimator.fit(&x_train, &y_train)?;
        let fit_time = begun.elapsed().as_secs_f64();
        let mut scored = |x: &Tensor, y: &Tensor| match &self.scoring {
            Some(name) => score(name, &mut estimator, x, y),
            None => estimator.score(x, y),
        };
        let begun = Instant::now();
        let test = scored(&x_test, &y_test)?;
        let score_time = begun.elapsed().as_secs_f64();
        let train = if self.return_train_score { Some(scored(&x_train, &y_train)?) } else { None };
        Ok(Fold { fit_time, score_time, test, train })
    }

    /// All folds of all combinations, several at once.
    fn fit_folds(
        &self,
        params: &[Values],
        splits: &[Split],
        x: &Tensor,
        y: &Tensor,
    ) -> Result<Vec<Result<Fold>>> {
        let count = params.len() * splits.len();
        let next = AtomicUsize::new(0);
        let folds: Mutex<Vec<Option<Result<Fold>>>> = Mutex::new((0..count).map(|_| None).collect());
        in_parallel("n_jobs", self.n_jobs, &|| {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let (Some(params), Some(split)) =
                    (params.get(at / splits.len()), splits.get(at % splits.len()))
                else {
                    return;
                };
                let fold = self.fit_fold(params, split, x, y);
                folds.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(fold);
            }
        })?;
        Ok(folds.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
    }
}

impl<E: Tunable, C: Candidates> Estimator<Tensor> for SearchCV<E, C> {
    /// Searches. # Errors
    fn fit(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        if self.n_jobs == 0 {
            return Err(Error::argument("n_jobs", "must be at least 1, got 0"));
        }
        if x.row_count() != y.row_count() {
            let (samples, targets) = (x.row_count(), y.row_count());
            return Err(Error::data(format!("the search got {samples} samples with {targets} targets")));
        }
        (self.results, self.best, self.errors) = (None, None, Vec::new());
        let params = self.candidates.candidates()?;
        let splits = self.cv.split(y, self.estimator.is_classifier())?;
        let mut folds = Vec::new();
        for fold in self.fit_folds(&params, &splits, x, y)? {
            folds.push(match (fold, self.error_score) {
                (Ok(fold), _) => fold,
                (Err(error), ErrorScore::Raise) => return Err(error),
                (Err(error), ErrorScore::Score(score)) => {
                    self.errors.push(error.to_string());
                    let train = self.return_train_score.then_some(score);
                    Fold { fit_time: 0.0, score_time: 0.0, test: score, train }
                }
            });
        }
        if let (Some(error), true) = (self.errors.first(), self.errors.len() == folds.len()) {
            return Err(Error::model(format!("all {} fits failed, the first with: {error}", folds.len())));
        }
        let folds: Vec<Vec<Fold>> = folds.chunks(splits.len().max(1)).map(<[Fold]>::to_vec).collect();
        let results = CvResults::new(params, &folds);
        if let Some(best) = results.best().and_then(|at| results.params.get(at)).filter(|_| self.refit) {
            let mut estimator = self.estimator.unfitted();
            estimator.set_params(best)?;
            estimator.fit(x, y)?;
            self.best = Some(estimator);
        }
        self.results = Some(results);
        Ok(())
    }

    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        self.best_mut()?.predict(x)
    }

    fn is_classifier(&self) -> bool {
        self.estimator.is_classifier()
    }

    fn predict_proba(&mut self, x: &Tensor) -> Result<Tensor> {
        self.best_mut()?.predict_proba(x)
    }

    fn score(&mut self, x: &Tensor, y: &Tensor) -> Result<f64> {
        let scoring = self.scoring.clone();
        let best = self.best_mut()?;
        match scoring {
            Some(name) => score(&name, best, x, y),
            None => best.score(x, y),
        }
    }
}
