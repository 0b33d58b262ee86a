//! `AutoContrast`: the values of each channel stretched over the whole range.

use super::color::to_range;
use super::factor::ascending;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// Stretches the values of each channel of each image `(batch, rows, columns, channels)` so that the smallest becomes
/// the lower end of `value_range` and the largest the upper one, in training and outside of it. Channels of one value
/// stay.
///
/// As in Keras, `data_format` changes nothing: the smallest and the largest are those over axes 1 and 2.
///
/// # Errors
/// When the model is built: an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/>.
///
/// ```
/// use cornu::{Sequential, layers::{AutoContrast, Input}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(AutoContrast::new().value_range([0.0, 1.0]));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct AutoContrast {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    value_range: [f64; 2],
}

/// The values images have in between.
const BYTE: [f64; 2] = [0.0, 255.0];

impl Default for AutoContrast {
    fn default() -> Self {
        AutoContrast { base: Base::default(), data_format: "channels_last".into(), value_range: BYTE }
    }
}

impl AutoContrast {
    /// A layer for values of 0 to 255.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The least and the largest value of images; 0 and 255 by default.
    #[must_use]
    pub fn value_range(mut self, value_range: impl Into<[f64; 2]>) -> Self {
        self.value_range = ascending(value_range.into());
        self
    }
}

impl Layer for AutoContrast {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], 4)?;
        let x = inputs[0].cast(DType::F32);
        let values = ascending(self.value_range);
        let byte = to_range(x, values, BYTE);
        let (low, high) = (byte.min(&[1, 2], true), byte.max(&[1, 2], true));
        let flat = high.equal(low);
        let scale = BYTE[1] / flat.select(high.ones_like(), high - low);
        let stretched = (byte * scale - low * scale).clip(BYTE[0], BYTE[1]);
        Ok(flat.select(x, to_range(stretched, BYTE, values)).into())
    }
}
