//! `Ones`: all weights start at 1.

use super::Initializer;
use super::draw::filled;
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Tensors of ones.
///
/// Source: <https://keras.io/api/layers/initializers/#ones-class>.
///
/// ```
/// use cornu::{Tensor, initializers::{Initializer, Ones}};
/// assert_eq!(Ones::new().call(&[2], 42, "dense/bias")?, Tensor::from([1.0f32; 2]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Ones {}

impl Ones {
    /// The initializer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Initializer for Ones {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        filled(shape, |out| out.fill(1.0))
    }
}
