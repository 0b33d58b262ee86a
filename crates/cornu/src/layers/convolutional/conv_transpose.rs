//! `Conv1DTranspose`, `Conv2DTranspose`, `Conv3DTranspose`: convolutions run backwards.

use super::parts::{Ending, Window};
use crate::activations::Activation;
use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, channel_axis, channels_last, check_rank, lower_case};
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Configured, Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Dim, Result, Shape};

/// The transpose of a convolution over 1 to 3 spatial axes, from something shaped like its output to something shaped
/// like its input; see [`Conv1DTranspose`], [`Conv2DTranspose`], [`Conv3DTranspose`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, new spatial…, filters)`; with
/// `data_format="channels_first"` the channels follow the batch. With `extent = (size - 1) * dilation + 1`, a
/// spatial axis of length `n` becomes `(n - 1) * stride + extent + output_padding` with padding `"valid"`, where
/// output_padding is by default what fills the last stride, and with `"same"` it becomes `n * stride`, or
/// `(n - 1) * stride + extent % 2 + output_padding` where that is given. Weights: `kernel`
/// (size…, filters, channels), `bias` (filters).
///
/// # Errors
/// When the model is built: an output_padding that is not less than the stride, strides and dilation both above
/// 1, unknown channels; and an output_padding after which the convolution would not lead back to the input.
///
/// Source: <https://keras.io/api/layers/convolution_layers/convolution2d_transpose/>.
///
/// ```
/// use cornu::{Sequential, layers::{Conv2DTranspose, Input}};
/// let model = Sequential::new()
///     .add(Input::new([7, 7, 16]))
///     .add(Conv2DTranspose::new(8, 3).strides(2).padding("same").activation("relu"));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths))]
pub struct ConvTranspose<T> {
    #[fields(flatten)]
    base: Base,
    filters: usize,
    kernel_size: T,
    strides: T,
    #[fields(read = lower_case)]
    padding: String,
    output_padding: Option<T>,
    data_format: String,
    dilation_rate: T,
    activation: Handle<dyn Activation>,
    use_bias: bool,
    kernel_initializer: Handle<dyn Initializer>,
    bias_initializer: Handle<dyn Initializer>,
    kernel_regularizer: Option<Handle<dyn Regularizer>>,
    bias_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    kernel_constraint: Option<Handle<dyn Constraint>>,
    bias_constraint: Option<Handle<dyn Constraint>>,
}

/// A transposed convolution along one axis: see [`ConvTranspose`].
pub type Conv1DTranspose = ConvTranspose<Tuple<1>>;

/// A transposed convolution of images: see [`ConvTranspose`].
pub type Conv2DTranspose = ConvTranspose<Tuple<2>>;

/// A transposed convolution of volumes: see [`ConvTranspose`].
pub type Conv3DTranspose = ConvTranspose<Tuple<3>>;

impl<T: Lengths> Default for ConvTranspose<T> {
    fn default() -> Self {
        ConvTranspose {
            base: Base::default(),
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: "valid".into(),
            output_padding: None,
            data_format: "channels_last".into(),
            dilation_rate: 1.into(),
            activation: "linear".into(),
            use_bias: true,
            kernel_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<T: Lengths> ConvTranspose<T> {
    /// A layer of this many filters with a window of this size.
    pub fn new(filters: usize, kernel_size: impl Into<T>) -> Self {
        ConvTranspose { filters, kernel_size: kernel_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    /// `"valid"` (every product counts) or `"same"` (what falls beyond `n * stride` is cut off).
    #[must_use]
    pub fn padding(mut self, padding: impl AsRef<str>) -> Self {
        self.padding = padding.as_ref().to_lowercase();
        self
    }

    crate::setters! {
        /// Steps between the windows in the output; 1 by default.
        strides: into T;
        /// How much longer the output is than the shortest that the padding allows; less than the stride.
        output_padding: some into T;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// Steps between the taps of the window; 1 by default.
        dilation_rate: into T;
        /// The function after the sum; none (`"linear"`) by default.
        activation: into Handle<dyn Activation>;
        /// Whether there is a bias.
        use_bias: bool;
        /// How the kernel begins.
        kernel_initializer: into Handle<dyn Initializer>;
        /// How the bias begins.
        bias_initializer: into Handle<dyn Initializer>;
        /// The kernel's penalty.
        kernel_regularizer: some into Handle<dyn Regularizer>;
        /// The bias's penalty.
        bias_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The kernel's projection after each update.
        kernel_constraint: some into Handle<dyn Constraint>;
        /// The bias's projection after each update.
        bias_constraint: some into Handle<dyn Constraint>;
    }

    fn window(&self) -> Window<'_> {
        Window {
            kernel_size: self.kernel_size.as_slice(),
            strides: self.strides.as_slice(),
            padding: &self.padding,
            data_format: &self.data_format,
            dilation_rate: self.dilation_rate.as_slice(),
        }
    }

    fn ending(&self) -> Ending<'_> {
        Ending {
            activation: &self.activation,
            use_bias: self.use_bias,
            bias_initializer: &self.bias_initializer,
            bias_regularizer: &self.bias_regularizer,
            bias_constraint: &self.bias_constraint,
            activity_regularizer: &self.activity_regularizer,
        }
    }

    /// The output's length along a spatial axis; a number too large to be one is refused when it is planned.
    fn length(&self, axis: usize, length: usize) -> usize {
        let (size, stride) = (self.kernel_size.as_slice()[axis], self.strides.as_slice()[axis]);
        let extent =
            size.saturating_sub(1).saturating_mul(self.dilation_rate.as_slice()[axis]).saturating_add(1);
        let before_last = length.saturating_sub(1).saturating_mul(stride);
        let output_padding = self.output_padding.map(|padding| padding.as_slice()[axis]);
        match (self.padding.as_str(), output_padding) {
            ("same", None) => length.saturating_mul(stride),
            ("same", Some(padding)) => before_last.saturating_add(extent % 2).saturating_add(padding),
            (_, padding) => before_last
                .saturating_add(extent)
                .saturating_add(padding.unwrap_or(stride.saturating_sub(extent))),
        }
    }
}

impl<T: Lengths> Layer for ConvTranspose<T>
where
    ConvTranspose<T>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.filters == 0 {
            return Err("needs at least one filter, got filters=0".into());
        }
        self.window().check(&["valid", "same"])?;
        let wide = |padding: &T| {
            padding.as_slice().iter().zip(self.strides.as_slice()).any(|(padding, stride)| padding >= stride)
        };
        if let Some(padding) = self.output_padding.filter(wide) {
            return Err(format!(
                "expects an output_padding less than its strides, got {:?} and {:?}",
                padding.as_slice(),
                self.strides.as_slice()
            ));
        }
        self.window().check_apart()
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_rank(cx, &inputs[0], T::AXES)?;
        let channels = cx.known_axis(&inputs[0], channel_axis(&self.data_format))?;
        let shape = [self.kernel_size.as_slice(), &[self.filters, channels]].concat();
        cx.add_weight(
            Weight::new("kernel", shape, self.kernel_initializer.clone())
                .regularizer(&self.kernel_regularizer)
                .constraint(&self.kernel_constraint),
        )?;
        self.ending().declare(cx, self.filters)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let kernel = cx.weight("kernel")?;
        cx.expect_axis(inputs[0], channel_axis(&self.data_format), kernel.shape().last().unwrap_or(0))?;
        let x = channels_last(inputs[0], &self.data_format);
        let shape = x.shape();
        let lengths: Vec<Dim> =
            (0..T::AXES).map(|axis| shape[axis + 1].map(|length| self.length(axis, length))).collect();
        let products = x.conv_input(kernel, self.window().conv(1), lengths);
        self.ending().finish(cx, products, &self.data_format)
    }
}
