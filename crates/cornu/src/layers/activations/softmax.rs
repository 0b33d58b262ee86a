//! `Softmax`: numbers that sum to 1, as a layer.

use crate::graph::Var;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// `e^x` divided by its sum along an axis, or over several. A mask as large as the input, or broadcast to it, leaves
/// elements out: they become 0.
///
/// Source: <https://keras.io/api/layers/activation_layers/softmax/>.
///
/// ```
/// use cornu::layers::Softmax;
/// let layer = Softmax::new().axis([1, 2]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Softmax {
    #[fields(flatten)]
    base: Base,
    axis: Axes,
}

impl Default for Softmax {
    fn default() -> Self {
        Softmax { base: Base::default(), axis: Axes::One(-1) }
    }
}

impl Softmax {
    /// The layer along the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis along which values sum to 1, or the axes over which they do; -1, the last, by default.
        axis: into Axes;
    }
}

/// What stands for minus infinity where a mask leaves an element out.
const LEFT_OUT: f64 = -1e9;

impl Layer for Softmax {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.axis.as_slice().is_empty() { Err("needs an axis, got axis=[]".into()) } else { Ok(()) }
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let shape = x.shape();
        self.axis.check(&shape).map_err(|message| cx.error(message))?;
        let bools = |mask: Var<'g>| if mask.dtype() == DType::Bool { mask } else { mask.greater(0.5) };
        let mask = cx.mask(0).map(bools);
        if let Some(mask) = mask
            && !mask.shape().broadcast(&shape).is_some_and(|joint| shape.accepts(&joint))
        {
            return Err(cx.error(format!("cannot repeat a mask of shape {} over {shape}", mask.shape())));
        }
        Ok(masked_softmax(x, mask, self.axis.as_slice()).into())
    }
}

/// Softmax over axes, in which what the mask leaves out becomes 0.
pub(in crate::layers) fn masked_softmax<'g>(x: Var<'g>, mask: Option<Var<'g>>, axes: &[isize]) -> Var<'g> {
    let x = mask.map_or(x, |mask| mask.select(x, LEFT_OUT));
    let y = match axes {
        [axis] => x.softmax(*axis),
        axes => {
            let power = (x - x.max(axes, true).stop_gradient()).exp();
            power / power.sum(axes, true)
        }
    };
    // Where everything is left out, softmax alone would give each its share.
    mask.map_or(y, |mask| mask.select(y, 0.0))
}
