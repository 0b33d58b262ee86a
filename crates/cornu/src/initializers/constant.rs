//! `Constant`: all weights start at one value.

use super::Initializer;
use super::draw::filled;
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Tensors of one value.
///
/// Source: <https://keras.io/api/layers/initializers/#constant-class>.
///
/// ```
/// use cornu::{Tensor, initializers::{Constant, Initializer}};
/// assert_eq!(Constant::new(0.5).call(&[2], 42, "dense/bias")?, Tensor::from([0.5f32, 0.5]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Constant {
    value: f64,
}

impl Constant {
    /// The initializer with its value (Keras' default is 0).
    pub fn new(value: f64) -> Self {
        Constant { value }
    }
}

impl Initializer for Constant {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        filled(shape, |out| out.fill(self.value as f32))
    }
}
