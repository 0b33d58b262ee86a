//! Tables from CSV files: what their columns are, and the network that learns from them.

pub(crate) mod answers;
mod features;
pub(crate) mod fit;
mod kinds;
mod network;
mod task;

pub(crate) use task::Task;
