//! Rewrites that keep a graph's meaning, and the grouping of its nodes into kernels.
pub mod fuse;
