//! Models: layers connected, with their weights.

mod layer_ref;
pub(crate) mod model;
pub(crate) mod network;
mod sequential;
mod serialize;
mod summary;

pub use layer_ref::LayerRef;
pub use model::Model;
pub use sequential::Sequential;
pub use serialize::load_model;
pub use summary::Summary;
