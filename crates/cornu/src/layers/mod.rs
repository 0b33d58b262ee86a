//! Layers: plain data that says what a part of a model computes.
//!
//! A layer holds what its maker wrote and nothing else. It declares its weights in [`Layer::build`] and appends
//! nodes to a graph in [`Layer::call`]; numbers live in the model's state.

pub mod alone;
mod base;
mod context;
mod core;
mod layer;
mod normalization;
mod regularization;
mod reshaping;
mod rnn;

pub use base::Base;
pub use context::{Arguments, Build, Call, Outputs, Weight};
pub use core::{Activation, Dense, Input};
pub use layer::Layer;
pub use normalization::BatchNormalization;
pub use regularization::Dropout;
pub use reshaping::{Flatten, Reshape};
pub use rnn::{
    Cell, Gru, GruCell, Lstm, LstmCell, Rnn, SimpleRnn, SimpleRnnCell, StackedRnnCells, Step, call_cell,
};

crate::family! { Layer, "layer", "keras.layers", {
    Input = "InputLayer" [];
    Dense = "Dense" [];
    Activation = "Activation" [];
    Flatten = "Flatten" [];
    Reshape = "Reshape" [];
    Dropout = "Dropout" [];
    BatchNormalization = "BatchNormalization" [];
    SimpleRnn = "SimpleRNN" [];
    SimpleRnnCell = "SimpleRNNCell" [];
    Lstm = "LSTM" [];
    LstmCell = "LSTMCell" [];
    Gru = "GRU" [];
    GruCell = "GRUCell" [];
    Rnn = "RNN" [];
    StackedRnnCells = "StackedRNNCells" [];
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
