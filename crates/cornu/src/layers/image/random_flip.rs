//! `RandomFlip`: images mirrored.

use super::frame::in_training;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::{check_data_format, check_word};
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Mirrors each image `(batch, rows, columns, channels)` or leaves it, half of the time each, in training: `mode` is
/// `"horizontal"` (left and right), `"vertical"` (top and bottom) or `"horizontal_and_vertical"`, which in Keras is
/// both at once or neither.
///
/// # Errors
/// When the model is built: an unknown mode, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomFlip}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(RandomFlip::new("horizontal"));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomFlip {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    seed: Option<u64>,
    mode: String,
}

impl Default for RandomFlip {
    fn default() -> Self {
        RandomFlip::new("horizontal_and_vertical")
    }
}

impl RandomFlip {
    /// A layer that mirrors in these directions.
    pub fn new(mode: impl Into<String>) -> Self {
        RandomFlip {
            base: Base::default(),
            data_format: "channels_last".into(),
            seed: None,
            mode: mode.into(),
        }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the choice follows from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

impl Layer for RandomFlip {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_word("mode", &self.mode, &["horizontal", "vertical", "horizontal_and_vertical"])?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let flips = dice.each("flips", [0.0, 1.0])?.less_equal(0.5);
            let y = if self.mode == "vertical" { x } else { x.reverse(2) };
            let y = if self.mode == "horizontal" { y } else { y.reverse(1) };
            Some(flips.select(y, x))
        })
    }
}
