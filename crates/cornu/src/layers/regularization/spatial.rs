//! What spatial dropouts of one, two and three dimensions share.

use super::drop::{check_rate, drop};
use crate::graph::Var;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call};
use crate::registry::Fields;
use crate::{Result, Shape};

/// The arguments of the three layers; Keras' config says nothing of `trainable`.
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(
    start = Spatial::new(0.0, None),
    order(rate, seed, base.name, dtype: base.dtype.0, data_format),
)]
pub(super) struct Spatial {
    pub(super) base: Base,
    rate: f64,
    pub(super) seed: Option<u64>,
    #[fields(omit_if = Option::is_none)]
    pub(super) data_format: Option<String>,
}

impl Spatial {
    pub(super) fn new(rate: f64, data_format: Option<&str>) -> Self {
        Spatial { base: Base::default(), rate, seed: None, data_format: data_format.map(Into::into) }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        check_rate("rate", self.rate)?;
        self.data_format.as_deref().map_or(Ok(()), check_data_format)
    }

    /// Drops whole channels of an input with so many spatial axes.
    pub(super) fn call<'g>(&self, cx: &Call<'_, 'g>, x: Var<'g>, spatial: usize) -> Result<Var<'g>> {
        cx.expect_rank(x, spatial + 2)?;
        let first = self.data_format.as_deref() == Some("channels_first");
        let channels = if first { 1 } else { spatial + 1 };
        let dims = x.shape();
        let kept = |(axis, dim): (usize, &_)| if axis == 0 || axis == channels { *dim } else { Some(1) };
        let mask: Shape = dims.dims().iter().enumerate().map(kept).collect();
        Ok(drop(cx, x, self.rate, self.seed, mask))
    }
}

/// One of the layers, over so many spatial axes.
macro_rules! spatial_dropout {
    ($(#[$doc:meta])* $name:ident, $spatial:literal, data_format: $format:expr $(, $setter:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, $crate::registry::Fields)]
        #[fields(start = $name::new(0.0))]
        pub struct $name(#[fields(flatten)] super::spatial::Spatial);

        impl $name {
            /// A layer that drops this part of the channels.
            pub fn new(rate: f64) -> Self {
                $name(super::spatial::Spatial::new(rate, $format))
            }

            /// The layer's name, which must be the only one of its kind in a model.
            #[must_use]
            pub fn name(mut self, name: impl Into<String>) -> Self {
                self.0.base.name = Some(name.into());
                self
            }

            /// A seed for this layer alone; without it the masks follow from the model's seed and the layer's name.
            #[must_use]
            pub fn seed(mut self, seed: u64) -> Self {
                self.0.seed = Some(seed);
                self
            }

            $(
                /// `"channels_last"` or `"channels_first"`.
                #[must_use]
                pub fn $setter(mut self, data_format: impl Into<String>) -> Self {
                    self.0.data_format = Some(data_format.into());
                    self
                }
            )?
        }

        impl $crate::layers::Layer for $name {
            fn base(&self) -> &$crate::layers::Base {
                &self.0.base
            }

            fn base_mut(&mut self) -> &mut $crate::layers::Base {
                &mut self.0.base
            }

            fn boxed(&self) -> Box<dyn $crate::layers::Layer> {
                Box::new(self.clone())
            }

            fn check_arguments(&self) -> $crate::Result<(), String> {
                self.0.check()
            }

            fn supports_masking(&self) -> bool {
                true
            }

            fn call<'g>(
                &self,
                cx: &mut $crate::layers::Call<'_, 'g>,
                inputs: &[$crate::graph::Var<'g>],
            ) -> $crate::Result<$crate::layers::Outputs<'g>> {
                Ok(self.0.call(cx, inputs[0], $spatial)?.into())
            }
        }
    };
}
pub(super) use spatial_dropout;
