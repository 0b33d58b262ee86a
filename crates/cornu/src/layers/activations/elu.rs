//! `ELU`: the exponential linear unit as a layer.

use crate::Result;
use crate::activations::{self, Activation};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// `x` above 0 and `alpha * (e^x - 1)` below.
///
/// Source: <https://keras.io/api/layers/activation_layers/elu/>.
///
/// ```
/// use cornu::layers::ELU;
/// let layer = ELU::new().alpha(0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(order(base.name, alpha, base.trainable, base.dtype))]
pub struct ELU {
    base: Base,
    alpha: f64,
}

impl Default for ELU {
    fn default() -> Self {
        ELU { base: Base::default(), alpha: 1.0 }
    }
}

impl ELU {
    /// The layer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// Minus the value the function falls to; 1 by default.
        alpha: f64;
    }
}

impl Layer for ELU {
    layer_base!();

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(activations::Elu::new().alpha(self.alpha).call(inputs[0]).into())
    }
}
