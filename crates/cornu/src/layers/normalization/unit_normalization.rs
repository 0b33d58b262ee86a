//! `UnitNormalization`: length 1.

use crate::Result;
use crate::graph::Var;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::norms::unit;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Divides by the Euclidean norm along an axis, or over several.
///
/// Source: <https://keras.io/api/layers/normalization_layers/unit_normalization/>.
///
/// ```
/// use cornu::layers::UnitNormalization;
/// let layer = UnitNormalization::new();
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct UnitNormalization {
    #[fields(flatten)]
    base: Base,
    axis: Axes,
}

impl Default for UnitNormalization {
    fn default() -> Self {
        UnitNormalization { base: Base::default(), axis: Axes::One(-1) }
    }
}

impl UnitNormalization {
    /// The layer along the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis, or axes, over which the squares sum to 1; -1, the last, by default.
        axis: into Axes;
    }
}

impl Layer for UnitNormalization {
    layer_base!();

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        self.axis.check(&inputs[0].shape()).map_err(|message| cx.error(message))?;
        Ok(unit(inputs[0], self.axis.as_slice(), 1e-12).into())
    }
}
