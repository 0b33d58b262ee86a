//! `CenterCrop`: the middle of images.

use super::frame::{Size, check_size, largest_window, margins, of_size, on_images, size_of, window};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::{Kernel, resize};
use crate::layers::spatial::check_data_format;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Cuts the middle out of images `(batch, rows, columns, channels)`: `(batch, height, width, channels)`, in training and
/// outside of it. From images that are too small the largest window of these proportions is resized.
///
/// # Errors
/// When the model is built: a height or width of 0, an input of another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/>.
///
/// ```
/// use cornu::{Sequential, layers::{CenterCrop, Input}};
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(CenterCrop::new(24, 20));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 24, 20, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct CenterCrop {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    height: usize,
    width: usize,
}

impl Default for CenterCrop {
    fn default() -> Self {
        CenterCrop { base: Base::default(), data_format: "channels_last".into(), height: 0, width: 0 }
    }
}

impl CenterCrop {
    /// A layer whose images have this size.
    pub fn new(height: usize, width: usize) -> Self {
        CenterCrop { height, width, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }
}

/// The middle of images, or of the largest window of the right proportions made larger.
pub(super) fn middle(x: Var<'_>, wanted: Size) -> Var<'_> {
    let Some(size) = size_of(x) else { return of_size(x, wanted) };
    if size[0] >= wanted[0] && size[1] >= wanted[1] {
        return window(x, margins(size, wanted), wanted);
    }
    smart_resized(x, size, wanted)
}

/// The largest window of the right proportions, resized: Keras' `smart_resize`.
pub(super) fn smart_resized(x: Var<'_>, size: Size, wanted: Size) -> Var<'_> {
    let inner = largest_window(size, wanted);
    let x = window(x, margins(size, inner), inner);
    resize(x, wanted.map(Some).into_iter(), Kernel::Bilinear, false)
}

impl Layer for CenterCrop {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_size([self.height, self.width])?;
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        on_images(cx, inputs[0], &self.data_format, |x| middle(x, [self.height, self.width]))
    }
}
