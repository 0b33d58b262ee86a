//! Models: layers connected, with their weights.

mod ahead;
mod clone;
mod functional;
mod layer_ref;
mod legacy_file;
mod load;
pub(crate) mod model;
mod nested;
pub(crate) mod network;
pub mod ops;
mod outline;
mod pipeline;
mod sequential;
mod serialize;
mod summary;
mod symbolic;
mod weights_file;
mod wiring_json;

pub use clone::clone_model;
pub use functional::Tensors;
pub use layer_ref::LayerRef;
pub use load::{LoadModel, load_model, load_model_with};
pub use model::Model;
pub use nested::NestedModel;
pub(crate) use outline::{Edge, Outline, OutlinedLayer};
pub use pipeline::{InputColumn, ModelPipeline, Target};
pub use sequential::Sequential;
pub use summary::Summary;
pub use symbolic::{Called, Connect, KerasTensor, Shared};
pub use weights_file::LoadWeights;
