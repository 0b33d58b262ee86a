//! `Solarization`: the negative of what is light in images.

use super::color::to_range;
use super::factor::{Factor, ascending};
use super::frame::in_training;
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Adds a number drawn for each image `(batch, rows, columns, channels)` and inverts all values that are then at least
/// a threshold drawn for it, in training. Factors of 0 to 1 are parts of the range of values: one is drawn from 0 to it,
/// two are the ends. As in Keras, the lower of two counts as a part of 1 in 255, not of the range.
///
/// # Errors
/// When the model is built: factors outside of 0 to 1, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Solarization}};
/// let solarization = Solarization::new().threshold_factor((0.5, 0.8)).value_range([0.0, 1.0]);
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(solarization);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Solarization {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    value_range: [f64; 2],
    addition_factor: Factor,
    threshold_factor: Factor,
    seed: Option<u64>,
}

/// The values images have in between.
const BYTE: [f64; 2] = [0.0, 255.0];
const BOUNDS: [f64; 2] = [0.0, 1.0];

impl Default for Solarization {
    fn default() -> Self {
        Solarization {
            base: Base::default(),
            data_format: "channels_last".into(),
            value_range: BYTE,
            addition_factor: Factor::Range([0.0; 2]),
            threshold_factor: Factor::Range([0.0; 2]),
            seed: None,
        }
    }
}

fn check(name: &str, factor: Factor) -> Result<(), String> {
    factor.check_each(name, BOUNDS, |factor| (BOUNDS[0]..=BOUNDS[1]).contains(&factor))
}

/// The factor as Keras keeps it, with both ends, unless it is to be refused.
fn settled(factor: Factor) -> Factor {
    if check("", factor).is_ok() { Factor::Range(factor.ends(BOUNDS[0])) } else { factor }
}

impl Solarization {
    /// A layer that adds nothing and inverts everything.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the numbers follow from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// What is added; nothing by default.
    #[must_use]
    pub fn addition_factor(mut self, factor: impl Into<Factor>) -> Self {
        self.addition_factor = settled(factor.into());
        self
    }

    /// Where inversion begins; at 0 by default.
    #[must_use]
    pub fn threshold_factor(mut self, factor: impl Into<Factor>) -> Self {
        self.threshold_factor = settled(factor.into());
        self
    }

    /// The least and the largest value of images; 0 and 255 by default.
    #[must_use]
    pub fn value_range(mut self, value_range: impl Into<[f64; 2]>) -> Self {
        self.value_range = ascending(value_range.into());
        self
    }
}

impl Layer for Solarization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check("addition_factor", self.addition_factor)?;
        check("threshold_factor", self.threshold_factor)?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let draw = |tag: &str, factor: Factor| {
                let [low, high] = factor.ends(BOUNDS[0]);
                dice.each(tag, [low, high * BYTE[1]])
            };
            let added = draw("addition", self.addition_factor)?;
            let threshold = draw("threshold", self.threshold_factor)?;
            let values = ascending(self.value_range);
            let lighter = (to_range(x, values, BYTE) + added).clip(BYTE[0], BYTE[1]);
            let solarized = lighter.less(threshold).select(lighter, BYTE[1] - lighter);
            Some(to_range(solarized, BYTE, values))
        })
    }
}
