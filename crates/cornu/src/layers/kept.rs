//! `Kept`: what a layer keeps in files beside its config and its weights.

use std::collections::BTreeMap;

use crate::Tensor;

/// Files and variables under names of their own, such as a vocabulary, of a layer or a part of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept {
    /// Where, below the layer's own group; empty for the layer itself.
    pub path: String,
    /// Keras' assets, by file name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Variables among the weights, by name.
    pub variables: BTreeMap<String, Tensor>,
}
