//! `Cropping1D`: steps cut off at both ends.

use super::margins::{Margins, crop};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::registry::Fields;

use crate::layers::{Base, Call, Layer, Outputs};

/// Cuts steps off both ends of `(batch, steps, channels)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/cropping1d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Cropping1D}};
/// let model = Sequential::new().add(Input::new([8, 3])).add(Cropping1D::new(1));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 6, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Cropping1D {
    #[fields(flatten)]
    base: Base,
    cropping: Margins<[usize; 2]>,
}

impl Default for Cropping1D {
    fn default() -> Self {
        Cropping1D { base: Base::default(), cropping: 1.into() }
    }
}

impl Cropping1D {
    /// The layer with these lengths: one number for both ends.
    pub fn new(cropping: impl Into<Margins<[usize; 2]>>) -> Self {
        Cropping1D { cropping: cropping.into(), ..Self::default() }
    }

    layer_base!(setters);
}

impl Layer for Cropping1D {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(crop(cx, inputs[0], &[self.cropping.0], "channels_last")?.into())
    }
}
