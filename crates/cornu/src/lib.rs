//! Keras in Rust.

pub mod activations;
pub mod constraints;
pub mod data;
pub mod datasets;
pub mod initializers;
pub mod layers;
pub mod losses;
pub mod metrics;
pub mod models;
pub mod optimizers;
pub mod registry;
pub mod regularizers;
pub mod saving;
pub mod utils;

mod eager;
mod error;
mod fs;
mod home;
#[cfg(test)]
mod testing;
mod training;

pub use cornu_engine::{DType, Dim, Element, Shape, Tensor, graph};
pub use error::{Error, Kind, Result};
pub use home::home;
pub use models::{Model, Sequential, load_model};
pub use training::{Compile, Evaluate, Fit, History, Inputs, Logs, Predict, Verbose};
