//! `RandomPosterization`: colours with fewer bits.

use super::color::to_range;
use super::factor::ascending;
use super::frame::in_training;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::{Fields, either};

/// How many bits of colours are kept: from 1 to a number, or between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// From 1 to this number.
    UpTo(u8),
    /// From the smaller to the larger of two numbers, which is drawn only if it is both.
    Between([u8; 2]),
}

either! { Bits: "a number of bits or two, in 0..=255", UpTo(u8) | Between([u8; 2]) }

impl From<u8> for Bits {
    fn from(bits: u8) -> Self {
        Bits::UpTo(bits)
    }
}

impl From<(u8, u8)> for Bits {
    fn from((fewest, most): (u8, u8)) -> Self {
        Bits::Between([fewest, most])
    }
}

impl Bits {
    fn ends(self) -> [u8; 2] {
        match self {
            Bits::UpTo(bits) => [1, bits],
            Bits::Between([a, b]) => [a.min(b), a.max(b)],
        }
    }
}

/// The colours of a byte, which is what values become in between.
const BYTE: [f64; 2] = [0.0, 255.0];
const BITS: u8 = 8;

/// Keeps only the first bits of the 8 of each colour of images `(batch, rows, columns, channels)`, in training. How many
/// is drawn for each image: at least the smaller of two numbers and less than the larger, as in Keras, or always that
/// number where both are the same. One number is the larger one, and 1 the smaller.
///
/// # Errors
/// When the model is built: numbers of bits outside of 1 to 8, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_posterization/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomPosterization}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(RandomPosterization::new((3, 6)));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomPosterization {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: Bits,
    value_range: [f64; 2],
    seed: Option<u64>,
}

impl Default for RandomPosterization {
    fn default() -> Self {
        RandomPosterization {
            base: Base::default(),
            data_format: "channels_last".into(),
            factor: Bits::UpTo(0),
            value_range: BYTE,
            seed: None,
        }
    }
}

impl RandomPosterization {
    /// A layer that keeps so many bits.
    pub fn new(factor: impl Into<Bits>) -> Self {
        RandomPosterization { factor: Bits::Between(factor.into().ends()), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// A seed for this layer alone; without it the numbers follow from the model's seed and the layer's name.
        seed: some u64;
    }

    /// The least and the largest value of images; 0 and 255 by default.
    #[must_use]
    pub fn value_range(mut self, value_range: impl Into<[f64; 2]>) -> Self {
        self.value_range = ascending(value_range.into());
        self
    }
}

impl Layer for RandomPosterization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let [fewest, most] = self.factor.ends();
        if fewest == 0 || most < fewest || most > BITS {
            return Err(format!("expects a factor between 1 and {BITS}, or a pair of them, got {most}"));
        }
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let values = ascending(self.value_range);
            let [fewest, most] = self.factor.ends().map(f64::from);
            // Between a number and itself there is one number.
            let end = most.max(fewest + 1.0);
            let bits = dice.each("bits", [fewest, end])?.floor().minimum(end - 1.0);
            // A step of colours: 2 to the power of the bits that are lost.
            let step = x.constant(2.0).pow(f64::from(BITS) - bits);
            let byte = to_range(x, values, BYTE).clip(BYTE[0], BYTE[1]).floor();
            Some(to_range((byte / step).floor() * step, BYTE, values))
        })
    }
}
