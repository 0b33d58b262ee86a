//! `RMSNormalization`: mean square 1.

use crate::graph::Var;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::Fields;
use crate::{Result, Shape};

/// `x / sqrt(mean(x²) + epsilon) * scale`, the mean over an axis or several of each sample.
///
/// Weight: `scale`, of the axes' lengths.
///
/// Source: Zhang and Sennrich 2019; <https://keras.io/api/layers/normalization_layers/rms_normalization/>.
///
/// ```
/// use cornu::layers::RMSNormalization;
/// let layer = RMSNormalization::new().epsilon(1e-5);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RMSNormalization {
    #[fields(flatten)]
    base: Base,
    axis: Axes,
    epsilon: f64,
}

impl Default for RMSNormalization {
    fn default() -> Self {
        RMSNormalization { base: Base::default(), axis: Axes::One(-1), epsilon: 1e-6 }
    }
}

impl RMSNormalization {
    /// The layer over the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis, or axes, the mean is taken over; -1, the last, by default.
        axis: into Axes;
        /// What keeps the root from 0; 1e-6 by default.
        epsilon: f64;
    }
}

impl Layer for RMSNormalization {
    layer_base!();

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let lengths = self.axis.sorted().into_iter().map(|axis| cx.known_axis(&inputs[0], axis));
        let shape = lengths.collect::<Result<Vec<_>>>()?;
        cx.add_weight(Weight::new("scale", shape, "ones"))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        self.axis.check(&x.shape()).map_err(|message| cx.error(message))?;
        let root = (x.square().mean(self.axis.as_slice(), true) + self.epsilon).rsqrt();
        // The scale stands beside the last axes whatever axes it was made for, as in Keras.
        Ok((x * root * cx.weight("scale")?).into())
    }
}
