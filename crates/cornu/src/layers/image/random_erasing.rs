//! `RandomErasing`: a rectangle of images painted over.

use super::dice::Dice;
use super::factor::Factor;
use super::frame::{column_numbers, in_training, row_numbers, size_of};
use super::random_color::check_channels;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Fields, either};
use crate::{DType, Result, Shape, Tensor};

/// Paints over a rectangle of images `(batch, rows, columns, channels)`, in training: with a probability that is itself
/// drawn for each image, from 0 to `factor` or between two. Its sides are the square roots of parts of `scale`, drawn
/// apart, of those of the image, and its place is anywhere in it. It is filled with `fill_value`, one number or one for
/// each of three channels, or else with normally distributed noise times the largest value; both are limited to
/// `value_range`.
///
/// # Errors
/// When the model is built: a factor or scale outside of 0 to 1, an input of another number of axes, a fill value of three
/// channels for images of another number of them.
///
/// Source: Zhong et al. 2017; <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_erasing/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomErasing}};
/// let erasing = RandomErasing::new((0.5, 0.5)).scale((0.1, 0.3)).fill_value([124.0, 117.0, 104.0]);
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(erasing);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomErasing {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: Factor,
    scale: Factor,
    fill_value: Option<FillValue>,
    value_range: [f64; 2],
    seed: Option<u64>,
}

/// What an erased rectangle is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FillValue {
    /// One number.
    One(f64),
    /// A number for each of three channels.
    Color([f64; 3]),
}

either! { FillValue: "a number or three", One(f64) | Color([f64; 3]) }

impl From<f64> for FillValue {
    fn from(value: f64) -> Self {
        FillValue::One(value)
    }
}

impl From<[f64; 3]> for FillValue {
    fn from(color: [f64; 3]) -> Self {
        FillValue::Color(color)
    }
}

const BOUNDS: [f64; 2] = [0.0, 1.0];

impl Default for RandomErasing {
    fn default() -> Self {
        RandomErasing::new(1.0)
    }
}

impl RandomErasing {
    /// A layer that erases with a probability of up to this, or between two.
    pub fn new(factor: impl Into<Factor>) -> Self {
        RandomErasing {
            base: Base::default(),
            data_format: "channels_last".into(),
            factor: factor.into().settled(BOUNDS),
            scale: Factor::Range([0.02, 0.33]),
            fill_value: None,
            value_range: [0.0, 255.0],
            seed: None,
        }
    }

    layer_base!(setters);

    crate::setters! {
        /// What the rectangle is filled with; noise by default.
        fill_value: some into FillValue;
        /// The least and the largest value of images; 0 and 255 by default.
        value_range: into [f64; 2];
        /// A seed for this layer alone; without it the rectangles follow from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The parts of an image that a rectangle may be; 0.02 to 0.33 by default.
    #[must_use]
    pub fn scale(mut self, scale: impl Into<Factor>) -> Self {
        self.scale = scale.into().settled(BOUNDS);
        self
    }

    fn fill<'g>(&self, x: Var<'g>, dice: &Dice<'_, '_, 'g>) -> Option<Var<'g>> {
        let [low, high] = self.value_range;
        let fill = match self.fill_value {
            Some(FillValue::One(value)) => x.constant(value),
            Some(FillValue::Color(color)) => {
                x.builder().constant(Tensor::from(color.map(|part| part as f32)))
            }
            None => dice.normal("noise", x.shape().dims().to_vec())? * high,
        };
        Some(fill.clip(low, high))
    }
}

impl Layer for RandomErasing {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.factor.check("factor", BOUNDS)?;
        self.scale.check("scale", BOUNDS)?;
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let colored = matches!(self.fill_value, Some(FillValue::Color(_)));
        check_channels(cx, &inputs[0], &self.data_format, if colored { &[3] } else { &[] })
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let [rows, columns] = size_of(x)?;
            let sides = dice
                .between("scale", self.scale.ends(BOUNDS[0]), vec![x.shape()[0], Some(1), Some(1), Some(2)])?
                .sqrt();
            let covered = |tag: &str, side: usize, numbers: Var<'g>, length: usize| {
                let side = sides.slice(3, side, side + 1) * length as f64;
                let start = dice.each(tag, BOUNDS)? * (length as f64 - side);
                let at = numbers.cast(DType::F32);
                Some(at.greater_equal(start).logical_and(at.less(start + side)))
            };
            let across = covered("column", 0, column_numbers(x.builder(), columns), columns)?;
            let down = covered("row", 1, row_numbers(x.builder(), rows), rows)?;
            let erased = dice.happens(self.factor.ends(BOUNDS[0]))?.logical_and(across.logical_and(down));
            Some(erased.select(self.fill(x, &dice)?, x))
        })
    }
}
