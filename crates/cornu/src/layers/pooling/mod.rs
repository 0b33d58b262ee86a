//! Pooling layers.

use std::fmt::Debug;

mod adaptive;
mod global;
mod sliding;

pub use adaptive::{
    AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D, AdaptiveMaxPooling3D, AdaptivePooling,
};
pub use global::{
    GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D, GlobalMaxPooling1D,
    GlobalMaxPooling2D, GlobalMaxPooling3D, GlobalPooling,
};
pub use sliding::{
    AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D, Pooling,
};

/// What a pool takes of its elements: [`Largest`] or [`Mean`].
pub trait Kind: Debug + Clone + PartialEq + Send + Sync + 'static {
    /// Whether it is the largest.
    const MAX: bool;
}

/// The largest element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Largest {}

/// The mean of the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mean {}

impl Kind for Largest {
    const MAX: bool = true;
}

impl Kind for Mean {
    const MAX: bool = false;
}

/// Keras' other name of [`MaxPooling1D`].
pub type MaxPool1D = MaxPooling1D;
/// Keras' other name of [`MaxPooling2D`].
pub type MaxPool2D = MaxPooling2D;
/// Keras' other name of [`MaxPooling3D`].
pub type MaxPool3D = MaxPooling3D;
/// Keras' other name of [`AveragePooling1D`].
pub type AvgPool1D = AveragePooling1D;
/// Keras' other name of [`AveragePooling2D`].
pub type AvgPool2D = AveragePooling2D;
/// Keras' other name of [`AveragePooling3D`].
pub type AvgPool3D = AveragePooling3D;
/// Keras' other name of [`GlobalMaxPooling1D`].
pub type GlobalMaxPool1D = GlobalMaxPooling1D;
/// Keras' other name of [`GlobalMaxPooling2D`].
pub type GlobalMaxPool2D = GlobalMaxPooling2D;
/// Keras' other name of [`GlobalMaxPooling3D`].
pub type GlobalMaxPool3D = GlobalMaxPooling3D;
/// Keras' other name of [`GlobalAveragePooling1D`].
pub type GlobalAvgPool1D = GlobalAveragePooling1D;
/// Keras' other name of [`GlobalAveragePooling2D`].
pub type GlobalAvgPool2D = GlobalAveragePooling2D;
/// Keras' other name of [`GlobalAveragePooling3D`].
pub type GlobalAvgPool3D = GlobalAveragePooling3D;
