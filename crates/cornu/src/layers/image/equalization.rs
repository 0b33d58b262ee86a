//! `Equalization`: values spread so that each is as frequent as any other.

use super::color::to_range;
use super::factor::ascending;
use super::frame::on_images;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// Replaces the values of each channel of images `(batch, rows, columns, channels)` by how many are not larger, so that
/// all of `value_range` is used alike, in training. The values are counted in `bins`, and over all images of a batch
/// together, as in Keras. Its page says that it acts outside of training too; Keras 3.15 does not. Its models even leave
/// the layer out, for its symbolic result is its input: only called by hand does it act there.
///
/// No gradient flows through the counts.
///
/// # Errors
/// When the model is built: fewer than 2 bins, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/>.
///
/// ```
/// use cornu::{Sequential, layers::{Equalization, Input}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(Equalization::new().bins(64));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Equalization {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    bins: usize,
    value_range: [f64; 2],
}

/// The values images have in between.
const BYTE: [f64; 2] = [0.0, 255.0];
/// More values than a single-precision number tells apart need no bins.
const MOST_BINS: usize = 1 << 24;

impl Default for Equalization {
    fn default() -> Self {
        Equalization {
            base: Base::default(),
            data_format: "channels_last".into(),
            bins: 256,
            value_range: BYTE,
        }
    }
}

impl Equalization {
    /// A layer with 256 bins for values of 0 to 255.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// How many values are told apart; 256 by default.
        bins: usize;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The least and the largest value of images; 0 and 255 by default.
    #[must_use]
    pub fn value_range(mut self, value_range: impl Into<[f64; 2]>) -> Self {
        self.value_range = ascending(value_range.into());
        self
    }

    /// One channel of values between 0 and 255, equalized.
    fn equalized<'g>(&self, channel: Var<'g>) -> Var<'g> {
        let last = (self.bins - 1) as f64;
        let bin = |scaled: Var<'g>| scaled.clip(0.0, last).cast(DType::I64);
        let flat = channel.reshape([None]);
        let counts = flat.ones_like().scatter_add(bin(flat * last / BYTE[1]), self.bins);
        let not_above = running_sum(counts, self.bins);
        let total = not_above.slice(0, self.bins - 1, self.bins);
        // The number of those in the lowest bin that is not empty.
        let lowest = counts.greater(0.0).select(not_above, total).min(&[0], true);
        let others = total - lowest;
        let of_one_bin = others.equal(0.0);
        let spread = (not_above - lowest) * BYTE[1] / of_one_bin.select(others.ones_like(), others);
        let table = spread.round().clip(BYTE[0], BYTE[1]).expand_dims(1);
        let found = table.gather(bin(flat / BYTE[1] * last));
        of_one_bin.select(channel, found.reshape(channel.shape()))
    }
}

/// The sums of a vector's elements up to each of them: of twice as many in each round.
fn running_sum(x: Var<'_>, length: usize) -> Var<'_> {
    let rounds = std::iter::successors(Some(1), |step| Some(step * 2)).take_while(|step| *step < length);
    rounds.fold(x, |sums, step| sums + sums.slice(0, 0, length - step).pad(0, step, 0))
}

impl Layer for Equalization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if !(2..=MOST_BINS).contains(&self.bins) {
            return Err(format!("expects 2 to {MOST_BINS} bins, got {}", self.bins));
        }
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        on_images(cx, inputs[0], &self.data_format, |x| {
            let Some(channels) = x.shape()[3].filter(|_| cx.training()) else { return x };
            let values = ascending(self.value_range);
            let byte = to_range(x, values, BYTE);
            let channel = |at: usize| self.equalized(byte.slice(3, at, at + 1));
            let equalized: Vec<Var<'g>> = (0..channels).map(channel).collect();
            to_range(x.builder().concat(&equalized, 3), BYTE, values)
        })
    }
}
