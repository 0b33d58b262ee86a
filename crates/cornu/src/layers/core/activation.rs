//! `Activation`: a function as a layer.

use crate::Result;
use crate::activations;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::{Fields, Handle};

/// Applies an activation function; the shape stays.
///
/// Source: <https://keras.io/api/layers/core_layers/activation/>.
///
/// ```
/// use cornu::layers::Activation;
/// let layer = Activation::new("relu");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Activation {
    #[fields(flatten)]
    base: Base,
    activation: Handle<dyn activations::Activation>,
}

impl Default for Activation {
    fn default() -> Self {
        Self::new("linear")
    }
}

impl Activation {
    /// A layer of this function.
    pub fn new(activation: impl Into<Handle<dyn activations::Activation>>) -> Self {
        Activation { base: Base::default(), activation: activation.into() }
    }

    layer_base!(setters);
}

impl Layer for Activation {
    layer_base!();

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(self.activation.get()?.call(inputs[0]).into())
    }
}
