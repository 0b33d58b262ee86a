//! `RandomTranslation`: images moved.

use super::factor::Factor;
use super::frame::{in_training, size_of};
use super::sampling::Sampling;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Moves each image `(batch, rows, columns, channels)` by parts of its height and width drawn for it, in training: down
/// and to the right where they are positive.
///
/// What comes in from outside follows from `fill_mode`, what lies between pixels from `interpolation`, as for
/// [`RandomRotation`](crate::layers::RandomRotation).
///
/// # Errors
/// When the model is built: factors outside of -1 to 1, unknown words, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomTranslation}};
/// let moved = RandomTranslation::new(0.1, (-0.2, 0.3)).fill_mode("nearest");
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(moved);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomTranslation {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    height_factor: Factor,
    width_factor: Factor,
    fill_mode: String,
    interpolation: String,
    seed: Option<u64>,
    fill_value: f64,
}

impl Default for RandomTranslation {
    fn default() -> Self {
        RandomTranslation {
            base: Base::default(),
            data_format: "channels_last".into(),
            height_factor: 0.0.into(),
            width_factor: 0.0.into(),
            fill_mode: "reflect".into(),
            interpolation: "bilinear".into(),
            seed: None,
            fill_value: 0.0,
        }
    }
}

impl RandomTranslation {
    /// A layer that moves by these parts of the height and the width in both directions, or between two.
    pub fn new(height_factor: impl Into<Factor>, width_factor: impl Into<Factor>) -> Self {
        RandomTranslation {
            height_factor: height_factor.into(),
            width_factor: width_factor.into(),
            ..Self::default()
        }
    }

    layer_base!(setters);

    crate::setters! {
        /// What lies beyond the edges; `"reflect"` by default.
        fill_mode: into String;
        /// How values between pixels follow from those around; `"bilinear"` by default.
        interpolation: into String;
        /// A seed for this layer alone; without it the moves follow from the model's seed and the layer's name.
        seed: some u64;
        /// What lies beyond the edges where `fill_mode` is `"constant"`.
        fill_value: f64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    fn sampling(&self) -> Sampling<'_> {
        let RandomTranslation { fill_mode, fill_value, interpolation, .. } = self;
        Sampling { fill_mode, fill_value: *fill_value, interpolation }
    }
}

impl Layer for RandomTranslation {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let bounds = [-1.0, 1.0];
        let legal = |factor: f64| (bounds[0]..=bounds[1]).contains(&factor);
        self.height_factor.check_each("height_factor", bounds, legal)?;
        self.width_factor.check_each("width_factor", bounds, legal)?;
        self.sampling().check()?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let [rows, columns] = size_of(x)?;
            let height = dice.each("height", self.height_factor.ends(-1.0))? * rows as f64;
            let width = dice.each("width", self.width_factor.ends(-1.0))? * columns as f64;
            Some(self.sampling().moved(x, |[down, right]| [down - height, right - width]))
        })
    }
}
