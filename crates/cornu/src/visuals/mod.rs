//! Pictures: models, trainings, results, weights and searches as SVG or pixels, without any other program.
//!
//! | picture | of |
//! |---|---|
//! | [`plot_model`], [`model_to_dot`] | the layers of a model and what flows between them |
//! | [`plot_history`] | loss and metrics of each epoch |
//! | [`plot_confusion_matrix`] | which class was taken for which |
//! | [`plot_activations`] | activation functions with their derivatives |
//! | [`plot_learning_rate`] | a schedule over the steps of a training |
//! | [`plot_weights`], [`plot_kernels`] | weights as histograms, filters as images |
//! | [`plot_trials`] | the trials of a search |
//! | [`Report`] | all of a training on one page of HTML |
//!
//! ```
//! use cornu::visuals::plot_activations;
//! let path = std::env::temp_dir().join(format!("activations-{}.svg", std::process::id()));
//! plot_activations(["relu", "gelu", "silu"])?.save(&path)?;
//! # std::fs::remove_file(path).ok();
//! # Ok::<(), cornu::Error>(())
//! ```

mod activation;
mod chart;
mod confusion_matrix;
mod diagram;
mod dot;
mod font;
mod history;
mod ink;
mod kernels;
mod layered;
mod model;
mod picture;
#[cfg(feature = "png")]
mod png;
mod report;
mod scale;
mod schedule;
mod shape;
mod svg;
mod trials;
mod weights;

pub use activation::plot_activations;
pub use confusion_matrix::{Normalize, PlotConfusionMatrix, plot_confusion_matrix};
pub use history::plot_history;
pub use kernels::plot_kernels;
pub use model::{PlotModel, RankDir, model_to_dot, plot_model};
pub use picture::Picture;
pub use report::Report;
pub use schedule::plot_learning_rate;
pub use trials::{Column, Score, plot_trials};
pub use weights::plot_weights;
