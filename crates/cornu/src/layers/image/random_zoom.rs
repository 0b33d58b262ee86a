//! `RandomZoom`: images seen from nearer or farther away.

use super::factor::Factor;
use super::frame::in_training;
use super::sampling::Sampling;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Zooms each image `(batch, rows, columns, channels)` around its middle by factors drawn for it, in training: 0.2 is
/// 20% farther away, -0.2 is 20% nearer. Without a `width_factor` the proportions stay.
///
/// What comes in from outside follows from `fill_mode`, what lies between pixels from `interpolation`, as for
/// [`RandomRotation`](crate::layers::RandomRotation).
///
/// # Errors
/// When the model is built: factors that are not above -1 and at most 1, unknown words, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomZoom}};
/// let zoom = RandomZoom::new((-0.3, -0.1)).width_factor(0.2);
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(zoom);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomZoom {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    height_factor: Factor,
    width_factor: Option<Factor>,
    fill_mode: String,
    interpolation: String,
    seed: Option<u64>,
    fill_value: f64,
}

impl Default for RandomZoom {
    fn default() -> Self {
        RandomZoom {
            base: Base::default(),
            data_format: "channels_last".into(),
            height_factor: 0.0.into(),
            width_factor: None,
            fill_mode: "reflect".into(),
            interpolation: "bilinear".into(),
            seed: None,
            fill_value: 0.0,
        }
    }
}

impl RandomZoom {
    /// A layer that zooms vertically, and horizontally the same, by this part in both directions, or between two.
    pub fn new(height_factor: impl Into<Factor>) -> Self {
        RandomZoom { height_factor: height_factor.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// The horizontal zoom, where it is not the vertical one.
        width_factor: some into Factor;
        /// What lies beyond the edges; `"reflect"` by default.
        fill_mode: into String;
        /// How values between pixels follow from those around; `"bilinear"` by default.
        interpolation: into String;
        /// A seed for this layer alone; without it the zooms follow from the model's seed and the layer's name.
        seed: some u64;
        /// What lies beyond the edges where `fill_mode` is `"constant"`.
        fill_value: f64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    fn sampling(&self) -> Sampling<'_> {
        let RandomZoom { fill_mode, fill_value, interpolation, .. } = self;
        Sampling { fill_mode, fill_value: *fill_value, interpolation }
    }
}

impl Layer for RandomZoom {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let check = |name: &str, factor: Factor| {
            factor.check_each(name, [-1.0, 1.0], |factor| factor > -1.0 && factor <= 1.0)
        };
        check("height_factor", self.height_factor)?;
        self.width_factor.map_or(Ok(()), |factor| check("width_factor", factor))?;
        self.sampling().check()?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let zoom = |tag: &str, factor: Factor| dice.each(tag, factor.ends(-1.0).map(|end| 1.0 + end));
            let height = zoom("height", self.height_factor)?;
            let width = match self.width_factor {
                Some(factor) => zoom("width", factor)?,
                None => height,
            };
            Some(self.sampling().moved(x, |[down, right]| [down * height, right * width]))
        })
    }
}
