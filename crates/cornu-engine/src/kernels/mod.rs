//! Loops over slices: slices in, slices out; nothing here knows what a graph is.
#![allow(unsafe_code)]

pub mod conv;
pub mod copy;
pub mod gather;
pub mod map;
pub mod math;
pub mod matmul;
pub mod parallel;
pub mod pool;
pub mod reduce;
pub mod rows;
mod shared;
pub mod simd;
