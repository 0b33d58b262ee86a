//! `SimpleRNNCell`: one step of a fully recurrent layer.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Cell, Layer, Outputs, Step, call_cell};
use crate::registry::{Fields, Handle};
use crate::{Result, Shape};

use super::arguments::{
    CellWeights, Constraints, Dropouts, Initializers, Regularizers, cell_setters, check_units, features,
    masked, state_shape,
};

/// `h' = activation(x · kernel + bias + h · recurrent_kernel)`.
///
/// Input `(batch, features)`, state and output `(batch, units)`. Weights: `kernel` (features, units), `recurrent_kernel` (units, units), `bias` (units).
///
/// Source: <https://keras.io/api/layers/recurrent_layers/simple_rnn/>.
///
/// ```
/// use cornu::layers::{SimpleRNNCell, RNN};
/// let layer = RNN::new(SimpleRNNCell::new(32).dropout(0.1));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct SimpleRNNCell {
    #[fields(flatten)]
    pub(super) base: Base,
    pub(super) units: usize,
    pub(super) activation: Handle<dyn Activation>,
    pub(super) use_bias: bool,
    #[fields(flatten)]
    pub(super) initializers: Initializers,
    #[fields(flatten)]
    pub(super) regularizers: Regularizers,
    #[fields(flatten)]
    pub(super) constraints: Constraints,
    #[fields(flatten)]
    pub(super) dropouts: Dropouts,
    pub(super) seed: Option<u64>,
}

impl Default for SimpleRNNCell {
    fn default() -> Self {
        SimpleRNNCell {
            base: Base::default(),
            units: 0,
            activation: "tanh".into(),
            use_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            seed: None,
        }
    }
}

impl SimpleRNNCell {
    /// A cell of this many units.
    pub fn new(units: usize) -> Self {
        SimpleRNNCell { units, ..Self::default() }
    }

    layer_base!(setters);

    cell_setters!();
}

impl Layer for SimpleRNNCell {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_units(self.units, &self.dropouts)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let bias = self.use_bias.then(|| (vec![self.units], self.initializers.bias_initializer.clone()));
        CellWeights {
            kernel: vec![features(cx, &inputs[0])?, self.units],
            recurrent: vec![self.units, self.units],
            bias,
            initializers: &self.initializers,
            regularizers: &self.regularizers,
            constraints: &self.constraints,
        }
        .declare(cx)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        call_cell(self, cx, inputs)
    }
}

impl Cell for SimpleRNNCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![state_shape(input, self.units)]
    }

    fn output_is_first_state(&self) -> bool {
        true
    }

    fn constants<'g>(&self, cx: &mut Call<'_, 'g>, input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        let gates = 1;
        Ok(self.dropouts.masks(cx, self.seed, gates, input, &state_shape(input, self.units)))
    }

    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
        let x = masked(cx, "input", 0, input).matmul(cx.weight("kernel")?);
        let x = if self.use_bias { x + cx.weight("bias")? } else { x };
        let h = masked(cx, "state", 0, states[0]).matmul(cx.weight("recurrent_kernel")?);
        let next = self.activation.get()?.call(x + h);
        Ok(Step { output: next, states: vec![next] })
    }
}
