//! `RandomGrayscale`: images without colours.

use super::color::grey;
use super::frame::in_training;
use super::random_color::check_channels;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Result, Shape};

/// Makes a part `factor` of images `(batch, rows, columns, 3)` grey, in training; they keep three channels.
///
/// As in Keras, the seed is not part of the config.
///
/// # Errors
/// When the model is built: a factor outside of 0 to 1, an input of another number of axes, channels other than 1 or 3.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomGrayscale}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(RandomGrayscale::new(0.2));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomGrayscale {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: f64,
    #[fields(skip)]
    seed: Option<u64>,
}

impl Default for RandomGrayscale {
    fn default() -> Self {
        RandomGrayscale::new(0.5)
    }
}

impl RandomGrayscale {
    /// A layer that makes this part of images grey.
    pub fn new(factor: f64) -> Self {
        RandomGrayscale { base: Base::default(), data_format: "channels_last".into(), factor, seed: None }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// A seed for this layer alone; without it the choice follows from the model's seed and the layer's name.
        seed: some u64;
    }
}

impl Layer for RandomGrayscale {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.factor) {
            return Err(format!("expects a factor between 0 and 1, got {}", self.factor));
        }
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_channels(cx, &inputs[0], &self.data_format, &[1, 3])
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            Some(dice.each("threshold", [0.0, 1.0])?.less(self.factor).select(grey(x), x))
        })
    }
}
