//! `MaxPooling1D` to `AveragePooling3D`: the largest or the mean of windows that move over the input.

use std::marker::PhantomData;

use super::{Kind, Largest, Mean};
use crate::graph::{Pool, PoolAxis, PoolKind, Var};
use crate::layers::base::layer_base;
use crate::layers::spatial::{
    Lengths, Tuple, channels_last, check_data_format, check_fits, check_positive, check_rank, check_word,
    padding, restored, spatial_axes,
};
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Configured, Fields, Given};
use crate::{Result, Shape};

/// The largest or the mean of each window of `pool_size` over 1 to 3 spatial axes; see [`MaxPooling1D`],
/// [`MaxPooling2D`], [`MaxPooling3D`], [`AveragePooling1D`], [`AveragePooling2D`], [`AveragePooling3D`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, new spatial…, channels)`; with
/// `data_format="channels_first"` the channels follow the batch. A spatial axis of length `n` becomes
/// `floor((n - size) / stride) + 1` with padding `"valid"` and `ceil(n / stride)` with `"same"`, where windows at the
/// border see fewer elements. Of several equal largest elements the first gets the gradient.
///
/// # Errors
/// When the model is built: a pool larger than its input, an input of another number of axes.
///
/// Sources: <https://keras.io/api/layers/pooling_layers/max_pooling2d/>,
/// <https://keras.io/api/layers/pooling_layers/average_pooling2d/>.
///
/// ```
/// use cornu::layers::{AveragePooling1D, MaxPooling2D};
/// let halved = MaxPooling2D::new(2);
/// let smoothed = AveragePooling1D::new(3).strides(1).padding("same");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths, K: Kind), start = Pooling { strides: None, ..Self::default() }, settle = Self::settle)]
pub struct Pooling<T, K> {
    #[fields(flatten)]
    base: Base,
    pool_size: T,
    padding: String,
    strides: Option<T>,
    data_format: String,
    #[fields(skip)]
    kind: PhantomData<K>,
}

/// The largest of each window along one axis: see [`Pooling`].
pub type MaxPooling1D = Pooling<Tuple<1>, Largest>;
/// The largest of each window of images: see [`Pooling`].
pub type MaxPooling2D = Pooling<Tuple<2>, Largest>;
/// The largest of each window of volumes: see [`Pooling`].
pub type MaxPooling3D = Pooling<Tuple<3>, Largest>;
/// The mean of each window along one axis: see [`Pooling`].
pub type AveragePooling1D = Pooling<Tuple<1>, Mean>;
/// The mean of each window of images: see [`Pooling`].
pub type AveragePooling2D = Pooling<Tuple<2>, Mean>;
/// The mean of each window of volumes: see [`Pooling`].
pub type AveragePooling3D = Pooling<Tuple<3>, Mean>;

impl<T: Lengths, K: Kind> Default for Pooling<T, K> {
    fn default() -> Self {
        Self::new(2)
    }
}

impl<T: Lengths, K: Kind> Pooling<T, K> {
    /// A pool of windows of this size, side by side.
    pub fn new(pool_size: impl Into<T>) -> Self {
        let pool_size = pool_size.into();
        Pooling {
            base: Base::default(),
            pool_size,
            padding: "valid".into(),
            strides: Some(pool_size),
            data_format: "channels_last".into(),
            kind: PhantomData,
        }
    }

    /// Strides that are left out are those of windows side by side.
    fn settle(&mut self, _: &mut Given<'_>) -> Result<(), String> {
        self.strides = Some(self.steps());
        Ok(())
    }

    fn steps(&self) -> T {
        self.strides.unwrap_or(self.pool_size)
    }

    layer_base!(setters);

    crate::setters! {
        /// Steps of the window; its size by default.
        strides: some into T;
        /// `"valid"` (the window stays inside) or `"same"` (it may reach beyond the border, where nothing counts).
        padding: into String;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl<T: Lengths, K: Kind> Layer for Pooling<T, K>
where
    Pooling<T, K>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_positive("pool_size", self.pool_size.as_slice())?;
        check_positive("strides", self.steps().as_slice())?;
        check_word("padding", &self.padding.to_lowercase(), &["valid", "same"])?;
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_rank(cx, &inputs[0], T::AXES)?;
        if self.padding.eq_ignore_ascii_case("valid") {
            for (axis, size) in
                spatial_axes(&self.data_format, T::AXES).into_iter().zip(self.pool_size.as_slice())
            {
                check_fits(cx, &inputs[0], axis, "pool", *size)?;
            }
        }
        Ok(())
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let padding = padding(&self.padding);
        let axis = |(&size, &stride)| PoolAxis::Sliding { size, stride, padding };
        let axes = self.pool_size.as_slice().iter().zip(self.steps().as_slice()).map(axis).collect();
        Ok(pooled(inputs[0], K::MAX, axes, &self.data_format).into())
    }
}

/// The largest or the mean of each window.
pub(super) fn pooled<'g>(x: Var<'g>, max: bool, axes: Vec<PoolAxis>, data_format: &str) -> Var<'g> {
    let kind = if max { PoolKind::Max } else { PoolKind::Average };
    restored(channels_last(x, data_format).pool(Pool { kind, axes }), data_format)
}
