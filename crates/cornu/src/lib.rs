//! Keras in Rust.

pub mod activations;
pub mod constraints;
pub mod data;
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
mod eager;
mod error;
mod fs;
mod training;
#[cfg(test)]
mod testing;

pub use cornu_engine::{DType, Dim, Element, Shape, Tensor, graph};
pub use error::{Error, Kind, Result};
pub use models::{Model, Sequential, load_model};
pub use training::{Compile, Evaluate, Fit, History, Inputs, Logs, Predict, Verbose};
