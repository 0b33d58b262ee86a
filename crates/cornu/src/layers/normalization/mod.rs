//! Layers that bring their input to a common scale.

mod batch_normalization;

pub use batch_normalization::BatchNormalization;
