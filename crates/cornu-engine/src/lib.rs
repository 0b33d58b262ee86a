//! Numbers and graphs: the engine under Cornu. It has never heard of a layer.
pub mod kernels;
