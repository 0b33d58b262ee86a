//! Layers that turn raw data into what other layers read.

mod category_encoding;
mod discretization;
mod encoding;
mod hash;
mod hashed_crossing;
mod hashing;
mod integer_lookup;
mod lookup;
mod nested;
mod normalization;
mod quantiles;
mod rescaling;
mod salt;
mod string_lookup;
mod text_vectorization;

pub use category_encoding::CategoryEncoding;
pub use discretization::Discretization;
pub use encoding::OutputMode;
pub use hashed_crossing::HashedCrossing;
pub use hashing::Hashing;
pub use integer_lookup::IntegerLookup;
pub use lookup::{Lookup, Token};
pub use nested::Nested;
pub use normalization::Normalization;
pub use rescaling::Rescaling;
pub use salt::Salt;
pub use string_lookup::StringLookup;
pub use text_vectorization::{Ngrams, TextVectorization};
