//! `GaussianNoise`: noise of a normal distribution is added in training.

use super::drop::check_rate;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Adds numbers of mean 0 and standard deviation `stddev` to its input in training; outside it changes nothing.
///
/// Source: <https://keras.io/api/layers/regularization_layers/gaussian_noise/>.
///
/// ```
/// use cornu::layers::GaussianNoise;
/// let layer = GaussianNoise::new(0.1);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct GaussianNoise {
    #[fields(flatten)]
    base: Base,
    stddev: f64,
    seed: Option<u64>,
}

impl GaussianNoise {
    /// A layer of this stddev, between 0 and 1.
    pub fn new(stddev: f64) -> Self {
        GaussianNoise { stddev, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the noise follows from the model's seed and the layer's name.
        seed: some u64;
    }
}

impl Layer for GaussianNoise {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("stddev", self.stddev)
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        if self.stddev == 0.0 {
            return Ok(x.into());
        }
        let Some(noise) = cx.normal("noise", self.seed, x.shape()) else { return Ok(x.into()) };
        Ok((x + noise.cast(x.dtype()) * self.stddev).into())
    }
}
