//! Layers that give the same elements another shape.

mod flatten;
mod reshape;

pub use flatten::Flatten;
pub use reshape::Reshape;
