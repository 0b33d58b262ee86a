//! `LSTMCell`: one step of a long short-term memory.

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

use super::unit_forget_bias::UnitForgetBias;

/// The number of gates.
const GATES: usize = 4;

/// `c' = f c + i activation(x · Wc + h · Uc + bc)`, `h' = o activation(c')`, where the gates `i`, `f`, `o` are
/// `recurrent_activation(x · W + h · U + b)`, each with weights of its own.
///
/// Input `(batch, features)`, states and output `(batch, units)`. Weights: `kernel` (features, 4 units), `recurrent_kernel` (units, 4 units), `bias` (4 units), the gates in the order
/// input, forget, cell, output.
///
/// Source: Hochreiter and Schmidhuber 1997; <https://keras.io/api/layers/recurrent_layers/lstm/>.
///
/// ```
/// use cornu::layers::{LSTMCell, RNN};
/// let layer = RNN::new(LSTMCell::new(32).dropout(0.1));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LSTMCell {
    #[fields(flatten)]
    pub(super) base: Base,
    pub(super) units: usize,
    pub(super) activation: Handle<dyn Activation>,
    pub(super) recurrent_activation: Handle<dyn Activation>,
    pub(super) use_bias: bool,
    pub(super) unit_forget_bias: bool,
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

impl Default for LSTMCell {
    fn default() -> Self {
        LSTMCell {
            base: Base::default(),
            units: 0,
            activation: "tanh".into(),
            recurrent_activation: "sigmoid".into(),
            use_bias: true,
            unit_forget_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            seed: None,
        }
    }
}

impl LSTMCell {
    /// A cell of this many units.
    pub fn new(units: usize) -> Self {
        LSTMCell { units, ..Self::default() }
    }

    layer_base!(setters);

    cell_setters!();

    crate::setters! {
        /// The function of the gates; `"sigmoid"` by default.
        recurrent_activation: into Handle<dyn Activation>;
        /// Whether the forget gate's bias begins at 1 (Jozefowicz et al. 2015); it does by default.
        unit_forget_bias: bool;
    }
}

impl Layer for LSTMCell {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_units(self.units, &self.dropouts)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let bias = self.use_bias.then(|| {
            let given = self.initializers.bias_initializer.clone();
            let begins =
                if self.unit_forget_bias { UnitForgetBias::handle(given, self.units) } else { given };
            (vec![GATES * self.units], begins)
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

impl Cell for LSTMCell {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        vec![state_shape(input, self.units); 2]
    }

    fn output_is_first_state(&self) -> bool {
        true
    }

    fn constants<'g>(&self, cx: &mut Call<'_, 'g>, input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        let gates = if self.dropouts.recurrent_dropout > 0.0 { GATES } else { 1 };
        Ok(self.dropouts.masks(cx, self.seed, gates, input, &state_shape(input, self.units)))
    }

    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
        let (h, c) = (states[0], states[1]);
        let gates = Gates::new(cx, self.units, self.use_bias)?;
        let sum = |at| gates.of_input(cx, at, input) + gates.of_state(cx, at, h);
        let (activation, gate) = (self.activation.get()?, self.recurrent_activation.get()?);
        let (i, f) = (gate.call(sum(0)), gate.call(sum(1)));
        let c = f * c + i * activation.call(sum(2));
        let h = gate.call(sum(3)) * activation.call(c);
        Ok(Step { output: h, states: vec![h, c] })
    }
}
