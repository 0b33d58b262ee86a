//! Tensors on their way from files to batches.

pub mod npy;
pub mod npz;
mod strings;
mod value;

pub use npy::{load_npy, read_npy, save_npy};
pub use npz::{Npz, load_npz, read_npz, save_npz};
pub use strings::StringTensor;
pub use value::Data;
