//! `TruncatedNormal`: normally distributed weights without outliers.

use cornu_engine::rng::fill_truncated_normal;

use super::Initializer;
use super::draw::{self, filled};
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Numbers from a normal distribution cut off two standard deviations from its mean.
///
/// Source: <https://keras.io/api/layers/initializers/#truncatednormal-class>.
///
/// ```
/// use cornu::initializers::{Initializer, TruncatedNormal};
/// let kernel = TruncatedNormal::new().stddev(0.1).seed(7).call(&[3, 4], 42, "dense/kernel")?;
/// assert_eq!(kernel.shape(), [3, 4]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct TruncatedNormal {
    #[fields(read = draw::seed)]
    pub(super) seed: Option<i64>,
    pub(super) mean: f64,
    pub(super) stddev: f64,
}

impl Default for TruncatedNormal {
    fn default() -> Self {
        TruncatedNormal { seed: None, mean: 0.0, stddev: 0.05 }
    }
}

impl TruncatedNormal {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The mean (default 0).
        mean: f64;
        /// The standard deviation before the cut (default 0.05); after it is 0.8796 of that.
        stddev: f64;
        /// A seed of its own in place of the model's.
        seed: some i64;
    }
}

impl Initializer for TruncatedNormal {
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        let (seed, stream) = draw::source(self.seed, seed, path);
        let (mean, stddev) = (self.mean as f32, self.stddev as f32);
        filled(shape, |out| {
            fill_truncated_normal(seed, stream, 0, 0, out);
            out.iter_mut().for_each(|value| *value = mean + stddev * *value);
        })
    }
}
