//! `ActivityRegularization`: a penalty on what passes through.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::regularizers::L1L2;

/// Gives its input as it is, and adds `l1` times the sum of its absolute values and `l2` times the sum of its squares,
/// divided by the batch size, to the loss.
///
/// Source: <https://keras.io/api/layers/regularization_layers/activity_regularization/>.
///
/// ```
/// use cornu::layers::ActivityRegularization;
/// let layer = ActivityRegularization::new().l1(1e-4);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct ActivityRegularization {
    #[fields(flatten)]
    base: Base,
    l1: f64,
    l2: f64,
}

impl ActivityRegularization {
    /// A layer without penalty, until `l1` or `l2` is set.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The factor of the absolute values.
        l1: f64;
        /// The factor of the squares.
        l2: f64;
    }
}

impl Layer for ActivityRegularization {
    layer_base!();

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.penalize(Some(&L1L2::new().l1(self.l1).l2(self.l2).into()), inputs[0])?;
        Ok(inputs[0].into())
    }
}
