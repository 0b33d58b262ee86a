//! Numbers and graphs: the engine under Cornu. It has never heard of a layer.

pub mod exec;
pub mod grad;
pub mod graph;
pub mod kernels;
pub mod passes;
pub mod plan;
pub mod profile;
pub mod reference;
pub mod rng;

#[cfg(test)]
mod cases;
mod dtype;
mod error;
mod scalar;
mod shape;
mod tensor;
mod window;

pub use dtype::DType;
pub use error::{Error, Kind, Result};
pub use shape::{Dim, Shape};
pub use tensor::{Element, Tensor};
