//! Layers: plain data that says what a part of a model computes.
//!
//! A layer holds what its maker wrote and nothing else. It declares its weights in [`Layer::build`] and appends
//! nodes to a graph in [`Layer::call`]; numbers live in the model's state.

mod activations;
mod ahead;
pub mod alone;
mod attention;
mod axes;
mod base;
mod context;
mod convolutional;
mod core;
mod fans;
mod image;
mod kept;
mod layer;
mod masks;
mod merging;
mod normalization;
mod norms;
mod operations;
mod pooling;
mod preprocessing;
mod regularization;
mod resample;
mod reshaping;
mod rnn;
mod spatial;

pub use activations::{ELU, LeakyReLU, PReLU, ReLU, Softmax};
pub use ahead::{Ahead, Spec};
pub use attention::{AdditiveAttention, Attention, GroupQueryAttention, MultiHeadAttention};
pub use axes::Axes;
pub use base::Base;
pub use context::{Arguments, Build, Call, Inner, Outputs, Weight};
pub(crate) use context::{latest, readable};
pub use convolutional::{
    Conv, Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose, ConvTranspose,
    Convolution1D, Convolution1DTranspose, Convolution2D, Convolution2DTranspose, Convolution3D,
    Convolution3DTranspose, DepthwiseConv, DepthwiseConv1D, DepthwiseConv2D, SeparableConv, SeparableConv1D,
    SeparableConv2D, SeparableConvolution1D, SeparableConvolution2D,
};
pub use core::{
    Activation, Dense, EinsumDense, Embedding, Identity, Input, Lambda, Masking, register_lambda,
};
pub use image::{
    Adjustment, AutoContrast, Bits, Brightness, CenterCrop, ColorDegeneration, Contrast, Dice, Equalization,
    Factor, FillValue, Hue, Invert, RandomBrightness, RandomColor, RandomColorDegeneration,
    RandomColorJitter, RandomContrast, RandomCrop, RandomErasing, RandomFlip, RandomGaussianBlur,
    RandomGrayscale, RandomHue, RandomInvert, RandomPosterization, RandomRotation, RandomSaturation,
    RandomSharpness, RandomShear, RandomTranslation, RandomZoom, Resizing, Saturation, Sharpness,
    Solarization,
};
pub use kept::Kept;
pub use layer::{Layer, SEVERAL, WeightGroup};
pub use merging::{Add, Average, Concatenate, Dot, DotAxes, Maximum, Minimum, Multiply, Subtract};
pub use normalization::{
    BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization, SpectralNormalization,
    UnitNormalization,
};
pub use operations::Operation;
pub(crate) use operations::{Index, IndexPart};
pub use pooling::{
    AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D, AdaptiveMaxPooling3D, AdaptivePooling, AveragePooling1D, AveragePooling2D,
    AveragePooling3D, AvgPool1D, AvgPool2D, AvgPool3D, GlobalAveragePooling1D, GlobalAveragePooling2D,
    GlobalAveragePooling3D, GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D, GlobalMaxPool1D,
    GlobalMaxPool2D, GlobalMaxPool3D, GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D,
    GlobalPooling, Kind, Largest, MaxPool1D, MaxPool2D, MaxPool3D, MaxPooling1D, MaxPooling2D, MaxPooling3D,
    Mean, Pooling,
};
pub use preprocessing::{
    CategoryEncoding, Discretization, HashedCrossing, Hashing, IntegerLookup, Lookup, Nested, Ngrams,
    Normalization, OutputMode, Rescaling, Salt, StringLookup, TextVectorization, Token,
};
pub use regularization::{
    ActivityRegularization, AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D,
    SpatialDropout2D, SpatialDropout3D,
};
pub use reshaping::{
    Cropping1D, Cropping2D, Cropping3D, Flatten, Margins, Permute, RepeatVector, Reshape, UpSampling1D,
    UpSampling2D, UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D,
};
pub use rnn::{
    Bidirectional, Cell, ConvLSTM, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, GRU, GRUCell, LSTM, LSTMCell, RNN,
    SimpleRNN, SimpleRNNCell, StackedRNNCells, Step, TimeDistributed, call_cell,
};
pub use spatial::{Lengths, Tuple};

crate::family! { Layer, "layer", "keras.layers", {
    Input = "InputLayer" [];
    Dense = "Dense" [];
    Activation = "Activation" [];
    Embedding = "Embedding" [];
    Masking = "Masking" [];
    Identity = "Identity" [];
    EinsumDense = "EinsumDense" [];
    Add = "Add" [];
    Subtract = "Subtract" [];
    Multiply = "Multiply" [];
    Average = "Average" [];
    Maximum = "Maximum" [];
    Minimum = "Minimum" [];
    Concatenate = "Concatenate" [];
    Dot = "Dot" [];
    Flatten = "Flatten" [];
    Reshape = "Reshape" [];
    Permute = "Permute" [];
    RepeatVector = "RepeatVector" [];
    Cropping1D = "Cropping1D" [];
    Cropping2D = "Cropping2D" [];
    Cropping3D = "Cropping3D" [];
    ZeroPadding1D = "ZeroPadding1D" [];
    ZeroPadding2D = "ZeroPadding2D" [];
    ZeroPadding3D = "ZeroPadding3D" [];
    UpSampling1D = "UpSampling1D" [];
    UpSampling2D = "UpSampling2D" [];
    UpSampling3D = "UpSampling3D" [];
    ReLU = "ReLU" [];
    LeakyReLU = "LeakyReLU" [];
    PReLU = "PReLU" [];
    ELU = "ELU" [];
    Softmax = "Softmax" [];
    Dropout = "Dropout" [];
    SpatialDropout1D = "SpatialDropout1D" [];
    SpatialDropout2D = "SpatialDropout2D" [];
    SpatialDropout3D = "SpatialDropout3D" [];
    GaussianDropout = "GaussianDropout" [];
    GaussianNoise = "GaussianNoise" [];
    AlphaDropout = "AlphaDropout" [];
    ActivityRegularization = "ActivityRegularization" [];
    BatchNormalization = "BatchNormalization" [];
    LayerNormalization = "LayerNormalization" [];
    GroupNormalization = "GroupNormalization" [];
    RMSNormalization = "RMSNormalization" [];
    UnitNormalization = "UnitNormalization" [];
    SpectralNormalization = "SpectralNormalization" [];
    Attention = "Attention" [];
    AdditiveAttention = "AdditiveAttention" [];
    MultiHeadAttention = "MultiHeadAttention" [];
    GroupQueryAttention = "GroupQueryAttention" ["GroupedQueryAttention"];
    Conv1D = "Conv1D" ["Convolution1D"];
    Conv2D = "Conv2D" ["Convolution2D"];
    Conv3D = "Conv3D" ["Convolution3D"];
    Conv1DTranspose = "Conv1DTranspose" ["Convolution1DTranspose"];
    Conv2DTranspose = "Conv2DTranspose" ["Convolution2DTranspose"];
    Conv3DTranspose = "Conv3DTranspose" ["Convolution3DTranspose"];
    DepthwiseConv1D = "DepthwiseConv1D" [];
    DepthwiseConv2D = "DepthwiseConv2D" [];
    SeparableConv1D = "SeparableConv1D" ["SeparableConvolution1D"];
    SeparableConv2D = "SeparableConv2D" ["SeparableConvolution2D"];
    MaxPooling1D = "MaxPooling1D" ["MaxPool1D"];
    MaxPooling2D = "MaxPooling2D" ["MaxPool2D"];
    MaxPooling3D = "MaxPooling3D" ["MaxPool3D"];
    AveragePooling1D = "AveragePooling1D" ["AvgPool1D"];
    AveragePooling2D = "AveragePooling2D" ["AvgPool2D"];
    AveragePooling3D = "AveragePooling3D" ["AvgPool3D"];
    GlobalMaxPooling1D = "GlobalMaxPooling1D" ["GlobalMaxPool1D"];
    GlobalMaxPooling2D = "GlobalMaxPooling2D" ["GlobalMaxPool2D"];
    GlobalMaxPooling3D = "GlobalMaxPooling3D" ["GlobalMaxPool3D"];
    GlobalAveragePooling1D = "GlobalAveragePooling1D" ["GlobalAvgPool1D"];
    GlobalAveragePooling2D = "GlobalAveragePooling2D" ["GlobalAvgPool2D"];
    GlobalAveragePooling3D = "GlobalAveragePooling3D" ["GlobalAvgPool3D"];
    AdaptiveMaxPooling1D = "AdaptiveMaxPooling1D" [];
    AdaptiveMaxPooling2D = "AdaptiveMaxPooling2D" [];
    AdaptiveMaxPooling3D = "AdaptiveMaxPooling3D" [];
    AdaptiveAveragePooling1D = "AdaptiveAveragePooling1D" [];
    AdaptiveAveragePooling2D = "AdaptiveAveragePooling2D" [];
    AdaptiveAveragePooling3D = "AdaptiveAveragePooling3D" [];
    SimpleRNN = "SimpleRNN" [];
    SimpleRNNCell = "SimpleRNNCell" [];
    LSTM = "LSTM" [];
    LSTMCell = "LSTMCell" [];
    GRU = "GRU" [];
    GRUCell = "GRUCell" [];
    RNN = "RNN" [];
    StackedRNNCells = "StackedRNNCells" [];
    Bidirectional = "Bidirectional" [];
    ConvLSTM1D = "ConvLSTM1D" [];
    ConvLSTM2D = "ConvLSTM2D" [];
    ConvLSTM3D = "ConvLSTM3D" [];
    TimeDistributed = "TimeDistributed" [];
    Rescaling = "Rescaling" [];
    Normalization = "Normalization" [];
    CategoryEncoding = "CategoryEncoding" [];
    Discretization = "Discretization" [];
    Hashing = "Hashing" [];
    HashedCrossing = "HashedCrossing" [];
    IntegerLookup = "IntegerLookup" [];
    StringLookup = "StringLookup" [];
    TextVectorization = "TextVectorization" [];
    Resizing = "Resizing" [];
    CenterCrop = "CenterCrop" [];
    RandomFlip = "RandomFlip" [];
    RandomRotation = "RandomRotation" [];
    RandomZoom = "RandomZoom" [];
    RandomTranslation = "RandomTranslation" [];
    RandomShear = "RandomShear" [];
    RandomCrop = "RandomCrop" [];
    RandomContrast = "RandomContrast" [];
    RandomBrightness = "RandomBrightness" [];
    RandomColorDegeneration = "RandomColorDegeneration" [];
    RandomHue = "RandomHue" [];
    RandomSaturation = "RandomSaturation" [];
    RandomInvert = "RandomInvert" [];
    RandomSharpness = "RandomSharpness" [];
    RandomColorJitter = "RandomColorJitter" [];
    RandomGrayscale = "RandomGrayscale" [];
    RandomPosterization = "RandomPosterization" [];
    RandomErasing = "RandomErasing" [];
    RandomGaussianBlur = "RandomGaussianBlur" [];
    Solarization = "Solarization" [];
    AutoContrast = "AutoContrast" [];
    Equalization = "Equalization" [];
}
    const IGNORED_KEYS: &'static [&'static str] = &["lora_rank", "lora_alpha"];

    fn check_arguments(&self) -> Result<(), String> {
        Layer::check_arguments(self)
    }
}

/// A list of layers of different classes, for [`Sequential::from_layers`](crate::Sequential::from_layers).
///
/// ```
/// use cornu::{Sequential, layers, layers::{Dense, Input}};
/// let model = Sequential::from_layers(layers![Input::new([4]), Dense::new(8).activation("relu"), Dense::new(1)]);
/// ```
#[macro_export]
macro_rules! layers {
    ($($layer:expr),* $(,)?) => {
        vec![$(Box::new($layer) as Box<dyn $crate::layers::Layer>),*]
    };
}
