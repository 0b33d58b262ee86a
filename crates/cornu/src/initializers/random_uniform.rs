//! `RandomUniform`: evenly distributed weights.

use cornu_engine::rng::fill_uniform_between;

use super::Initializer;
use super::draw::{self, filled};
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Numbers spread evenly over `minval..maxval`.
///
/// Source: <https://keras.io/api/layers/initializers/#randomuniform-class>.
///
/// ```
/// use cornu::initializers::{Initializer, RandomUniform};
/// let kernel = RandomUniform::new().minval(0.0).maxval(1.0).call(&[3, 4], 42, "dense/kernel")?;
/// assert!(kernel.to_vec::<f32>().iter().all(|value| (0.0..=1.0).contains(value)));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomUniform {
    #[fields(read = draw::seed)]
    pub(super) seed: Option<i64>,
    pub(super) minval: f64,
    pub(super) maxval: f64,
}

impl Default for RandomUniform {
    fn default() -> Self {
        RandomUniform { seed: None, minval: -0.05, maxval: 0.05 }
    }
}

impl RandomUniform {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The lower end (default -0.05).
        minval: f64;
        /// The upper end (default 0.05).
        maxval: f64;
        /// A seed of its own in place of the model's.
        seed: some i64;
    }
}

impl Initializer for RandomUniform {
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        let (seed, stream) = draw::source(self.seed, seed, path);
        let (low, high) = (self.minval as f32, self.maxval as f32);
        filled(shape, |out| fill_uniform_between(seed, stream, 0, 0, out, low, high))
    }
}
