//! The types of Keras' JSON.
//!
//! Each type reads and writes itself with serde, keys in Keras' order; [`decode`] adds to an error
//! where in the file it is. What belongs to one layer, loss or optimizer is in that item's own file:
//! here its config is a [`serde_json::Value`].

mod compile;
mod decode;
mod metadata;
mod model;
mod node;
mod object;
mod tree;

#[cfg(test)]
mod tests;

pub use compile::CompileConfig;
pub use decode::decode;
pub use metadata::Metadata;
pub use model::{FunctionalConfig, SequentialConfig};
pub use node::{Argument, InboundNode, KerasTensor, TensorRef};
pub use object::{DTypePolicy, Object};
pub use tree::{Leaf, Tree, unwrap_tuples};

/// A batch's shape; `None` is a dimension known only when data comes.
pub type BatchShape = Vec<Option<usize>>;
