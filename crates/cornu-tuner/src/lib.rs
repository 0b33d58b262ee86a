//! Search over models: what KerasTuner, scikit-learn's searches and their kin do, for Cornu.
//!
//! A model is described by a function of [`HyperParameters`], which says what may vary while it uses it. A [`Tuner`]
//! trains such models, an [oracle](oracles) says which one next, and every trial is recorded as it ends.
//!
//! ```
//! use cornu::datasets::iris;
//! use cornu::layers::{Dense, Input};
//! use cornu::{Compile, Fit, Result, Sequential};
//! use cornu_tuner::{Float, HyperParameters, Tuner, oracles::RandomSearch};
//!
//! fn build(hp: &mut HyperParameters) -> Result<Sequential> {
//!     let mut model = Sequential::new()
//!         .add(Input::new([4]))
//!         .add(Dense::new(hp.int("units", 4..=32) as usize).activation(hp.choice("activation", ["relu", "tanh"])))
//!         .add(Dense::new(3).activation("softmax"));
//!     model.compile(Compile::new().optimizer("adam").loss("sparse_categorical_crossentropy").metrics(["accuracy"]))?;
//!     model.set_learning_rate(hp.float("learning_rate", Float::reciprocal(1e-3, 1e-1)))?;
//!     Ok(model)
//! }
//!
//! let ((x, y), _) = iris::load_data()?;
//! let mut tuner =
//!     Tuner::new(RandomSearch::new(), build).objective("val_accuracy").max_trials(3).seed(1).verbose(0);
//! tuner.search(&x, &y, |_hp| Fit::new().epochs(5).batch_size(16).validation_split(0.2))?;
//!
//! assert!(tuner.best_score() > Some(0.5));
//! let best = &tuner.get_best_hyperparameters(1)[0];
//! assert!((4..=32).contains(&best.get("units").and_then(|units| units.as_i64()).unwrap_or(0)));
//! let model = &tuner.get_best_models(1)?[0];
//! assert_eq!(model.input_shape()?.to_string(), "(None, 4)");
//! # Ok::<(), cornu::Error>(())
//! ```
//!
//! # Where things are
//!
//! - What may vary: [`HyperParameters`], [`Int`], [`Float`], [`Choice`].
//! - How it is searched: [`oracles`], with [`Tuner`] for models and [`Search`] for any function.
//! - What came out: [`Trial`], [`Results`].
//! - scikit-learn's words: [`KerasClassifier`], [`KerasRegressor`], [`model_selection`].

#[macro_use]
mod setters;

mod estimators;
pub mod model_selection;
mod objective;
pub mod oracles;
mod parallel;
mod project;
mod results;
mod search;
mod space;
mod trial;
mod tuner;

pub use estimators::{KerasClassifier, KerasRegressor, Tunable};
pub use objective::Objective;
pub use results::Results;
pub use search::Search;
pub use space::{Choice, Domain, Float, HyperParameters, Int, Parameter, Parent, Sampling, Value, Values};
pub use trial::{MetricHistory, Observation, Status, Trial};
pub use tuner::Tuner;
