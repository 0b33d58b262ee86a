//! Keras in Rust.

mod error;
mod fs;
pub mod saving;

pub use cornu_engine::{DType, Element, Shape, Tensor};
pub use error::{Error, Kind, Result};
