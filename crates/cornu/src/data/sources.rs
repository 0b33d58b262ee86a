//! Where elements come from.

mod csv;
mod directory;
mod folder;
mod generator;
mod iterator;
mod slices;
mod text_folder;
mod timeseries;

pub use csv::{Csv, CsvColumn};
pub use directory::{LabelMode, Labels, Subset};
pub use folder::FolderDataset;
pub use generator::from_generator;
pub use iterator::from_iter;
pub use slices::{from_tensor_slices, from_tensors, range};
pub use text_folder::{TextFolder, text_dataset_from_directory};
pub use timeseries::{Timeseries, timeseries_dataset_from_array};
