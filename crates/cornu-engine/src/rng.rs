//! Random numbers that are a pure function of what they are for.
//!
//! A value depends on four things: the user's seed, the stream (which weight, which layer), the step
//! (which batch, which epoch) and the element's index. Nothing is handed on from one draw to the next, so
//! adding a layer does not reshuffle the others, threads may cut a range wherever they like, and a dropout
//! mask is computed again in the backward pass instead of being stored.
//!
//! ```
//! use cornu_engine::rng::{fill_uniform, stream_of};
//! let stream = stream_of("dropout_1");
//! let (mut whole, mut part) = ([0.0; 1000], [0.0; 300]);
//! fill_uniform(42, stream, 7, 0, &mut whole);
//! fill_uniform(42, stream, 7, 500, &mut part);
//! assert_eq!(whole[500..800], part);
//! ```

mod fill;
mod normal;
mod philox;
mod stream;

pub use fill::{fill_normal, fill_truncated_normal, fill_uniform, fill_uniform_between};
pub use philox::{Philox, TILE, stream_of};
pub use stream::{Stream, permutation, permutation_into, shuffle};
