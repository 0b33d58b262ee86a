//! Keras in Rust.

pub mod activations;
pub mod constraints;
pub mod data;
pub mod initializers;
pub mod layers;
pub mod losses;
pub mod metrics;
pub mod optimizers;
pub mod registry;
pub mod regularizers;
pub mod saving;

mod eager;
mod error;
mod fs;
#[cfg(test)]
mod testing;

pub use cornu_engine::{DType, Dim, Element, Shape, Tensor, graph};
pub use error::{Error, Kind, Result};
