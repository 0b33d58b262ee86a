//! `glu`: the gated linear unit.

use cornu_engine::Error;

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// The first half of an axis times the `sigmoid` of the second half: the axis becomes half as long.
///
/// Source: <https://keras.io/api/layers/activations/#glu-function> and
/// [Dauphin et al., 2017](https://arxiv.org/abs/1612.08083).
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Glu}};
/// let y = Glu::new().axis(0).evaluate(&Tensor::from([3.0f32, 0.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [1.5]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Glu {
    axis: isize,
}

impl Default for Glu {
    fn default() -> Self {
        Glu { axis: -1 }
    }
}

impl Glu {
    /// The function with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The axis that is halved (default the last).
        axis: isize;
    }
}

impl Activation for Glu {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        let shape = x.shape();
        let halved = shape.axis(self.axis).and_then(|axis| Some((axis, shape[axis]?)));
        let Some((axis, length)) = halved.filter(|(_, length)| length % 2 == 0) else {
            let message = format!("wants axis {} of even length to halve, got {shape}", self.axis);
            return x.builder().fail(Error::shape("glu", message));
        };
        x.slice(axis, 0, length / 2) * x.slice(axis, length / 2, length).sigmoid()
    }
}
