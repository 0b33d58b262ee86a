//! `ELU`: the exponential linear unit as a layer.

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::activations::{self, Activation};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::saving::format::DTypePolicy;

/// `x` above 0 and `alpha * (e^x - 1)` below.
///
/// Source: <https://keras.io/api/layers/activation_layers/elu/>.
///
/// ```
/// use cornu::layers::ELU;
/// let layer = ELU::new().alpha(0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct ELU {
    base: Base,
    alpha: f64,
}

/// Keras' config of the layer, whose order is not that of others.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Written {
    name: Option<String>,
    alpha: f64,
    trainable: bool,
    dtype: DTypePolicy,
}

impl Default for Written {
    fn default() -> Self {
        ELU::default().into()
    }
}

impl From<Written> for ELU {
    fn from(Written { name, alpha, trainable, dtype }: Written) -> Self {
        ELU { base: Base { name, trainable, dtype, at: None }, alpha }
    }
}

impl From<ELU> for Written {
    fn from(ELU { base: Base { name, trainable, dtype, .. }, alpha }: ELU) -> Self {
        Written { name, alpha, trainable, dtype }
    }
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
