//! `Cropping2D`: rows and columns cut off at both ends.

use super::margins::{Margins, crop};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Cuts rows and columns off both ends of `(batch, rows, columns, channels)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/cropping2d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Cropping2D}};
/// let model = Sequential::new().add(Input::new([8, 6, 3])).add(Cropping2D::new(1));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 6, 4, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Cropping2D {
    #[fields(flatten)]
    base: Base,
    cropping: Margins<[[usize; 2]; 2]>,
    data_format: String,
}

impl Default for Cropping2D {
    fn default() -> Self {
        Cropping2D { base: Base::default(), cropping: 0.into(), data_format: "channels_last".into() }
    }
}

impl Cropping2D {
    /// The layer with these lengths: one number for all ends, one an axis, or a pair an axis.
    pub fn new(cropping: impl Into<Margins<[[usize; 2]; 2]>>) -> Self {
        Cropping2D { cropping: cropping.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl Layer for Cropping2D {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(crop(cx, inputs[0], &self.cropping.0, &self.data_format)?.into())
    }
}
