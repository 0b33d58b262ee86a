//! Keras in Rust.

mod error;

pub use cornu_engine::{DType, Element, Shape, Tensor};
pub use error::{Error, Kind, Result};
