//! Processes that are killed at any moment.

mod saves;
mod training;
