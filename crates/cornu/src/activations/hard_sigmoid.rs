//! `hard_sigmoid`: three straight pieces in the manner of `sigmoid`.

use super::{Activation, Relu6};
use crate::graph::Var;
use crate::registry::Fields;

/// `relu6(x + 3) / 6`: 0 up to -3, 1 from 3 on.
///
/// Source: <https://keras.io/api/layers/activations/#hard_sigmoid-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, HardSigmoid}};
/// let y = HardSigmoid::new().evaluate(&Tensor::from([-4.0f32, 0.0, 3.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [0.0, 0.5, 1.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct HardSigmoid {
    #[fields(omit_if = Option::is_none)]
    slope: Option<f64>,
}

impl HardSigmoid {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The slope in the middle, with which the function is `clip(slope * x + 0.5, 0, 1)`. That of Keras 1 and 2 was 0.2:
        /// models read from their files have it, and Keras 3's files cannot say so.
        slope: some f64;
    }
}

impl Activation for HardSigmoid {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        match self.slope {
            Some(slope) => (x * slope + 0.5).clip(0.0, 1.0),
            None => Relu6::new().call(x + 3.0) / 6.0,
        }
    }
}
