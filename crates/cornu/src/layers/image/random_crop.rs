//! `RandomCrop`: a window of images, anywhere in them.

use super::center_crop::smart_resized;
use super::dice::Dice;
use super::frame::{
    Size, check_size, column_numbers, largest_window, margins, of_size, on_images, pixels, row_numbers,
    size_of, window,
};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::{Kernel, resize};
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// Cuts a window `(height, width)` out of images `(batch, rows, columns, channels)` in training: at a random place, the
/// same for all images of a batch.
///
/// Outside of training, the largest window of these proportions is resized. So says Keras' page; Keras 3.15 itself
/// leaves images as they are then, so that a model with a `Dense` layer behind cannot predict.
/// In training, Keras resizes images that are not larger in both directions, as is done here.
///
/// # Errors
/// When the model is built: a height or width of 0, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomCrop}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(RandomCrop::new(24, 24).seed(1));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 24, 24, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomCrop {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    height: usize,
    width: usize,
    seed: Option<u64>,
}

impl Default for RandomCrop {
    fn default() -> Self {
        RandomCrop {
            base: Base::default(),
            data_format: "channels_last".into(),
            height: 0,
            width: 0,
            seed: None,
        }
    }
}

impl RandomCrop {
    /// A layer whose images have this size.
    pub fn new(height: usize, width: usize) -> Self {
        RandomCrop { height, width, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the places follow from the model's seed and the layer's name.
        seed: some u64;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The window at a random place, if images are larger than it and this is training.
    fn anywhere<'g>(&self, x: Var<'g>, [rows, columns]: Size, dice: &Dice<'_, '_, 'g>) -> Option<Var<'g>> {
        let ends = [rows - self.height + 1, columns - self.width + 1];
        let start = |tag: &str, end: usize| {
            let start = dice.between(tag, [0.0, end as f64], vec![Some(1); 4])?;
            // Rounding must not lead beyond the last place.
            Some(start.floor().minimum((end - 1) as f64).cast(DType::I64))
        };
        let row = row_numbers(x.builder(), self.height) + start("row", ends[0])?;
        let column = column_numbers(x.builder(), self.width) + start("column", ends[1])?;
        Some(pixels(x, row, column))
    }

    /// What Keras makes in training of images that are too small: the window begins where the largest one of its
    /// proportions would, and what there is of it is resized.
    fn what_there_is<'g>(&self, x: Var<'g>, size: Size) -> Var<'g> {
        let wanted = [self.height, self.width];
        let [top, left] = margins(size, largest_window(size, wanted));
        let inner = [wanted[0].min(size[0] - top), wanted[1].min(size[1] - left)];
        resize(window(x, [top, left], inner), wanted.map(Some).into_iter(), Kernel::Bilinear, false)
    }
}

impl Layer for RandomCrop {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_size([self.height, self.width])?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        on_images(cx, inputs[0], &self.data_format, |x| {
            let wanted = [self.height, self.width];
            let Some(size) = size_of(x) else { return of_size(x, wanted) };
            if !cx.training() {
                return smart_resized(x, size, wanted);
            }
            if size[0] <= wanted[0] || size[1] <= wanted[1] {
                return self.what_there_is(x, size);
            }
            let dice = Dice::new(cx, self.seed, x.shape()[0]);
            self.anywhere(x, size, &dice).unwrap_or(x)
        })
    }
}
