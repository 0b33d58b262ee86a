//! Layers that look up values by how well their keys match a query.

mod additive_attention;
mod dot_product;
mod grouped_query_attention;
mod heads;
mod multi_head_attention;
mod projections;
mod scores;

pub use additive_attention::AdditiveAttention;
pub use dot_product::Attention;
pub use grouped_query_attention::GroupQueryAttention;
pub use multi_head_attention::MultiHeadAttention;
