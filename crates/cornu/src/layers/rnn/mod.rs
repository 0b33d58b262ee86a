//! Layers that run over the steps of a sequence.

mod arguments;
mod bidirectional;
mod cell;
mod gru;
mod gru_cell;
mod lstm;
mod lstm_cell;
mod recurrence;
mod rnn;
mod simple_rnn;
mod simple_rnn_cell;
mod stacked_rnn_cells;
mod time_distributed;
mod unit_forget_bias;

pub use bidirectional::Bidirectional;
pub use cell::{Cell, Step, call_cell};
pub use gru::Gru;
pub use gru_cell::GruCell;
pub use lstm::Lstm;
pub use lstm_cell::LstmCell;
pub use rnn::Rnn;
pub use simple_rnn::SimpleRnn;
pub use simple_rnn_cell::SimpleRnnCell;
pub use stacked_rnn_cells::StackedRnnCells;
pub use time_distributed::TimeDistributed;
