//! `Zeros`: all weights start at 0.

use serde::{Deserialize, Serialize};

use super::Initializer;
use crate::{DType, Result, Tensor};

/// Tensors of zeros.
///
/// Source: <https://keras.io/api/layers/initializers/#zeros-class>.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Zeros {}

impl Zeros {
    /// Zeros.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Initializer for Zeros {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        Ok(Tensor::zeros(shape, DType::F32))
    }
}
