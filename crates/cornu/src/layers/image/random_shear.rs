//! `RandomShear`: images made slanting.

use super::factor::Factor;
use super::frame::{in_training, size_of};
use super::sampling::Sampling;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Shears each image `(batch, rows, columns, channels)` by factors drawn for it, in training: the pixel `(x, y)` is
/// `(x + x_factor * y, y + y_factor * x)` of the input, or the same with both signs turned, half of the time.
///
/// What comes in from outside follows from `fill_mode`, what lies between pixels from `interpolation`, as for
/// [`RandomRotation`](crate::layers::RandomRotation).
///
/// # Errors
/// When the model is built: factors outside of 0 to 1, unknown words, an input of another number of axes. The config of
/// a layer made with one number has it with both signs, and may; Keras refuses the config that it wrote.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomShear}};
/// let shear = RandomShear::new(0.2, (0.0, 0.1));
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(shear);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomShear {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    x_factor: Factor,
    y_factor: Factor,
    fill_mode: String,
    interpolation: String,
    seed: Option<u64>,
    fill_value: f64,
}

impl Default for RandomShear {
    fn default() -> Self {
        RandomShear {
            base: Base::default(),
            data_format: "channels_last".into(),
            x_factor: Factor::Range([0.0; 2]),
            y_factor: Factor::Range([0.0; 2]),
            fill_mode: "reflect".into(),
            interpolation: "bilinear".into(),
            seed: None,
            fill_value: 0.0,
        }
    }
}

/// Both numbers in 0 to 1, or one of them with both signs.
fn check(name: &str, factor: Factor) -> Result<(), String> {
    match factor {
        Factor::Range([low, high]) if low == -high && (0.0..=1.0).contains(&high) => Ok(()),
        _ => factor.check_each(name, [0.0, 1.0], |factor| (0.0..=1.0).contains(&factor)),
    }
}

/// The factor as Keras keeps it, with both ends, unless it is to be refused.
fn settled(factor: Factor) -> Factor {
    if check("", factor).is_ok() { Factor::Range(factor.ends(-1.0)) } else { factor }
}

impl RandomShear {
    /// A layer that shears horizontally and vertically by these factors, or between two.
    pub fn new(x_factor: impl Into<Factor>, y_factor: impl Into<Factor>) -> Self {
        RandomShear {
            x_factor: settled(x_factor.into()),
            y_factor: settled(y_factor.into()),
            ..Self::default()
        }
    }

    layer_base!(setters);

    crate::setters! {
        /// How values between pixels follow from those around; `"bilinear"` by default.
        interpolation: into String;
        /// What lies beyond the edges; `"reflect"` by default.
        fill_mode: into String;
        /// What lies beyond the edges where `fill_mode` is `"constant"`.
        fill_value: f64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// A seed for this layer alone; without it the factors follow from the model's seed and the layer's name.
        seed: some u64;
    }

    fn sampling(&self) -> Sampling<'_> {
        let RandomShear { fill_mode, fill_value, interpolation, .. } = self;
        Sampling { fill_mode, fill_value: *fill_value, interpolation }
    }
}

impl Layer for RandomShear {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check("x_factor", self.x_factor)?;
        check("y_factor", self.y_factor)?;
        self.sampling().check()?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let sign = dice.sign("sign")?;
            let vertical = dice.each("y", self.y_factor.ends(-1.0))? * sign;
            let horizontal = dice.each("x", self.x_factor.ends(-1.0))? * sign;
            // Places count from the middle, Keras' shear from the first pixel.
            let [above, left] = size_of(x)?.map(|length| (length as f64 - 1.0) / 2.0);
            Some(self.sampling().moved(x, |[down, right]| {
                [down + (right + left) * vertical, right + (down + above) * horizontal]
            }))
        })
    }
}
