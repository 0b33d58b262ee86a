//! `Subtract`: its first input less its second.

use super::merge;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Result, Shape};

/// The difference of exactly two inputs, element by element.
///
/// Inputs broadcast against each other behind the batch axis; one of lower rank gets axes of length 1 there.
///
/// Source: <https://keras.io/api/layers/merging_layers/subtract/>.
///
/// ```
/// use cornu::layers::{Input, Subtract};
/// use cornu::{Connect, Model};
/// let (a, b) = (Input::new([4, 3]).tensor(), Input::new([3]).tensor());
/// let model = Model::new([&a, &b], Subtract::new().on([&a, &b]))?;
/// assert_eq!(model.output_shape()?.to_string(), "(None, 4, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Subtract {
    #[fields(flatten)]
    base: Base,
}

impl Subtract {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);
}

impl Layer for Subtract {
    layer_base!(several);

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        if inputs.len() != 2 {
            return Err(cx.error(format!("expects exactly 2 inputs, got {}", inputs.len())));
        }
        merge::check(cx, inputs)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        if inputs.len() != 2 {
            return Err(cx.error(format!("expects exactly 2 inputs, got {}", inputs.len())));
        }
        merge::call(cx, inputs, |inputs, _| inputs.into_iter().reduce(|a, b| a - b))
    }
}
