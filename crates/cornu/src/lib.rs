//! Keras in Rust.
