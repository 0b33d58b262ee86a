//! `ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`: long short-term memories of images.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::spatial::{Lengths, Tuple, lower_case};
use crate::layers::{Base, Build, Call, Layer, Outputs, WeightGroup};
use crate::registry::{Configured, Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

use super::arguments::{
    Constraints, Dropouts, Initializers, LoopArguments, Regularizers, activity_penalty, cell_setters,
    loop_setters,
};
use super::conv_lstm_cell::ConvLSTMCell;
use super::recurrence::Recurrence;

/// A long short-term memory whose products are convolutions over 1 to 3 spatial axes; see [`ConvLSTM1D`], [`ConvLSTM2D`],
/// [`ConvLSTM3D`].
///
/// Input `(batch, steps, spatial…, channels)`, output `(batch, new spatial…, filters)`, that of the last step, or
/// `(batch, steps, new spatial…, filters)` with `return_sequences`; with `return_state` the last two states follow. With
/// `data_format="channels_first"` the channels stand before the spatial axes. Weights, as `conv_lstm_cell/…`: `kernel`
/// (size…, channels, 4 filters), `recurrent_kernel` (size…, filters, 4 filters), `bias` (4 filters), the gates in the
/// order input, forget, cell, output.
///
/// Sources: Shi et al. 2015; <https://keras.io/api/layers/recurrent_layers/conv_lstm2d/>.
///
/// ```
/// use cornu::layers::ConvLSTM2D;
/// let layer = ConvLSTM2D::new(16, 3).padding("same").return_sequences(true);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(bound(T: Lengths))]
pub struct ConvLSTM<T> {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    looped: LoopArguments,
    filters: usize,
    kernel_size: T,
    strides: T,
    #[fields(read = lower_case)]
    padding: String,
    data_format: String,
    dilation_rate: T,
    activation: Handle<dyn Activation>,
    recurrent_activation: Handle<dyn Activation>,
    use_bias: bool,
    #[fields(flatten)]
    initializers: Initializers,
    unit_forget_bias: bool,
    #[fields(flatten)]
    regularizers: Regularizers,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(flatten)]
    constraints: Constraints,
    #[fields(flatten)]
    dropouts: Dropouts,
    seed: Option<u64>,
}

/// Over one spatial axis: see [`ConvLSTM`].
pub type ConvLSTM1D = ConvLSTM<Tuple<1>>;

/// Over images: see [`ConvLSTM`].
pub type ConvLSTM2D = ConvLSTM<Tuple<2>>;

/// Over volumes: see [`ConvLSTM`].
pub type ConvLSTM3D = ConvLSTM<Tuple<3>>;

impl<T: Lengths> Default for ConvLSTM<T> {
    fn default() -> Self {
        ConvLSTM {
            base: Base::default(),
            looped: LoopArguments::default(),
            filters: 0,
            kernel_size: 0.into(),
            strides: 1.into(),
            padding: "valid".into(),
            data_format: "channels_last".into(),
            dilation_rate: 1.into(),
            activation: "tanh".into(),
            recurrent_activation: "sigmoid".into(),
            use_bias: true,
            initializers: Initializers::default(),
            unit_forget_bias: true,
            regularizers: Regularizers::default(),
            activity_regularizer: None,
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            seed: None,
        }
    }
}

impl<T: Lengths> ConvLSTM<T> {
    /// A layer of this many filters with a window of this size.
    pub fn new(filters: usize, kernel_size: impl Into<T>) -> Self {
        ConvLSTM { filters, kernel_size: kernel_size.into(), ..Self::default() }
    }

    layer_base!(setters);

    loop_setters!();

    cell_setters!();

    /// `"valid"` (the window stays inside) or `"same"` (zeros around, as many as keep the length at stride 1); the state's
    /// own convolution always keeps its size.
    #[must_use]
    pub fn padding(mut self, padding: impl AsRef<str>) -> Self {
        self.padding = padding.as_ref().to_lowercase();
        self
    }

    crate::setters! {
        /// Steps of the window over the input; 1 by default.
        strides: into T;
        /// `"channels_last"` or `"channels_first"`.
        data_format: into String;
        /// Steps between the taps of the window over the input; 1 by default.
        dilation_rate: into T;
        /// The function of the gates; `"sigmoid"` by default.
        recurrent_activation: into Handle<dyn Activation>;
        /// Whether the forget gate's bias begins at 1 (Jozefowicz et al. 2015); it does by default.
        unit_forget_bias: bool;
        /// The penalty on the outputs, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
    }

    fn cell(&self) -> ConvLSTMCell {
        ConvLSTMCell {
            base: Base { name: Some("conv_lstm_cell".into()), ..Base::default() },
            filters: self.filters,
            kernel_size: self.kernel_size.as_slice().to_vec(),
            strides: self.strides.as_slice().to_vec(),
            padding: self.padding.clone(),
            data_format: self.data_format.clone(),
            dilation_rate: self.dilation_rate.as_slice().to_vec(),
            activation: self.activation.clone(),
            recurrent_activation: self.recurrent_activation.clone(),
            use_bias: self.use_bias,
            initializers: self.initializers.clone(),
            unit_forget_bias: self.unit_forget_bias,
            regularizers: self.regularizers.clone(),
            constraints: self.constraints.clone(),
            dropouts: self.dropouts,
            seed: self.seed,
        }
    }
}

impl<T: Lengths> Layer for ConvLSTM<T>
where
    ConvLSTM<T>: Configured,
{
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        if self.filters == 0 {
            return Err("needs at least one filter, got filters=0".into());
        }
        self.dropouts.check()?;
        let cell = self.cell();
        cell.window().check(&["valid", "same"])?;
        cell.window().check_apart()
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        Recurrence { cell: &self.cell(), looped: self.looped }.build(cx, inputs)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        WeightGroup::of_parts(self, names, &[("cell", &self.cell())])
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let outputs = Recurrence { cell: &self.cell(), looped: self.looped }.call(cx, inputs)?;
        activity_penalty(cx, self.activity_regularizer.as_ref(), &outputs)?;
        Ok(outputs)
    }
}
