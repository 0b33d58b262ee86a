//! What a search of the command varies.

pub(crate) mod network;
pub(crate) mod space;
