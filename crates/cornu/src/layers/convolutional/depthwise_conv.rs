//! `DepthwiseConv1D`, `DepthwiseConv2D`: convolutions of each channel on its own.

use super::parts::{Ending, Window};
use crate::activations::Activation;
use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, channel_axis, channels_last, lower_case};
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Configured, Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// `activation(convolution + bias)` over 1 to 3 spatial axes, in which each channel is convolved with `depth_multiplier`
/// filters of its own; see [`DepthwiseConv1D`], [`DepthwiseConv2D`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, new spatial…, channels * depth_multiplier)`, those of one
/// channel side by side; lengths and `data_format` are as for [`Conv`](super::Conv). Weights: `kernel`
/// (size…, channels, depth_multiplier), `bias` (channels * depth_multiplier).
///
/// # Errors
/// When the model is built: a kernel larger than its input, unknown channels.
///
/// Source: <https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/>.
///
/// ```
/// use cornu::layers::DepthwiseConv2D;
/// let layer = DepthwiseConv2D::new(3).depth_multiplier(2).padding("same");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths))]
pub struct DepthwiseConv<T> {
    #[fields(flatten)]
    base: Base,
    depth_multiplier: usize,
    kernel_size: T,
    strides: T,
    #[fields(read = lower_case)]
    padding: String,
    data_format: String,
    dilation_rate: T,
    activation: Handle<dyn Activation>,
    use_bias: bool,
    depthwise_initializer: Handle<dyn Initializer>,
    bias_initializer: Handle<dyn Initializer>,
    depthwise_regularizer: Option<Handle<dyn Regularizer>>,
    bias_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    depthwise_constraint: Option<Handle<dyn Constraint>>,
    bias_constraint: Option<Handle<dyn Constraint>>,
}

/// A depthwise convolution along one axis: see [`DepthwiseConv`].
pub type DepthwiseConv1D = DepthwiseConv<Tuple<1>>;

/// A depthwise convolution of images: see [`DepthwiseConv`].
pub type DepthwiseConv2D = DepthwiseConv<Tuple<2>>;

impl<T: Lengths> Default for DepthwiseConv<T> {
    fn default() -> Self {
        DepthwiseConv {
            base: Base::default(),
            depth_multiplier: 1,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: "valid".into(),
            data_format: "channels_last".into(),
            dilation_rate: 1.into(),
            activation: "linear".into(),
            use_bias: true,
            depthwise_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            depthwise_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            depthwise_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<T: Lengths> DepthwiseConv<T> {
    /// A layer with a window of this size.
    pub fn new(kernel_size: impl Into<T>) -> Self {
        DepthwiseConv { kernel_size: kernel_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    /// `"valid"` (the window stays inside) or `"same"` (zeros around, as many as keep the length at stride 1).
    #[must_use]
    pub fn padding(mut self, padding: impl AsRef<str>) -> Self {
        self.padding = padding.as_ref().to_lowercase();
        self
    }

    crate::setters! {
        /// Filters for each channel; 1 by default.
        depth_multiplier: usize;
        /// Steps of the window; 1 by default.
        strides: into T;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// Steps between the taps of the window; 1 by default.
        dilation_rate: into T;
        /// The function after the sum; none (`"linear"`) by default.
        activation: into Handle<dyn Activation>;
        /// Whether there is a bias.
        use_bias: bool;
        /// How the kernel begins.
        depthwise_initializer: into Handle<dyn Initializer>;
        /// How the bias begins.
        bias_initializer: into Handle<dyn Initializer>;
        /// The kernel's penalty.
        depthwise_regularizer: some into Handle<dyn Regularizer>;
        /// The bias's penalty.
        bias_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The kernel's projection after each update.
        depthwise_constraint: some into Handle<dyn Constraint>;
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
}

impl<T: Lengths> Layer for DepthwiseConv<T>
where
    DepthwiseConv<T>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.depth_multiplier == 0 {
            return Err("needs at least one filter for each channel, got depth_multiplier=0".into());
        }
        self.window().check(&["valid", "same"])
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let channels = self.window().channels(cx, &inputs[0])?;
        let shape = [self.kernel_size.as_slice(), &[channels, self.depth_multiplier]].concat();
        cx.add_weight(
            Weight::new("kernel", shape, self.depthwise_initializer.clone())
                .regularizer(&self.depthwise_regularizer)
                .constraint(&self.depthwise_constraint),
        )?;
        self.ending().declare(cx, channels.saturating_mul(self.depth_multiplier))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let kernel = cx.weight("kernel")?;
        cx.expect_axis(inputs[0], channel_axis(&self.data_format), kernel.shape()[T::AXES].unwrap_or(0))?;
        let products = self.window().depthwise(channels_last(inputs[0], &self.data_format), kernel);
        self.ending().finish(cx, products, &self.data_format)
    }
}
