//! `RandomContrast` and its kin: the colours of images changed by a factor drawn for each.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::dice::Dice;
use super::factor::{Factor, ascending};
use super::frame::in_training;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::{channel_axis, check_data_format};
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Configured, Fields};
use crate::{Result, Shape};

/// What a [`RandomColor`] does to colours, such as [`Contrast`](crate::layers::Contrast).
pub trait Adjustment: Debug + Clone + PartialEq + Send + Sync + 'static {
    /// The least and the largest factor.
    const BOUNDS: [f64; 2];
    /// The factor where none is given.
    const FACTOR: f64 = 0.0;
    /// Whether Keras puts the range of values in ascending order.
    const ASCENDING: bool;
    /// How many channels images may have, where it matters.
    const CHANNELS: &'static [usize] = &[];

    /// Images `(batch, rows, columns, channels)`, whose values lie in `values`, changed by a factor between the two of
    /// `factor`; none where there are no random numbers.
    fn adjust<'g>(x: Var<'g>, dice: Dice<'_, '_, 'g>, factor: [f64; 2], values: [f64; 2]) -> Option<Var<'g>>;
}

/// Changes the colours of each image `(batch, rows, columns, channels)` by a factor drawn for it, in training; see
/// [`RandomBrightness`], [`RandomColorDegeneration`], [`RandomContrast`], [`RandomHue`], [`RandomInvert`],
/// [`RandomSaturation`], [`RandomSharpness`].
///
/// `value_range` is the range of the values of images, 0 to 255 by default. What is computed beyond is cut off.
///
/// # Errors
/// When the model is built: a factor outside of the layer's bounds, an input of another number of axes or channels.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomBrightness, RandomContrast}};
/// let model = Sequential::new()
///     .add(Input::new([32, 32, 3]))
///     .add(RandomContrast::new(0.3).value_range([0.0, 1.0]))
///     .add(RandomBrightness::new((-0.1, 0.2)).value_range([0.0, 1.0]).seed(4));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// [`RandomBrightness`]: crate::layers::RandomBrightness
/// [`RandomColorDegeneration`]: crate::layers::RandomColorDegeneration
/// [`RandomContrast`]: crate::layers::RandomContrast
/// [`RandomHue`]: crate::layers::RandomHue
/// [`RandomInvert`]: crate::layers::RandomInvert
/// [`RandomSaturation`]: crate::layers::RandomSaturation
/// [`RandomSharpness`]: crate::layers::RandomSharpness
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(K: Adjustment))]
pub struct RandomColor<K> {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: Factor,
    value_range: [f64; 2],
    seed: Option<u64>,
    #[fields(skip)]
    kind: PhantomData<K>,
}

impl<K: Adjustment> Default for RandomColor<K> {
    fn default() -> Self {
        RandomColor {
            base: Base::default(),
            data_format: "channels_last".into(),
            factor: Factor::One(K::FACTOR).settled(K::BOUNDS),
            value_range: [0.0, 255.0],
            seed: None,
            kind: PhantomData,
        }
    }
}

impl<K: Adjustment> RandomColor<K> {
    /// A layer that changes images by up to this factor, or between two.
    pub fn new(factor: impl Into<Factor>) -> Self {
        RandomColor { factor: factor.into().settled(K::BOUNDS), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the factors follow from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The least and the largest value of images; 0 and 255 by default.
    #[must_use]
    pub fn value_range(mut self, value_range: impl Into<[f64; 2]>) -> Self {
        self.value_range = value_range.into();
        if K::ASCENDING {
            self.value_range = ascending(self.value_range);
        }
        self
    }
}

/// Checks that images have one of these numbers of channels, if any will not do.
pub(super) fn check_channels(
    cx: &Build<'_>,
    input: &Shape,
    data_format: &str,
    known: &[usize],
) -> Result<()> {
    let axis = channel_axis(data_format);
    match input.axis(axis).and_then(|at| input[at]) {
        Some(channels) if input.rank() == 4 && !known.is_empty() && !known.contains(&channels) => {
            let wanted: Vec<String> = known.iter().map(usize::to_string).collect();
            let wanted = wanted.join(" or ");
            Err(cx.error(format!("expects images of {wanted} channels on axis {axis}, got {input}")))
        }
        _ => Ok(()),
    }
}

impl<K: Adjustment> Layer for RandomColor<K>
where
    RandomColor<K>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.factor.check("factor", K::BOUNDS)?;
        check_data_format(&self.data_format)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_channels(cx, &inputs[0], &self.data_format, K::CHANNELS)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let values = if K::ASCENDING { ascending(self.value_range) } else { self.value_range };
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            K::adjust(x, dice, self.factor.ends(K::BOUNDS[0]), values)
        })
    }
}
