//! `RandomGaussianBlur`: images out of focus.

use super::factor::Factor;
use super::frame::in_training;
use super::smoothing::smoothed;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, check_data_format};
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Result, Tensor};

/// Blurs images `(batch, rows, columns, channels)`, in training, with a probability that is itself drawn for each image,
/// from 0 to `factor` or between two. The kernel is that of a normal distribution over `kernel_size` pixels; its two
/// standard deviations are drawn between those of `sigma` for the whole batch. The result is limited to `value_range`.
///
/// # Errors
/// When the model is built: a factor or sigma outside of 0 to 1, a kernel of an even size, an input of another number of
/// axes.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RandomGaussianBlur}};
/// let blur = RandomGaussianBlur::new().kernel_size(5).sigma((0.5, 1.0));
/// let model = Sequential::new().add(Input::new([32, 32, 3])).add(blur);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 32, 32, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RandomGaussianBlur {
    #[fields(flatten)]
    base: Base,
    data_format: String,
    factor: Factor,
    kernel_size: Tuple<2>,
    sigma: Factor,
    value_range: [f64; 2],
    seed: Option<u64>,
}

const BOUNDS: [f64; 2] = [0.0, 1.0];
/// A larger kernel would be a slow way to a uniform image.
const LARGEST_KERNEL: usize = 1 << 12;

impl Default for RandomGaussianBlur {
    fn default() -> Self {
        RandomGaussianBlur {
            base: Base::default(),
            data_format: "channels_last".into(),
            factor: Factor::Range(BOUNDS),
            kernel_size: 3.into(),
            sigma: Factor::Range(BOUNDS),
            value_range: [0.0, 255.0],
            seed: None,
        }
    }
}

impl RandomGaussianBlur {
    /// A layer with a kernel of 3 by 3 pixels.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The sizes of the kernel, odd numbers; 3 by default.
        kernel_size: into Tuple<2>;
        /// The least and the largest value of images; 0 and 255 by default.
        value_range: into [f64; 2];
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// A seed for this layer alone; without it the choice follows from the model's seed and the layer's name.
        seed: some u64;
    }

    /// The probability of a blur; up to 1 by default.
    #[must_use]
    pub fn factor(mut self, factor: impl Into<Factor>) -> Self {
        self.factor = factor.into().settled(BOUNDS);
        self
    }

    /// The standard deviations; up to 1 by default.
    #[must_use]
    pub fn sigma(mut self, sigma: impl Into<Factor>) -> Self {
        self.sigma = sigma.into().settled(BOUNDS);
        self
    }
}

/// A normal distribution over so many pixels.
fn bell(size: usize, sigma: Var<'_>) -> Var<'_> {
    let places: Vec<f32> = (0..size).map(|at| at as f32 - (size as f32 - 1.0) / 2.0).collect();
    let weights = ((sigma.builder().constant(Tensor::from(places)) / sigma).square() * -0.5).exp();
    weights / weights.sum_all()
}

impl Layer for RandomGaussianBlur {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.factor.check("factor", BOUNDS)?;
        self.sigma.check("sigma", BOUNDS)?;
        if let Some(size) =
            self.kernel_size.as_slice().iter().find(|size| *size % 2 == 0 || **size > LARGEST_KERNEL)
        {
            return Err(format!("expects a kernel_size of odd numbers up to {LARGEST_KERNEL}, got {size}"));
        }
        check_data_format(&self.data_format)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        in_training(cx, inputs[0], &self.data_format, self.seed, |x, dice| {
            let blurred = dice.happens(self.factor.ends(BOUNDS[0]))?;
            let sigma = dice.between("sigma", self.sigma.ends(BOUNDS[0]), vec![Some(2)])? + 1e-6;
            let size = self.kernel_size.as_slice();
            let [across, down] = [0, 1].map(|at| bell(size[at], sigma.slice(0, at, at + 1)));
            // Keras multiplies the second size by the first, then takes it for the first by the second.
            let kernel = (down.expand_dims(1) * across).reshape([size[0], size[1]]);
            Some(blurred.select(smoothed(x, kernel), x).clip(self.value_range[0], self.value_range[1]))
        })
    }
}
