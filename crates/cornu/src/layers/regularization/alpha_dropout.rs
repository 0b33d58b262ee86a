//! `AlphaDropout`: dropout that keeps mean and variance, for SELU.

use super::drop::{check_rate, mask_shape};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Sets a part `rate` of its input to what SELU gives for minus infinity in training, then scales and shifts all so that
/// mean 0 and variance 1 stay as they were; outside training it changes nothing.
///
/// Source: Klambauer et al. 2017; <https://keras.io/api/layers/regularization_layers/alpha_dropout/>.
///
/// ```
/// use cornu::layers::AlphaDropout;
/// let layer = AlphaDropout::new(0.1);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct AlphaDropout {
    #[fields(flatten)]
    base: Base,
    rate: f64,
    seed: Option<u64>,
    noise_shape: Option<Vec<Option<usize>>>,
}

impl AlphaDropout {
    /// A layer that drops this part of its input.
    pub fn new(rate: f64) -> Self {
        AlphaDropout { rate, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the masks follow from the model's seed and the layer's name.
        seed: some u64;
        /// The shape of the mask, repeated along its axes of length 1; `None` takes the input's length.
        noise_shape: some into Vec<Option<usize>>;
    }
}

/// Minus the scale of SELU times its alpha: its value at minus infinity.
const DROPPED: f64 = -1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;

impl Layer for AlphaDropout {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("rate", self.rate)
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let (x, rate) = (inputs[0], self.rate);
        let shape = mask_shape(cx, self.noise_shape.as_deref(), &x.shape())?;
        if rate == 0.0 {
            return Ok(x.into());
        }
        let Some(uniform) = cx.uniform("dropout", self.seed, shape) else { return Ok(x.into()) };
        let kept = uniform.greater_equal(rate).select(x, DROPPED);
        let scale = ((1.0 - rate) * (1.0 + rate * DROPPED * DROPPED)).powf(-0.5);
        Ok((kept * scale - scale * DROPPED * rate).into())
    }
}
