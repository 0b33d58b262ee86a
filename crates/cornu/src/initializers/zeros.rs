//! `Zeros`: all weights start at 0.

use super::Initializer;
use super::draw::filled;
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Tensors of zeros.
///
/// Source: <https://keras.io/api/layers/initializers/#zeros-class>.
///
/// ```
/// use cornu::{Tensor, initializers::{Initializer, Zeros}};
/// assert_eq!(Zeros::new().call(&[2], 42, "dense/bias")?, Tensor::from([0.0f32; 2]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Zeros {}

impl Zeros {
    /// The initializer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Initializer for Zeros {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        filled(shape, |_| ())
    }
}
