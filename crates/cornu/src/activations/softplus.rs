//! `softplus`: the smooth `relu`.

use super::Activation;
use crate::graph::Var;
use crate::registry::Fields;

/// `ln(1 + e^x)`.
///
/// Source: <https://keras.io/api/layers/activations/#softplus-function>.
///
/// ```
/// use cornu::{Tensor, activations::{Activation, Softplus}};
/// let y = Softplus::new().evaluate(&Tensor::from([0.0f32, 100.0]))?;
/// assert_eq!(y.to_vec::<f32>(), [std::f32::consts::LN_2, 100.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Softplus {}

impl Softplus {
    /// The function.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Activation for Softplus {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x.softplus()
    }
}
