//! Data on its way from files to batches.
//!
//! [`Tensor`](crate::Tensor)s and [`StringTensor`]s that fit into memory go to a model as they are. What does not, or comes
//! from elsewhere, is a [`Dataset`]: elements that come one after the other.

mod buffer;
mod cardinality;
mod csv;
mod dataset;
mod fields;
pub mod npy;
pub mod npz;
mod pipeline;
mod record;
mod sources;
mod spec;
mod stack;
mod strings;
mod table;
mod value;

pub use cardinality::Cardinality;
pub use csv::{read_csv, write_csv};
pub use dataset::{Dataset, Elements, Records, elements};
pub use fields::Fields;
pub use npy::{load_npy, read_npy, save_npy};
pub use npz::{Npz, load_npz, read_npz, save_npz};
pub use pipeline::{AUTOTUNE, Batch, Pipeline, Shuffle};
pub use record::Record;
pub use sources::{
    Csv, CsvColumn, FolderDataset, LabelMode, Labels, Subset, TextFolder, Timeseries, from_generator,
    from_iter, from_tensor_slices, from_tensors, range, text_dataset_from_directory,
    timeseries_dataset_from_array,
};
pub use spec::{ElementSpec, FieldSpec};
pub use stack::Stack;
pub use strings::StringTensor;
pub use table::{Column, Table};
pub use value::Data;
