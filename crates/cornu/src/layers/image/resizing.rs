//! `Resizing`: images of another size.

use super::frame::{Size, check_size, largest_window, margins, of_size, on_images, pixels, size_of, window};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::{Kernel, resize};
use crate::layers::spatial::{check_data_format, check_word};
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Dim, Result, Tensor};

/// Makes images `(batch, rows, columns, channels)` of any size `(batch, height, width, channels)`, in training and
/// outside of it. The result has the type of the input: of integers it is rounded.
///
/// `interpolation` is `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"` or `"area"`. With `antialias`
/// a smaller image takes in all pixels of a larger one. `crop_to_aspect_ratio` cuts off first what would be distorted,
/// `pad_to_aspect_ratio` puts `fill_value` around.
///
/// # Errors
/// When the model is built: a height or width of 0, unknown words, both ways to the aspect ratio at once, an input of
/// another number of axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Resizing}};
/// let resizing = Resizing::new(32, 48).interpolation("bicubic").antialias(true);
/// let model = Sequential::new().add(Input::new([None, None, Some(3)])).add(resizing);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 48, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Resizing {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    height: usize,
    width: usize,
    interpolation: String,
    crop_to_aspect_ratio: bool,
    pad_to_aspect_ratio: bool,
    fill_mode: String,
    fill_value: f64,
    antialias: bool,
}

impl Default for Resizing {
    fn default() -> Self {
        Resizing {
            base: Base::default(),
            data_format: "channels_last".into(),
            height: 0,
            width: 0,
            interpolation: "bilinear".into(),
            crop_to_aspect_ratio: false,
            pad_to_aspect_ratio: false,
            fill_mode: "constant".into(),
            fill_value: 0.0,
            antialias: false,
        }
    }
}

impl Resizing {
    /// A layer whose images have this size.
    pub fn new(height: usize, width: usize) -> Self {
        Resizing { height, width, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// How new pixels follow from old ones; `"bilinear"` by default.
        interpolation: into String;
        /// Whether to cut off what is too long before resizing.
        crop_to_aspect_ratio: bool;
        /// Whether to add to what is too short before resizing.
        pad_to_aspect_ratio: bool;
        /// What is added: `"constant"`, as in Keras, which knows no other.
        fill_mode: into String;
        /// The value of what is added.
        fill_value: f64;
        /// Whether a smaller image takes in all pixels of a larger one.
        antialias: bool;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
    }

    /// The images with as many rows or columns added as make their proportions right.
    fn padded<'g>(&self, x: Var<'g>, size: Size) -> Var<'g> {
        let [rows, columns] = size;
        let proportional = [
            columns.saturating_mul(self.height) / self.width.max(1),
            rows.saturating_mul(self.width) / self.height.max(1),
        ];
        let [above, left] = margins([rows.max(proportional[0]), columns.max(proportional[1])], size);
        [(1, above), (2, left)].into_iter().filter(|(_, length)| *length > 0).fold(x, |x, (axis, length)| {
            let mut dims: Vec<Dim> = x.shape().dims().to_vec();
            dims[axis] = Some(length);
            let margin = x.constant(self.fill_value).broadcast_to(dims);
            x.builder().concat(&[margin, x, margin], axis as isize)
        })
    }

    fn resized<'g>(&self, x: Var<'g>) -> Var<'g> {
        let wanted = [self.height, self.width];
        let Some(size) = size_of(x) else { return of_size(x, wanted) };
        let x = if self.crop_to_aspect_ratio {
            let inner = largest_window(size, wanted);
            window(x, margins(size, inner), inner)
        } else if self.pad_to_aspect_ratio {
            self.padded(x, size)
        } else {
            x
        };
        match Kernel::named(&self.interpolation) {
            Some(kernel) => resize(x, wanted.map(Some).into_iter(), kernel, self.antialias),
            None => nearest(x, wanted),
        }
    }
}

/// The pixels nearest to those of images of this size.
fn nearest(x: Var<'_>, wanted: Size) -> Var<'_> {
    let Some(size) = size_of(x).filter(|size| *size != wanted) else { return x };
    let [row, column] = [0, 1].map(|axis| {
        // In single precision, as TensorFlow finds them.
        let scale = size[axis] as f32 / wanted[axis] as f32;
        let nearest = |at: usize| (((at as f32 + 0.5) * scale) as i64).min(size[axis] as i64 - 1);
        let numbers: Vec<i64> = (0..wanted[axis]).map(nearest).collect();
        let mut shape = [1; 4];
        shape[axis + 1] = wanted[axis];
        x.builder().constant(Tensor::from(numbers)).reshape(shape)
    });
    pixels(x, row, column)
}

impl Layer for Resizing {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_size([self.height, self.width])?;
        check_data_format(&self.data_format)?;
        check_word("fill_mode", &self.fill_mode, &["constant"])?;
        if self.crop_to_aspect_ratio && self.pad_to_aspect_ratio {
            return Err("takes crop_to_aspect_ratio or pad_to_aspect_ratio, not both".into());
        }
        let known = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"];
        check_word("interpolation", &self.interpolation, &known)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let dtype = inputs[0].dtype();
        on_images(cx, inputs[0], &self.data_format, |x| {
            let y = self.resized(x);
            if dtype.is_float() { y } else { y.round().cast(dtype) }
        })
    }
}
