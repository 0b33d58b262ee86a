//! `ZeroPadding3D`: zeros at both ends.

use super::margins::{Margins, zero_pad};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Puts zeros at both ends of the spatial axes of `(batch, x, y, z, channels)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/zero_padding3d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, ZeroPadding3D}};
/// let model = Sequential::new().add(Input::new([8, 6, 4, 3])).add(ZeroPadding3D::new(1));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 10, 8, 6, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct ZeroPadding3D {
    #[fields(flatten)]
    base: Base,
    padding: Margins<[[usize; 2]; 3]>,
    data_format: String,
}

impl Default for ZeroPadding3D {
    fn default() -> Self {
        ZeroPadding3D { base: Base::default(), padding: 1.into(), data_format: "channels_last".into() }
    }
}

impl ZeroPadding3D {
    /// The layer with these lengths: one number for all ends, one an axis, or a pair an axis.
    pub fn new(padding: impl Into<Margins<[[usize; 2]; 3]>>) -> Self {
        ZeroPadding3D { padding: padding.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl Layer for ZeroPadding3D {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(zero_pad(cx, inputs[0], &self.padding.0, &self.data_format)?.into())
    }
}
