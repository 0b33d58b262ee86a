//! `UpSampling3D`: larger volumes.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::repeat;
use crate::layers::spatial::{Lengths, Tuple, check_data_format, check_positive, spatial_axes};
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Repeats each voxel of `(batch, x, y, z, channels)` `size` times along each spatial axis.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling3d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, UpSampling3D}};
/// let model = Sequential::new().add(Input::new([2, 3, 4, 1])).add(UpSampling3D::new(2));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 4, 6, 8, 1)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct UpSampling3D {
    #[fields(flatten)]
    base: Base,
    size: Tuple<3>,
    data_format: String,
}

impl Default for UpSampling3D {
    fn default() -> Self {
        UpSampling3D { base: Base::default(), size: 2.into(), data_format: "channels_last".into() }
    }
}

impl UpSampling3D {
    /// A layer that makes volumes so many times as large, in all directions or in each.
    pub fn new(size: impl Into<Tuple<3>>) -> Self {
        UpSampling3D { size: size.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl Layer for UpSampling3D {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_positive("size", self.size.as_slice())?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], 5)?;
        let axes = spatial_axes(&self.data_format, 3);
        let repeated = self.size.as_slice().iter().zip(axes);
        Ok(repeated.fold(inputs[0], |x, (times, axis)| repeat(x, axis as usize, *times)).into())
    }
}
