//! Keras' files as data: bytes in, bytes out, nothing about layers.

pub mod format;
mod hdf5;
mod keras_zip;
mod limits;
pub mod weights_h5;

pub use hdf5::{Attr, Group};
pub use keras_zip::KerasArchive;
