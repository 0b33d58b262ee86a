//! Layers every model is made of.

mod activation;
mod dense;
mod einsum;
mod einsum_dense;
mod embedding;
mod identity;
mod input;
mod lambda;
mod masking;

pub use activation::Activation;
pub use dense::Dense;
pub use einsum_dense::EinsumDense;
pub use embedding::Embedding;
pub use identity::Identity;
pub use input::Input;
pub use lambda::{Lambda, register_lambda};
pub use masking::Masking;
