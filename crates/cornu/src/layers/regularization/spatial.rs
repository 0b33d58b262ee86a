//! What spatial dropouts of one, two and three dimensions share.

use serde::{Deserialize, Serialize};

use super::drop::{check_rate, drop};
use crate::graph::Var;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call};
use crate::{Result, Shape};

/// Keras' config of the layers, which is not that of others: no `trainable`, and the dtype as a word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) rate: f64,
    pub(super) seed: Option<u64>,
    pub(super) name: Option<String>,
    pub(super) dtype: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data_format: Option<String>,
}

impl Default for Written {
    fn default() -> Self {
        Written { rate: 0.0, seed: None, name: None, dtype: "float32".into(), data_format: None }
    }
}

/// The arguments of one of the layers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spatial {
    pub(super) base: Base,
    pub(super) written: Written,
}

impl From<Written> for Spatial {
    fn from(mut written: Written) -> Self {
        Spatial { base: Base { name: written.name.take(), ..Base::default() }, written }
    }
}

impl From<Spatial> for Written {
    fn from(spatial: Spatial) -> Self {
        Written { name: spatial.base.name, ..spatial.written }
    }
}

impl Spatial {
    pub(super) fn check(&self) -> Result<(), String> {
        check_rate("rate", self.written.rate)?;
        self.written.data_format.as_deref().map_or(Ok(()), check_data_format)
    }

    /// Drops whole channels of an input with so many spatial axes.
    pub(super) fn call<'g>(&self, cx: &Call<'_, 'g>, x: Var<'g>, spatial: usize) -> Result<Var<'g>> {
        cx.expect_rank(x, spatial + 2)?;
        let first = self.written.data_format.as_deref() == Some("channels_first");
        let channels = if first { 1 } else { spatial + 1 };
        let dims = x.shape();
        let kept = |(axis, dim): (usize, &_)| if axis == 0 || axis == channels { *dim } else { Some(1) };
        let mask: Shape = dims.dims().iter().enumerate().map(kept).collect();
        Ok(drop(cx, x, self.written.rate, self.written.seed, mask))
    }
}

/// One of the layers, over so many spatial axes.
macro_rules! spatial_dropout {
    ($(#[$doc:meta])* $name:ident, $spatial:literal, data_format: $format:expr $(, $setter:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "super::spatial::Written", into = "super::spatial::Written")]
        pub struct $name(super::spatial::Spatial);

        impl From<super::spatial::Written> for $name {
            fn from(mut written: super::spatial::Written) -> Self {
                let format: Option<&str> = $format;
                written.data_format = written.data_format.or_else(|| format.map(Into::into));
                $name(written.into())
            }
        }

        impl From<$name> for super::spatial::Written {
            fn from(layer: $name) -> Self {
                layer.0.into()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                super::spatial::Written::default().into()
            }
        }

        impl $name {
            /// A layer that drops this part of the channels.
            pub fn new(rate: f64) -> Self {
                super::spatial::Written { rate, ..Default::default() }.into()
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
                self.0.written.seed = Some(seed);
                self
            }

            $(
                /// `"channels_last"` or `"channels_first"`.
                #[must_use]
                pub fn $setter(mut self, data_format: impl Into<String>) -> Self {
                    self.0.written.data_format = Some(data_format.into());
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
