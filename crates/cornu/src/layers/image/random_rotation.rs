//! `RandomRotation`: images turned.

use super::factor::Factor;
use super::frame::in_training;
use super::sampling::Sampling;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::context::cosine_of_turns;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Turns each image `(batch, rows, columns, channels)` around its middle by an angle drawn for it, in training. The
/// factor counts full turns: 0.1 is up to 36 degrees in both directions.
///
/// What comes in from outside follows from `fill_mode`: `"reflect"` (`d c b a | a b c d | d c b a`), `"wrap"`
/// (`a b c d | a b c d | a b c d`), `"nearest"` (`a a a a | a b c d | d d d d`) or `"constant"`, which is `fill_value`.
/// Between pixels, `interpolation` is `"bilinear"` or `"nearest"`.
/// The gradient is the true one; TensorFlow's, which turns it back, is not quite.
///
/// # Errors
/// When the model is built: a factor outside of -1 to 1, unknown words, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomRotation}};
/// let turned = RandomRotation::new(0.1).fill_mode("constant").seed(7);
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(turned);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomRotation {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: Factor,
    fill_mode: String,
    fill_value: f64,
    interpolation: String,
    seed: Option<u64>,
}

/// The least and the largest part of a full turn.
const BOUNDS: [f64; 2] = [-1.0, 1.0];

impl Default for RandomRotation {
    fn default() -> Self {
        RandomRotation {
            base: Base::default(),
            data_format: "channels_last".into(),
            factor: Factor::Range([0.0; 2]),
            fill_mode: "reflect".into(),
            fill_value: 0.0,
            interpolation: "bilinear".into(),
            seed: None,
        }
    }
}

impl RandomRotation {
    /// A layer that turns by this part of a full turn in both directions, or between two.
    pub fn new(factor: impl Into<Factor>) -> Self {
        RandomRotation { factor: factor.into().settled(BOUNDS), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// What lies beyond the edges; `"reflect"` by default.
        fill_mode: into String;
        /// How values between pixels follow from those around; `"bilinear"` by default.
        interpolation: into String;
        /// A seed for this layer alone; without it the angles follow from the model's seed and the layer's name.
        seed: some u64;
        /// What lies beyond the edges where `fill_mode` is `"constant"`.
        fill_value: f64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    fn sampling(&self) -> Sampling<'_> {
        let RandomRotation { fill_mode, fill_value, interpolation, .. } = self;
        Sampling { fill_mode, fill_value: *fill_value, interpolation }
    }
}

impl Layer for RandomRotation {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.factor.check("factor", BOUNDS)?;
        self.sampling().check()?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let turns = dice.each("angle", self.factor.ends(BOUNDS[0]))?;
            let part = |turns: Var<'g>| cosine_of_turns(turns - turns.floor());
            let (cosine, sine) = (part(turns), part(turns - 0.25));
            Some(self.sampling().moved(x, |from_middle| {
                let [down, right] = from_middle;
                [right * sine + down * cosine, right * cosine - down * sine]
            }))
        })
    }
}
