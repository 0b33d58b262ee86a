//! `RandomNormal`: normally distributed weights.

use cornu_engine::rng::fill_normal;

use super::Initializer;
use super::draw::{self, filled};
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Numbers from a normal distribution.
///
/// Source: <https://keras.io/api/layers/initializers/#randomnormal-class>.
///
/// ```
/// use cornu::initializers::{Initializer, RandomNormal};
/// let kernel = RandomNormal::new().stddev(0.1).seed(7).call(&[3, 4], 42, "dense/kernel")?;
/// assert_eq!(kernel.shape(), [3, 4]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomNormal {
    #[fields(read = draw::seed)]
    pub(super) seed: Option<i64>,
    pub(super) mean: f64,
    pub(super) stddev: f64,
}

impl Default for RandomNormal {
    fn default() -> Self {
        RandomNormal { seed: None, mean: 0.0, stddev: 0.05 }
    }
}

impl RandomNormal {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The mean (default 0).
        mean: f64;
        /// The standard deviation (default 0.05).
        stddev: f64;
        /// A seed of its own in place of the model's.
        seed: some i64;
    }
}

impl Initializer for RandomNormal {
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        let (seed, stream) = draw::source(self.seed, seed, path);
        let (mean, stddev) = (self.mean as f32, self.stddev as f32);
        filled(shape, |out| {
            fill_normal(seed, stream, 0, 0, out);
            out.iter_mut().for_each(|value| *value = mean + stddev * *value);
        })
    }
}
