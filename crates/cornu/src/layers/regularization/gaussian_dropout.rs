//! `GaussianDropout`: its input is multiplied by normally distributed numbers in training.

use super::drop::check_rate;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Multiplies its input by numbers of mean 1 and standard deviation `sqrt(rate / (1 - rate))` in training, as much noise
/// as [`Dropout`](super::Dropout) of this rate; outside it changes nothing.
///
/// Source: Srivastava et al. 2014; <https://keras.io/api/layers/regularization_layers/gaussian_dropout/>.
///
/// ```
/// use cornu::layers::GaussianDropout;
/// let layer = GaussianDropout::new(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct GaussianDropout {
    #[fields(flatten)]
    base: Base,
    rate: f64,
    seed: Option<u64>,
}

impl GaussianDropout {
    /// A layer of this rate, between 0 and 1.
    pub fn new(rate: f64) -> Self {
        GaussianDropout { rate, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the noise follows from the model's seed and the layer's name.
        seed: some u64;
    }
}

impl Layer for GaussianDropout {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("rate", self.rate)
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        if self.rate == 0.0 {
            return Ok(x.into());
        }
        let Some(noise) = cx.normal("noise", self.seed, x.shape()) else { return Ok(x.into()) };
        let spread = (self.rate / (1.0 - self.rate)).sqrt();
        Ok((x * (noise.cast(x.dtype()) * spread + 1.0)).into())
    }
}
