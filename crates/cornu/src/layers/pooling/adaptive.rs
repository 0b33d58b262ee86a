//! `AdaptiveMaxPooling1D` to `AdaptiveAveragePooling3D`: the largest or the mean of as many windows as are wanted.

use std::marker::PhantomData;

use super::sliding::pooled;
use super::{Kind, Largest, Mean};
use crate::graph::{PoolAxis, Var};
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, check_data_format, check_positive, check_rank};
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Configured, Fields};
use crate::{Result, Shape};

/// The largest or the mean of `output_size` windows over 1 to 3 spatial axes that cover the input evenly; see
/// [`AdaptiveMaxPooling1D`], [`AdaptiveMaxPooling2D`], [`AdaptiveMaxPooling3D`], [`AdaptiveAveragePooling1D`],
/// [`AdaptiveAveragePooling2D`], [`AdaptiveAveragePooling3D`].
///
/// Input `(batch, spatial…, channels)` of any lengths, output `(batch, output_size…, channels)`; with
/// `data_format="channels_first"` the channels follow the batch. Window `i` of `m` over a length `n` is
/// `floor(i * n / m)..ceil((i + 1) * n / m)`.
///
/// # Errors
/// When the model is built: an output size of 0, an input of another number of axes.
///
/// Source: Keras 3.15, `keras.layers.AdaptiveAveragePooling2D` and its kin.
///
/// ```
/// use cornu::layers::AdaptiveAveragePooling2D;
/// let layer = AdaptiveAveragePooling2D::new((4, 4));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths, K: Kind))]
pub struct AdaptivePooling<T, K> {
    #[fields(flatten)]
    base: Base,
    output_size: T,
    data_format: String,
    #[fields(skip)]
    kind: PhantomData<K>,
}

/// The largest of evenly spread windows along one axis: see [`AdaptivePooling`].
pub type AdaptiveMaxPooling1D = AdaptivePooling<Tuple<1>, Largest>;
/// The largest of evenly spread windows of images: see [`AdaptivePooling`].
pub type AdaptiveMaxPooling2D = AdaptivePooling<Tuple<2>, Largest>;
/// The largest of evenly spread windows of volumes: see [`AdaptivePooling`].
pub type AdaptiveMaxPooling3D = AdaptivePooling<Tuple<3>, Largest>;
/// The mean of evenly spread windows along one axis: see [`AdaptivePooling`].
pub type AdaptiveAveragePooling1D = AdaptivePooling<Tuple<1>, Mean>;
/// The mean of evenly spread windows of images: see [`AdaptivePooling`].
pub type AdaptiveAveragePooling2D = AdaptivePooling<Tuple<2>, Mean>;
/// The mean of evenly spread windows of volumes: see [`AdaptivePooling`].
pub type AdaptiveAveragePooling3D = AdaptivePooling<Tuple<3>, Mean>;

impl<T: Lengths, K: Kind> Default for AdaptivePooling<T, K> {
    fn default() -> Self {
        AdaptivePooling {
            base: Base::default(),
            output_size: 0.into(),
            data_format: "channels_last".into(),
            kind: PhantomData,
        }
    }
}

impl<T: Lengths, K: Kind> AdaptivePooling<T, K> {
    /// A layer whose output has these spatial lengths.
    pub fn new(output_size: impl Into<T>) -> Self {
        AdaptivePooling { output_size: output_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl<T: Lengths, K: Kind> Layer for AdaptivePooling<T, K>
where
    AdaptivePooling<T, K>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_positive("output_size", self.output_size.as_slice())?;
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_rank(cx, &inputs[0], T::AXES)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let axes = self.output_size.as_slice().iter().copied().map(PoolAxis::Adaptive).collect();
        Ok(pooled(inputs[0], K::MAX, axes, &self.data_format).into())
    }
}
