//! `LeakyReLU`: `ReLU` with a slope below 0.

use crate::Result;
use crate::activations::{self, Activation};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// `x` above 0 and `negative_slope * x` below.
///
/// Source: <https://keras.io/api/layers/activation_layers/leaky_relu/>.
///
/// ```
/// use cornu::layers::LeakyReLU;
/// let layer = LeakyReLU::new().negative_slope(0.1);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LeakyReLU {
    #[fields(flatten)]
    base: Base,
    #[fields(alias = "alpha")] // Keras 2 wrote it so.
    negative_slope: f64,
}

impl Default for LeakyReLU {
    fn default() -> Self {
        LeakyReLU { base: Base::default(), negative_slope: 0.3 }
    }
}

impl LeakyReLU {
    /// The layer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The slope below 0; 0.3 by default.
        negative_slope: f64;
    }
}

impl Layer for LeakyReLU {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.negative_slope >= 0.0 {
            Ok(())
        } else {
            Err(format!("expects a negative_slope of at least 0, got {}", self.negative_slope))
        }
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let function = activations::LeakyRelu::new().negative_slope(self.negative_slope);
        Ok(function.call(inputs[0]).into())
    }
}
