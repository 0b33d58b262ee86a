//! One step of a convolutional long short-term memory.

use crate::activations::Activation;
use crate::graph::{Builder, Conv, Padding, Slide, Var};
use crate::layers::base::layer_base;
use crate::layers::convolutional::parts::Window;
use crate::layers::spatial::{channels_last, restored, spatial_axes};
use crate::layers::{Base, Build, Call, Cell, Layer, Outputs, Step, call_cell};
use crate::registry::{Config, Configured, Handle};
use crate::{DType, Result, Shape};

use super::arguments::{CellWeights, Constraints, Dropouts, Initializers, Regularizers, masked};
use super::unit_forget_bias::UnitForgetBias;

/// The number of gates.
const GATES: usize = 4;

/// What [`ConvLSTM`](super::ConvLSTM) repeats. Keras has it too, but in no file: a layer's config says all of it.
#[derive(Debug, Clone)]
pub(super) struct ConvLSTMCell {
    pub(super) base: Base,
    pub(super) filters: usize,
    pub(super) kernel_size: Vec<usize>,
    pub(super) strides: Vec<usize>,
    pub(super) padding: String,
    pub(super) data_format: String,
    pub(super) dilation_rate: Vec<usize>,
    pub(super) activation: Handle<dyn Activation>,
    pub(super) recurrent_activation: Handle<dyn Activation>,
    pub(super) use_bias: bool,
    pub(super) initializers: Initializers,
    pub(super) unit_forget_bias: bool,
    pub(super) regularizers: Regularizers,
    pub(super) constraints: Constraints,
    pub(super) dropouts: Dropouts,
    pub(super) seed: Option<u64>,
}

impl Configured for ConvLSTMCell {
    fn class_name(&self) -> &str {
        "ConvLSTMCell"
    }

    fn config(&self) -> Config {
        Config::new()
    }
}

impl ConvLSTMCell {
    pub(super) fn window(&self) -> Window<'_> {
        Window {
            kernel_size: &self.kernel_size,
            strides: &self.strides,
            padding: &self.padding,
            data_format: &self.data_format,
            dilation_rate: &self.dilation_rate,
        }
    }

    /// The convolution of the state, which keeps its size.
    fn over_state(&self) -> Conv {
        let slide = Slide { stride: 1, padding: Padding::Same, dilation: 1 };
        Conv { axes: vec![slide; self.kernel_size.len()], groups: 1 }
    }
}

impl Layer for ConvLSTMCell {
    layer_base!(several);

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let channels = self.window().channels(cx, &inputs[0])?;
        for axis in spatial_axes(&self.data_format, self.kernel_size.len()) {
            cx.known_axis(&inputs[0], axis)?;
        }
        let bias = self.use_bias.then(|| {
            let given = self.initializers.bias_initializer.clone();
            let begins =
                if self.unit_forget_bias { UnitForgetBias::handle(given, self.filters) } else { given };
            (vec![GATES * self.filters], begins)
        });
        CellWeights {
            kernel: [&self.kernel_size[..], &[channels, GATES * self.filters]].concat(),
            recurrent: [&self.kernel_size[..], &[self.filters, GATES * self.filters]].concat(),
            bias,
            initializers: &self.initializers,
            regularizers: &self.regularizers,
            constraints: &self.constraints,
        }
        .declare(cx)
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        call_cell(self, cx, inputs)
    }
}

impl Cell for ConvLSTMCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        // What a convolution makes of it.
        let b = Builder::new();
        let x = channels_last(b.input("x", input.clone(), DType::F32), &self.data_format);
        let ends = [x.shape().last(), Some(self.filters)];
        let kernel: Shape = self.kernel_size.iter().copied().map(Some).chain(ends).collect();
        let y = x.conv(b.input("kernel", kernel, DType::F32), self.window().conv(1));
        vec![restored(y, &self.data_format).shape(); 2]
    }

    fn output_is_first_state(&self) -> bool {
        true
    }

    fn constants<'g>(&self, cx: &mut Call<'_, 'g>, input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        Ok(self.dropouts.masks(cx, self.seed, GATES, input, &self.output_shape(input)))
    }

    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
        let (kernel, recurrent_kernel) = (cx.weight("kernel")?, cx.weight("recurrent_kernel")?);
        let bias = if self.use_bias { Some(cx.weight("bias")?) } else { None };
        let part = |weight: Var<'b>, gate: usize| {
            weight.slice(weight.rank() - 1, gate * self.filters, (gate + 1) * self.filters)
        };
        let conv = |kind, gate, x, kernel, how| {
            channels_last(masked(cx, kind, gate, x), &self.data_format).conv(part(kernel, gate), how)
        };
        let sum = |gate| {
            let x = conv("input", gate, input, kernel, self.window().conv(1));
            let h = conv("state", gate, states[0], recurrent_kernel, self.over_state());
            restored(bias.map_or(x, |bias| x + part(bias, gate)) + h, &self.data_format)
        };
        let (activation, gate) = (self.activation.get()?, self.recurrent_activation.get()?);
        let (i, f) = (gate.call(sum(0)), gate.call(sum(1)));
        let c = f * states[1] + i * activation.call(sum(2));
        let h = gate.call(sum(3)) * activation.call(c);
        Ok(Step { output: h, states: vec![h, c] })
    }
}
