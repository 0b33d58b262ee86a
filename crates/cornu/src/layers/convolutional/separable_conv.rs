//! `SeparableConv1D`, `SeparableConv2D`: depthwise convolutions whose channels are then mixed.

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

/// `activation(mixed + bias)` over 1 to 3 spatial axes, where `mixed` is a depthwise convolution followed by one with a
/// window of 1 that mixes its channels; see [`SeparableConv1D`], [`SeparableConv2D`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, new spatial…, filters)`; lengths and `data_format` are as for
/// [`Conv`](super::Conv). Weights: `depthwise_kernel` (size…, channels, depth_multiplier), `pointwise_kernel`
/// (1…, channels * depth_multiplier, filters), `bias` (filters).
///
/// # Errors
/// When the model is built: a kernel larger than its input, unknown channels.
///
/// Source: <https://keras.io/api/layers/convolution_layers/separable_convolution2d/>; Chollet 2016, "Xception".
///
/// ```
/// use cornu::layers::SeparableConv2D;
/// let layer = SeparableConv2D::new(16, 3).padding("same").activation("relu");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths))]
pub struct SeparableConv<T> {
    #[fields(flatten)]
    base: Base,
    depth_multiplier: usize,
    filters: usize,
    kernel_size: T,
    strides: T,
    #[fields(read = lower_case)]
    padding: String,
    data_format: String,
    dilation_rate: T,
    activation: Handle<dyn Activation>,
    use_bias: bool,
    depthwise_initializer: Handle<dyn Initializer>,
    pointwise_initializer: Handle<dyn Initializer>,
    bias_initializer: Handle<dyn Initializer>,
    depthwise_regularizer: Option<Handle<dyn Regularizer>>,
    pointwise_regularizer: Option<Handle<dyn Regularizer>>,
    bias_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    depthwise_constraint: Option<Handle<dyn Constraint>>,
    pointwise_constraint: Option<Handle<dyn Constraint>>,
    bias_constraint: Option<Handle<dyn Constraint>>,
}

/// A separable convolution along one axis: see [`SeparableConv`].
pub type SeparableConv1D = SeparableConv<Tuple<1>>;

/// A separable convolution of images: see [`SeparableConv`].
pub type SeparableConv2D = SeparableConv<Tuple<2>>;

impl<T: Lengths> Default for SeparableConv<T> {
    fn default() -> Self {
        SeparableConv {
            base: Base::default(),
            depth_multiplier: 1,
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: "valid".into(),
            data_format: "channels_last".into(),
            dilation_rate: 1.into(),
            activation: "linear".into(),
            use_bias: true,
            depthwise_initializer: "glorot_uniform".into(),
            pointwise_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            depthwise_regularizer: None,
            pointwise_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            depthwise_constraint: None,
            pointwise_constraint: None,
            bias_constraint: None,
        }
    }
}

impl<T: Lengths> SeparableConv<T> {
    /// A layer of this many filters with a window of this size.
    pub fn new(filters: usize, kernel_size: impl Into<T>) -> Self {
        SeparableConv { filters, kernel_size: kernel_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    /// `"valid"` (the window stays inside) or `"same"` (zeros around, as many as keep the length at stride 1).
    #[must_use]
    pub fn padding(mut self, padding: impl AsRef<str>) -> Self {
        self.padding = padding.as_ref().to_lowercase();
        self
    }

    crate::setters! {
        /// Filters for each channel before they are mixed; 1 by default.
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
        /// How the depthwise kernel begins.
        depthwise_initializer: into Handle<dyn Initializer>;
        /// How the kernel that mixes channels begins.
        pointwise_initializer: into Handle<dyn Initializer>;
        /// How the bias begins.
        bias_initializer: into Handle<dyn Initializer>;
        /// The depthwise kernel's penalty.
        depthwise_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty of the kernel that mixes channels.
        pointwise_regularizer: some into Handle<dyn Regularizer>;
        /// The bias's penalty.
        bias_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The depthwise kernel's projection after each update.
        depthwise_constraint: some into Handle<dyn Constraint>;
        /// The projection of the kernel that mixes channels.
        pointwise_constraint: some into Handle<dyn Constraint>;
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

impl<T: Lengths> Layer for SeparableConv<T>
where
    SeparableConv<T>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.depth_multiplier == 0 || self.filters == 0 {
            return Err(format!(
                "needs at least one filter, got depth_multiplier={} and filters={}",
                self.depth_multiplier, self.filters
            ));
        }
        self.window().check(&["valid", "same"])
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let channels = self.window().channels(cx, &inputs[0])?;
        let shape = [self.kernel_size.as_slice(), &[channels, self.depth_multiplier]].concat();
        cx.add_weight(
            Weight::new("depthwise_kernel", shape, self.depthwise_initializer.clone())
                .regularizer(&self.depthwise_regularizer)
                .constraint(&self.depthwise_constraint),
        )?;
        let shape =
            [&vec![1; T::AXES][..], &[channels.saturating_mul(self.depth_multiplier), self.filters]].concat();
        cx.add_weight(
            Weight::new("pointwise_kernel", shape, self.pointwise_initializer.clone())
                .regularizer(&self.pointwise_regularizer)
                .constraint(&self.pointwise_constraint),
        )?;
        self.ending().declare(cx, self.filters)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let (kernel, mixer) = (cx.weight("depthwise_kernel")?, cx.weight("pointwise_kernel")?);
        cx.expect_axis(inputs[0], channel_axis(&self.data_format), kernel.shape()[T::AXES].unwrap_or(0))?;
        let separate = self.window().depthwise(channels_last(inputs[0], &self.data_format), kernel);
        // A convolution with a window of 1 is a product of matrices.
        let shape = mixer.shape();
        let products = separate.matmul(mixer.reshape([shape[T::AXES], shape[T::AXES + 1]]));
        self.ending().finish(cx, products, &self.data_format)
    }
}
