//! Convolutional layers.

mod conv;
mod conv_transpose;
mod depthwise_conv;
pub(super) mod parts;
mod separable_conv;

pub use conv::{Conv, Conv1D, Conv2D, Conv3D};
pub use conv_transpose::{Conv1DTranspose, Conv2DTranspose, Conv3DTranspose, ConvTranspose};
pub use depthwise_conv::{DepthwiseConv, DepthwiseConv1D, DepthwiseConv2D};
pub use separable_conv::{SeparableConv, SeparableConv1D, SeparableConv2D};

/// Keras' other name of [`Conv1D`].
pub type Convolution1D = Conv1D;
/// Keras' other name of [`Conv2D`].
pub type Convolution2D = Conv2D;
/// Keras' other name of [`Conv3D`].
pub type Convolution3D = Conv3D;
/// Keras' other name of [`Conv1DTranspose`].
pub type Convolution1DTranspose = Conv1DTranspose;
/// Keras' other name of [`Conv2DTranspose`].
pub type Convolution2DTranspose = Conv2DTranspose;
/// Keras' other name of [`Conv3DTranspose`].
pub type Convolution3DTranspose = Conv3DTranspose;
/// Keras' other name of [`SeparableConv1D`].
pub type SeparableConvolution1D = SeparableConv1D;
/// Keras' other name of [`SeparableConv2D`].
pub type SeparableConvolution2D = SeparableConv2D;
