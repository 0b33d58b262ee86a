//! `GRUCell`: one step of gated recurrent units.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Cell, Layer, Outputs, Step, call_cell};
use crate::registry::{Fields, Handle};
use crate::{Result, Shape};

use super::arguments::{
    CellWeights, Constraints, Dropouts, Gates, Initializers, Regularizers, cell_setters, check_units,
    features, state_shape,
};

/// The number of gates.
const GATES: usize = 3;

/// `h' = z h + (1 - z) candidate`, where the gates `z`, `r` are `recurrent_activation(x · W + h · U + b)`, each with weights
/// of its own, and the candidate is `activation(x · Wh + bh + r (h · Uh + bu))`, or with `reset_after(false)`
/// `activation(x · Wh + bh + (r h) · Uh)`.
///
/// Input `(batch, features)`, state and output `(batch, units)`. Weights: `kernel` (features, 3 units), `recurrent_kernel` (units, 3 units), `bias` (2, 3 units), or (3 units) without
/// `reset_after`, the gates in the order update, reset, candidate.
///
/// Source: Cho et al. 2014; <https://keras.io/api/layers/recurrent_layers/gru/>.
///
/// ```
/// use cornu::layers::{GRUCell, RNN};
/// let layer = RNN::new(GRUCell::new(32).dropout(0.1));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct GRUCell {
    #[fields(flatten)]
    pub(super) base: Base,
    pub(super) units: usize,
    pub(super) activation: Handle<dyn Activation>,
    pub(super) recurrent_activation: Handle<dyn Activation>,
    pub(super) use_bias: bool,
    #[fields(flatten)]
    pub(super) initializers: Initializers,
    #[fields(flatten)]
    pub(super) regularizers: Regularizers,
    #[fields(flatten)]
    pub(super) constraints: Constraints,
    #[fields(flatten)]
    pub(super) dropouts: Dropouts,
    pub(super) reset_after: bool,
    pub(super) seed: Option<u64>,
}

impl Default for GRUCell {
    fn default() -> Self {
        GRUCell {
            base: Base::default(),
            units: 0,
            activation: "tanh".into(),
            recurrent_activation: "sigmoid".into(),
            use_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            reset_after: true,
            seed: None,
        }
    }
}

impl GRUCell {
    /// A cell of this many units.
    pub fn new(units: usize) -> Self {
        GRUCell { units, ..Self::default() }
    }

    layer_base!(setters);

    cell_setters!();

    crate::setters! {
        /// The function of the gates; `"sigmoid"` by default.
        recurrent_activation: into Handle<dyn Activation>;
        /// Whether the reset gate works behind the product with the recurrent kernel, as in cuDNN, or before it.
        reset_after: bool;
    }
}

impl Layer for GRUCell {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_units(self.units, &self.dropouts)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let bias = self.use_bias.then(|| {
            let shape = if self.reset_after { vec![2, GATES * self.units] } else { vec![GATES * self.units] };
            (shape, self.initializers.bias_initializer.clone())
        });
        CellWeights {
            kernel: vec![features(cx, &inputs[0])?, GATES * self.units],
            recurrent: vec![self.units, GATES * self.units],
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

impl Cell for GRUCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![state_shape(input, self.units)]
    }

    fn output_is_first_state(&self) -> bool {
        true
    }

    fn constants<'g>(&self, cx: &mut Call<'_, 'g>, input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        let gates = if self.dropouts.recurrent_dropout > 0.0 { GATES } else { 1 };
        Ok(self.dropouts.masks(cx, self.seed, gates, input, &state_shape(input, self.units)))
    }

    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
        let h = states[0];
        let gates = Gates::new(cx, self.units, self.use_bias)?;
        let (activation, gate) = (self.activation.get()?, self.recurrent_activation.get()?);
        let sum = |at| gates.of_input(cx, at, input) + gates.of_state(cx, at, h);
        let (z, r) = (gate.call(sum(0)), gate.call(sum(1)));
        let remembered =
            if self.reset_after { r * gates.of_state(cx, 2, h) } else { gates.of_state(cx, 2, r * h) };
        let candidate = activation.call(gates.of_input(cx, 2, input) + remembered);
        let next = z * h + (1.0 - z) * candidate;
        Ok(Step { output: next, states: vec![next] })
    }
}
