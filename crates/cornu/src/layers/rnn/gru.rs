//! `GRU`: gated recurrent units.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, GRUCell, Layer, Outputs, WeightGroup};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

use super::arguments::{
    Constraints, Dropouts, Initializers, LoopArguments, Regularizers, activity_penalty, cell_setters,
    check_units, loop_setters,
};
use super::recurrence::Recurrence;

/// `h' = z h + (1 - z) candidate`, where the gates `z`, `r` are `recurrent_activation(x · W + h · U + b)`, each with weights
/// of its own, and the candidate is `activation(x · Wh + bh + r (h · Uh + bu))`, or with `reset_after(false)`
/// `activation(x · Wh + bh + (r h) · Uh)`, for each step of a sequence.
///
/// Input `(batch, steps, features)`, output `(batch, units)`, that of the last step, or `(batch, steps, units)`
/// with `return_sequences`; with `return_state` the last state follows. Further inputs, or `initial_state` by name, are the
/// state to begin with. Masked steps leave it as it is. Weights, as `gru_cell/…`: `kernel` (features, 3 units), `recurrent_kernel` (units, 3 units), `bias` (2, 3 units), or (3 units) without
/// `reset_after`, the gates in the order update, reset, candidate.
///
/// Source: Cho et al. 2014; <https://keras.io/api/layers/recurrent_layers/gru/>.
///
/// ```
/// use cornu::layers::GRU;
/// let layer = GRU::new(32).return_sequences(true).recurrent_dropout(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct GRU {
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
    #[fields(flatten)]
    regularizers: Regularizers,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(flatten)]
    constraints: Constraints,
    #[fields(flatten)]
    dropouts: Dropouts,
    reset_after: bool,
    seed: Option<u64>,
}

impl Default for GRU {
    fn default() -> Self {
        GRU {
            base: Base::default(),
            looped: LoopArguments::default(),
            units: 0,
            activation: "tanh".into(),
            recurrent_activation: "sigmoid".into(),
            use_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            activity_regularizer: None,
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            reset_after: true,
            seed: None,
        }
    }
}

impl GRU {
    /// A layer of this many units.
    pub fn new(units: usize) -> Self {
        GRU { units, ..Self::default() }
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
        /// Whether the reset gate works behind the product with the recurrent kernel, as in cuDNN, or before it.
        reset_after: bool;
    }

    fn cell(&self) -> GRUCell {
        GRUCell {
            base: Base { name: Some("gru_cell".into()), dtype: self.base.dtype.clone(), ..Base::default() },
            units: self.units,
            activation: self.activation.clone(),
            recurrent_activation: self.recurrent_activation.clone(),
            use_bias: self.use_bias,
            initializers: self.initializers.clone(),
            regularizers: self.regularizers.clone(),
            constraints: self.constraints.clone(),
            dropouts: self.dropouts,
            reset_after: self.reset_after,
            seed: self.seed,
        }
    }
}

impl Layer for GRU {
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
