//! Layers that run over the steps of a sequence.

mod arguments;
mod bidirectional;
mod cell;
mod conv_lstm;
mod conv_lstm_cell;
mod gru;
mod gru_cell;
mod lstm;
mod lstm_cell;
mod over_cells;
mod recurrence;
mod simple_rnn;
mod simple_rnn_cell;
mod stacked_rnn_cells;
mod time_distributed;
mod unit_forget_bias;

pub use bidirectional::Bidirectional;
pub(super) use cell::named;
pub use cell::{Cell, Step, call_cell};
pub use conv_lstm::{ConvLSTM, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D};
pub use gru::GRU;
pub use gru_cell::GRUCell;
pub use lstm::LSTM;
pub use lstm_cell::LSTMCell;
pub use over_cells::RNN;
pub use simple_rnn::SimpleRNN;
pub use simple_rnn_cell::SimpleRNNCell;
pub use stacked_rnn_cells::StackedRNNCells;
pub use time_distributed::TimeDistributed;
