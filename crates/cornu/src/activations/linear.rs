//! `linear`: the identity.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `x`, unchanged: no node is added to the graph.
///
/// Source: <https://keras.io/api/layers/activations/#linear-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Linear}};
/// let y = Linear::new().evaluate(&Tensor::from([-1.5f32, 2.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [-1.5, 2.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Linear {}

impl Linear {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Linear {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x
    }
}
