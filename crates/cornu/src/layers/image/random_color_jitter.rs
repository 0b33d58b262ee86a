//! `RandomColorJitter`: brightness, contrast, saturation and hue changed one after another.

use super::dice::Dice;
use super::factor::{Factor, ascending};
use super::frame::in_training;
use super::random_brightness::Brightness;
use super::random_color::{Adjustment, check_channels};
use super::random_contrast::Contrast;
use super::random_hue::Hue;
use super::random_saturation::Saturation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Result, Shape};

/// Changes the colours of images `(batch, rows, columns, channels)` as
/// [`RandomBrightness`](crate::layers::RandomBrightness), [`RandomContrast`](crate::layers::RandomContrast),
/// [`RandomSaturation`](crate::layers::RandomSaturation) and [`RandomHue`](crate::layers::RandomHue) do, one after
/// another, those that have a factor, in training.
///
/// With `data_format="channels_first"` all of them know where the channels are; Keras forgets to tell them.
///
/// # Errors
/// When the model is built: factors outside of the bounds of these layers, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomColorJitter}};
/// let jitter = RandomColorJitter::new().brightness_factor(0.1).contrast_factor(0.2).value_range([0.0, 1.0]);
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(jitter);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomColorJitter {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    value_range: [f64; 2],
    brightness_factor: Option<Factor>,
    contrast_factor: Option<Factor>,
    saturation_factor: Option<Factor>,
    hue_factor: Option<Factor>,
    seed: Option<u64>,
}

impl Default for RandomColorJitter {
    fn default() -> Self {
        RandomColorJitter {
            base: Base::default(),
            data_format: "channels_last".into(),
            value_range: [0.0, 255.0],
            brightness_factor: None,
            contrast_factor: None,
            saturation_factor: None,
            hue_factor: None,
            seed: None,
        }
    }
}

impl RandomColorJitter {
    /// A layer that changes nothing until it is given factors.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The least and the largest value of images; 0 and 255 by default.
        value_range: into [f64; 2];
        /// The factor of `RandomBrightness`, -1 to 1.
        brightness_factor: some into Factor;
        /// The factor of `RandomContrast`, 0 to 1.
        contrast_factor: some into Factor;
        /// The factor of `RandomSaturation`, -1 to 1.
        saturation_factor: some into Factor;
        /// The factor of `RandomHue`, 0 to 1.
        hue_factor: some into Factor;
        /// A seed for this layer alone; without it the factors follow from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The images adjusted, if there is a factor for it.
    fn adjusted<'g, K: Adjustment>(
        &self,
        x: Var<'g>,
        dice: Dice<'_, '_, 'g>,
        factor: Option<Factor>,
    ) -> Option<Var<'g>> {
        let Some(factor) = factor else { return Some(x) };
        let values = if K::ASCENDING { ascending(self.value_range) } else { self.value_range };
        K::adjust(x, dice, factor.ends(K::BOUNDS[0]), values)
    }
}

impl Layer for RandomColorJitter {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let factors = [
            ("brightness_factor", self.brightness_factor, Brightness::BOUNDS),
            ("contrast_factor", self.contrast_factor, Contrast::BOUNDS),
            ("saturation_factor", self.saturation_factor, Saturation::BOUNDS),
            ("hue_factor", self.hue_factor, Hue::BOUNDS),
        ];
        for (name, factor, bounds) in factors {
            factor.map_or(Ok(()), |factor| factor.check(name, bounds))?;
        }
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let colored = self.saturation_factor.is_some() || self.hue_factor.is_some();
        check_channels(cx, &inputs[0], &self.data_format, if colored { Hue::CHANNELS } else { &[] })
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let x = self.adjusted::<Brightness>(x, dice.of_part("brightness "), self.brightness_factor)?;
            let x = self.adjusted::<Contrast>(x, dice.of_part("contrast "), self.contrast_factor)?;
            let x = self.adjusted::<Saturation>(x, dice.of_part("saturation "), self.saturation_factor)?;
            self.adjusted::<Hue>(x, dice.of_part("hue "), self.hue_factor)
        })
    }
}
