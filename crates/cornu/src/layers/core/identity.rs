//! `Identity`: its input as it is.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Gives its inputs as they are: a place for another layer, or a name in the middle of a model.
///
/// Source: <https://keras.io/api/layers/core_layers/identity/>.
///
/// ```
/// use cornu::layers::Identity;
/// let layer = Identity::new().name("features");
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Identity {
    #[fields(flatten)]
    base: Base,
}

impl Identity {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);
}

impl Layer for Identity {
    layer_base!(several);

    fn reads_integers(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let masks: Vec<Option<Var<'g>>> = (0..inputs.len()).map(|at| cx.mask(at)).collect();
        cx.set_masks(masks);
        Ok(inputs.to_vec().into())
    }
}
