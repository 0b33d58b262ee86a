//! `UpSampling2D`: larger images.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::{Kernel, repeat, resize};
use crate::layers::spatial::{
    Lengths, Tuple, channels_last, check_data_format, check_positive, check_word, lower_case, restored,
};
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Makes images `(batch, rows, columns, channels)` `size` times as large: by repeating pixels (`"nearest"`), or by
/// interpolation, `"bilinear"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling2d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, UpSampling2D}};
/// let larger = UpSampling2D::new((2, 3)).interpolation("bilinear");
/// let model = Sequential::new().add(Input::new([4, 4, 3])).add(larger);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 8, 12, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct UpSampling2D {
    #[fields(flatten)]
    base: Base,
    size: Tuple<2>,
    data_format: String,
    #[fields(read = lower_case)]
    interpolation: String,
}

impl Default for UpSampling2D {
    fn default() -> Self {
        UpSampling2D {
            base: Base::default(),
            size: 2.into(),
            data_format: "channels_last".into(),
            interpolation: "nearest".into(),
        }
    }
}

impl UpSampling2D {
    /// A layer that makes images so many times as large, in both directions or in each.
    pub fn new(size: impl Into<Tuple<2>>) -> Self {
        UpSampling2D { size: size.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// How new pixels follow from old ones; `"nearest"` by default.
        interpolation: into String;
    }
}

impl Layer for UpSampling2D {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_positive("size", self.size.as_slice())?;
        check_data_format(&self.data_format)?;
        let known = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"];
        check_word("interpolation", &self.interpolation, &known)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], 4)?;
        let x = channels_last(inputs[0], &self.data_format);
        let y = match Kernel::named(&self.interpolation) {
            None => self.size.as_slice().iter().zip(1..).fold(x, |x, (times, axis)| repeat(x, axis, *times)),
            Some(kernel) => {
                let lengths = x.shape().dims()[1..3].to_vec();
                let size =
                    lengths.iter().zip(self.size.as_slice()).map(|(length, times)| Some((*length)? * times));
                resize(x, size, kernel, false)
            }
        };
        Ok(restored(y, &self.data_format).into())
    }
}
