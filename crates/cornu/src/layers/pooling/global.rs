//! `GlobalMaxPooling1D` to `GlobalAveragePooling3D`: the largest or the mean of each channel.

use std::marker::PhantomData;

use super::{Kind, Largest, Mean};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, check_data_format, check_rank, spatial_axes};
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Configured, Fields};
use crate::{Result, Shape};

/// The largest or the mean of each channel over 1 to 3 spatial axes; see [`GlobalMaxPooling1D`],
/// [`GlobalMaxPooling2D`], [`GlobalMaxPooling3D`], [`GlobalAveragePooling1D`], [`GlobalAveragePooling2D`],
/// [`GlobalAveragePooling3D`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, channels)`, or with `keepdims` spatial axes of length 1; with
/// `data_format="channels_first"` the channels follow the batch. In one dimension the mean leaves out the steps that
/// the mask says do not count.
///
/// # Errors
/// When the model is built: an input of another number of axes.
///
/// Sources: <https://keras.io/api/layers/pooling_layers/global_average_pooling1d/>,
/// <https://keras.io/api/layers/pooling_layers/global_max_pooling2d/>.
///
/// ```
/// use cornu::layers::GlobalAveragePooling2D;
/// let layer = GlobalAveragePooling2D::new().keepdims(true);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths, K: Kind))]
pub struct GlobalPooling<T, K> {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    keepdims: bool,
    #[fields(skip)]
    kind: PhantomData<(T, K)>,
}

/// The largest of each channel along one axis: see [`GlobalPooling`].
pub type GlobalMaxPooling1D = GlobalPooling<Tuple<1>, Largest>;
/// The largest of each channel of images: see [`GlobalPooling`].
pub type GlobalMaxPooling2D = GlobalPooling<Tuple<2>, Largest>;
/// The largest of each channel of volumes: see [`GlobalPooling`].
pub type GlobalMaxPooling3D = GlobalPooling<Tuple<3>, Largest>;
/// The mean of each channel along one axis: see [`GlobalPooling`].
pub type GlobalAveragePooling1D = GlobalPooling<Tuple<1>, Mean>;
/// The mean of each channel of images: see [`GlobalPooling`].
pub type GlobalAveragePooling2D = GlobalPooling<Tuple<2>, Mean>;
/// The mean of each channel of volumes: see [`GlobalPooling`].
pub type GlobalAveragePooling3D = GlobalPooling<Tuple<3>, Mean>;

impl<T: Lengths, K: Kind> Default for GlobalPooling<T, K> {
    fn default() -> Self {
        GlobalPooling {
            base: Base::default(),
            data_format: "channels_last".into(),
            keepdims: false,
            kind: PhantomData,
        }
    }
}

impl<T: Lengths, K: Kind> GlobalPooling<T, K> {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// Whether the spatial axes stay with length 1.
        keepdims: bool;
    }

    /// Keras looks at the mask for the mean along one axis only.
    const MASKED: bool = T::AXES == 1 && !K::MAX;
}

impl<T: Lengths, K: Kind> Layer for GlobalPooling<T, K>
where
    GlobalPooling<T, K>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_rank(cx, &inputs[0], T::AXES)
    }

    fn supports_masking(&self) -> bool {
        Self::MASKED
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let (x, axes) = (inputs[0], spatial_axes(&self.data_format, T::AXES));
        // The steps are gone, and their mask with them.
        cx.set_masks([None]);
        if K::MAX {
            return Ok(x.max(&axes, self.keepdims).into());
        }
        let Some(mask) = cx.mask(0).filter(|_| Self::MASKED) else {
            return Ok(x.mean(&axes, self.keepdims).into());
        };
        let mask = mask.expand_dims(if axes == [1] { 2 } else { 1 });
        let sum = |x: Var<'g>| x.sum(&axes, self.keepdims);
        Ok((sum(mask.select(x, 0.0)) / sum(mask.cast(x.dtype()))).into())
    }
}
