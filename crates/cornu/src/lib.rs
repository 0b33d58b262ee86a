//! Keras in Rust: the same words, the same defaults, the same files, several times the speed on a CPU.
//!
//! ```
//! use cornu::datasets::iris;
//! use cornu::layers::{Dense, Input};
//! use cornu::{Compile, Evaluate, Fit, Predict, Sequential, load_model, utils};
//!
//! utils::set_random_seed(42);
//! let ((x_train, y_train), (x_test, y_test)) = iris::load_data()?;
//!
//! let mut model = Sequential::new()
//!     .add(Input::new([4]))
//!     .add(Dense::new(16).activation("relu"))
//!     .add(Dense::new(3).activation("softmax"));
//! model.compile(Compile::new().optimizer("adam").loss("sparse_categorical_crossentropy").metrics(["accuracy"]))?;
//!
//! let history = model.fit(&x_train, &y_train, Fit::new().epochs(40).batch_size(8).verbose(0))?;
//! assert!(history.last("loss") < history.get("loss").map(|losses| losses[0]));
//!
//! let logs = model.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
//! assert!(logs.get("accuracy") > Some(0.6));
//!
//! let path = std::env::temp_dir().join(format!("iris-{}.keras", std::process::id()));
//! model.save(&path)?; // Keras opens this file, too
//! let mut again = load_model(&path)?;
//! assert_eq!(again.predict(&x_test, Predict::new())?, model.predict(&x_test, Predict::new())?);
//! # std::fs::remove_file(&path).ok();
//! # Ok::<(), cornu::Error>(())
//! ```
//!
//! # Where things are
//!
//! - Models: [`Sequential`], [`Model`], [`load_model`]; how they are trained: [`Compile`], [`Fit`], [`Evaluate`], [`Predict`], [`History`].
//! - [`mod@layers`]; what they are given by name or as values: [`activations`], [`initializers`], [`regularizers`], [`constraints`].
//! - [`losses`], [`optimizers`], [`metrics`], [`callbacks`].
//! - [`classic`]: logical neurons, the perceptron, regressions of one layer.
//! - Data: [`Tensor`], [`StringTensor`], [`data`] ([`Dataset`] for what does not fit into memory; npy, npz), [`datasets`], [`utils`]; what
//!   scikit-learn does before and after a model: [`preprocessing`].
//! - Pictures of models, trainings and results: [`visuals`].
//! - Your own layers, losses and metrics are formulas on [`graph::Var`]; they differentiate by themselves. [`layers::Layer`] shows one whole.

pub mod activations;
pub mod callbacks;
pub mod classic;
pub mod constraints;
pub mod data;
pub mod datasets;
pub mod initializers;
pub mod layers;
pub mod losses;
pub mod metrics;
pub mod models;
pub mod optimizers;
pub mod preprocessing;
pub mod registry;
pub mod regularizers;
pub mod saving;
pub mod utils;
pub mod visuals;

// What is derived names this crate as others do.
extern crate self as cornu;

mod calendar;
mod eager;
mod error;
mod events;
mod fs;
mod home;
#[cfg(test)]
mod testing;
mod training;

pub use cornu_engine::{DType, Dim, Element, Shape, Tensor, graph, rng};
pub use data::{Data, Dataset, StringTensor};
pub use error::{Error, Kind, Result};
pub use home::home;
pub use models::ops;
pub use models::{
    Called, Connect, InputColumn, KerasTensor, LoadModel, LoadWeights, Model, ModelPipeline, NestedModel,
    Sequential, Shared, Target, Tensors, clone_model, load_model, load_model_with,
};
pub use training::{
    Compile, Evaluate, Fit, History, Inputs, Logs, Losses, Metrics, PerOutput, Predict, ValidationFreq,
    Verbose,
};
