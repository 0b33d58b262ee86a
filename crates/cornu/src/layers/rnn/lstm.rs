//! `LSTM`: a long short-term memory.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, LSTMCell, Layer, Outputs, WeightGroup};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

use super::arguments::{
    Constraints, Dropouts, Initializers, LoopArguments, Regularizers, activity_penalty, cell_setters,
    check_units, loop_setters,
};
use super::recurrence::Recurrence;

/// `c' = f c + i activation(x · Wc + h · Uc + bc)`, `h' = o activation(c')`, where the gates `i`, `f`, `o` are
/// `recurrent_activation(x · W + h · U + b)`, each with weights of its own, for each step of a sequence.
///
/// Input `(batch, steps, features)`, output `(batch, units)`, that of the last step, or `(batch, steps, units)`
/// with `return_sequences`; with `return_state` the last states follow. Further inputs, or `initial_state` by name, are the
/// states to begin with. Masked steps leave them as they are. Weights, as `lstm_cell/…`: `kernel` (features, 4 units), `recurrent_kernel` (units, 4 units), `bias` (4 units), the gates in the order
/// input, forget, cell, output.
///
/// Source: Hochreiter and Schmidhuber 1997; <https://keras.io/api/layers/recurrent_layers/lstm/>.
///
/// ```
/// use cornu::layers::LSTM;
/// let layer = LSTM::new(32).return_sequences(true).recurrent_dropout(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LSTM {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    looped: LoopArguments,
    units: usize,
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

impl Default for LSTM {
    fn default() -> Self {
        LSTM {
            base: Base::default(),
            looped: LoopArguments::default(),
            units: 0,
            activation: "tanh".into(),
            recurrent_activation: "sigmoid".into(),
            use_bias: true,
            unit_forget_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            activity_regularizer: None,
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            seed: None,
        }
    }
}

impl LSTM {
    /// A layer of this many units.
    pub fn new(units: usize) -> Self {
        LSTM { units, ..Self::default() }
    }

    layer_base!(setters);

    loop_setters!();

    cell_setters!();

    crate::setters! {
        /// The penalty on the outputs, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
    }

    crate::setters! {
        /// The function of the gates; `"sigmoid"` by default.
        recurrent_activation: into Handle<dyn Activation>;
        /// Whether the forget gate's bias begins at 1 (Jozefowicz et al. 2015); it does by default.
        unit_forget_bias: bool;
    }

    fn cell(&self) -> LSTMCell {
        LSTMCell {
            base: Base { name: Some("lstm_cell".into()), dtype: self.base.dtype.clone(), ..Base::default() },
            units: self.units,
            activation: self.activation.clone(),
            recurrent_activation: self.recurrent_activation.clone(),
            use_bias: self.use_bias,
            unit_forget_bias: self.unit_forget_bias,
            initializers: self.initializers.clone(),
            regularizers: self.regularizers.clone(),
            constraints: self.constraints.clone(),
            dropouts: self.dropouts,
            seed: self.seed,
        }
    }
}

impl Layer for LSTM {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_units(self.units, &self.dropouts)
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
