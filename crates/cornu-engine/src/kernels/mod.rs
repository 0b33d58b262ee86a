//! Loops over slices: slices in, slices out; nothing here knows what a graph is.
#![allow(unsafe_code)]

pub mod math;
pub mod matmul;
pub mod parallel;
pub mod simd;
