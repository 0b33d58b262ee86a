//! A server of one model, in the REST protocol of TensorFlow Serving.
//!
//! Connections have a thread each, which reads, parses and answers; one thread owns the model and computes what has
//! come in meanwhile as one batch.

mod batcher;
mod connections;
mod http;
mod predict;
mod routes;
mod values;

pub(crate) use batcher::Served;
pub(crate) use connections::{Limits, Server};
