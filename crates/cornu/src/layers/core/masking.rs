//! `Masking`: steps of one value are left out.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::masks::any_of_last;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Masks each step whose features all equal `mask_value`, for the layers that follow, and sets it to 0.
///
/// Source: <https://keras.io/api/layers/core_layers/masking/>.
///
/// ```
/// use cornu::layers::Masking;
/// let layer = Masking::new().mask_value(-1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Masking {
    #[fields(flatten)]
    base: Base,
    mask_value: f64,
}

impl Masking {
    /// A layer that leaves out steps of zeros.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The value of all features in a step that is left out; 0 by default.
        mask_value: f64;
    }
}

impl Layer for Masking {
    layer_base!();

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        if x.rank() == 0 {
            return Err(cx.error("expects an input with features, got a single number"));
        }
        let differs = x.not_equal(self.mask_value);
        cx.set_masks([Some(any_of_last(differs, false))]);
        Ok(any_of_last(differs, true).select(x, 0.0).into())
    }
}
