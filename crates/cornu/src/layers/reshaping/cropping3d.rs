//! `Cropping3D`: voxels cut off at both ends.

use super::margins::{Margins, crop};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Cuts voxels off both ends of `(batch, x, y, z, channels)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/cropping3d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Cropping3D}};
/// let model = Sequential::new().add(Input::new([8, 6, 4, 3])).add(Cropping3D::new(1));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 6, 4, 2, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Cropping3D {
    #[fields(flatten)]
    base: Base,
    cropping: Margins<[[usize; 2]; 3]>,
    data_format: String,
}

impl Default for Cropping3D {
    fn default() -> Self {
        Cropping3D { base: Base::default(), cropping: 1.into(), data_format: "channels_last".into() }
    }
}

impl Cropping3D {
    /// The layer with these lengths: one number for all ends, one an axis, or a pair an axis.
    pub fn new(cropping: impl Into<Margins<[[usize; 2]; 3]>>) -> Self {
        Cropping3D { cropping: cropping.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl Layer for Cropping3D {
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
