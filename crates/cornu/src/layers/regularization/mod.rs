//! Layers that keep a model from learning its data by heart.

mod dropout;

pub use dropout::Dropout;
