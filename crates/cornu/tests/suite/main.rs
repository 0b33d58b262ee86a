//! Everything about `cornu` that one process can test: one binary links in a fraction of the time of twenty.
//!
//! What concerns a whole process (its allocator, its seed) has a binary of its own beside this folder.

mod activations;
mod applications;
mod callbacks;
mod common;
mod data;
mod debug_nans;
mod events;
mod functional;
mod image_layers;
mod initializers;
mod keras_files;
mod layer_case;
mod layer_models;
mod layers;
mod legacy_files;
mod losses;
mod measures;
mod messages;
mod metrics;
mod npz;
mod operations;
mod optimizer_files;
mod optimizers;
mod own_things;
mod preprocessing;
mod regularizers_constraints;
mod sample_weights;
mod schedules;
mod scikit_splits;
mod scikit_transformers;
mod sequences;
mod several_outputs;
mod signatures;
mod summary;
mod support;
mod tensorboard;
mod training;
mod visuals;
