//! `Conv1D`, `Conv2D`, `Conv3D`: convolutions.

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

/// `activation(convolution(input, kernel) + bias)` over 1 to 3 spatial axes; see [`Conv1D`], [`Conv2D`], [`Conv3D`].
///
/// Input `(batch, spatial…, channels)`, output `(batch, new spatial…, filters)`; with
/// `data_format="channels_first"` the channels follow the batch. A spatial axis of length `n` becomes
/// `floor((n - extent) / stride) + 1` with padding `"valid"`, where `extent = (size - 1) * dilation + 1`, and
/// `ceil(n / stride)` with `"same"` or, in one dimension, `"causal"`. Weights: `kernel`
/// (size…, channels / groups, filters), `bias` (filters).
///
/// # Errors
/// When the model is built: groups that do not divide filters and channels, strides and dilation both above 1, a
/// kernel larger than its input, unknown channels.
///
/// Sources: <https://keras.io/api/layers/convolution_layers/convolution2d/>; Dumoulin and Visin 2016, "A guide to
/// convolution arithmetic for deep learning".
///
/// ```
/// use cornu::{Sequential, layers::{Conv2D, Flatten, Input, MaxPooling2D}};
/// let model = Sequential::new()
///     .add(Input::new([28, 28, 1]))
///     .add(Conv2D::new(32, 3).activation("relu"))
///     .add(MaxPooling2D::new(2))
///     .add(Conv2D::new(64, (3, 3)).padding("same").activation("relu"))
///     .add(Flatten::new());
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths))]
pub struct Conv<T> {
    #[fields(flatten)]
    base: Base,
    filters: usize,
    kernel_size: T,
    strides: T,
    #[fields(read = lower_case)]
    padding: String,
    data_format: String,
    dilation_rate: T,
    groups: usize,
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

/// A convolution along one axis, such as time: see [`Conv`].
///
/// ```
/// use cornu::layers::Conv1D;
/// let layer = Conv1D::new(8, 3).padding("causal").dilation_rate(2);
/// ```
pub type Conv1D = Conv<Tuple<1>>;

/// A convolution of images: see [`Conv`].
pub type Conv2D = Conv<Tuple<2>>;

/// A convolution of volumes: see [`Conv`].
pub type Conv3D = Conv<Tuple<3>>;

impl<T: Lengths> Default for Conv<T> {
    fn default() -> Self {
        Conv {
            base: Base::default(),
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: "valid".into(),
            data_format: "channels_last".into(),
            dilation_rate: 1.into(),
            groups: 1,
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

impl<T: Lengths> Conv<T> {
    /// A layer of this many filters with a window of this size.
    pub fn new(filters: usize, kernel_size: impl Into<T>) -> Self {
        Conv { filters, kernel_size: kernel_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    /// `"valid"` (the window stays inside), `"same"` (zeros around, as many as keep the length at stride 1) or, in
    /// one dimension, `"causal"` (zeros before, so that no result depends on a later step).
    #[must_use]
    pub fn padding(mut self, padding: impl AsRef<str>) -> Self {
        self.padding = padding.as_ref().to_lowercase();
        self
    }

    crate::setters! {
        /// Steps of the window; 1 by default.
        strides: into T;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// Steps between the taps of the window; 1 by default.
        dilation_rate: into T;
        /// Channels and filters are cut into so many groups, each convolved on its own; 1 by default.
        groups: usize;
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
}

impl<T: Lengths> Layer for Conv<T>
where
    Conv<T>: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.filters == 0 || self.groups == 0 {
            return Err(format!(
                "needs at least one filter and one group, got filters={} and groups={}",
                self.filters, self.groups
            ));
        }
        if !self.filters.is_multiple_of(self.groups) {
            return Err(format!("cannot cut {} filters into {} groups", self.filters, self.groups));
        }
        let paddings: &[&str] = if T::AXES == 1 { &["valid", "same", "causal"] } else { &["valid", "same"] };
        self.window().check(paddings)?;
        self.window().check_apart()
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let channels = self.window().channels(cx, &inputs[0])?;
        if !channels.is_multiple_of(self.groups) {
            return Err(cx.error(format!(
                "cannot cut the {channels} channels of its input {} into {} groups",
                inputs[0], self.groups
            )));
        }
        let shape = [self.kernel_size.as_slice(), &[channels / self.groups, self.filters]].concat();
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
        let channels = kernel.shape()[T::AXES].unwrap_or(0) * self.groups;
        cx.expect_axis(inputs[0], channel_axis(&self.data_format), channels)?;
        let products =
            channels_last(inputs[0], &self.data_format).conv(kernel, self.window().conv(self.groups));
        self.ending().finish(cx, products, &self.data_format)
    }
}
