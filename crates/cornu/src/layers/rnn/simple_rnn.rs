//! `SimpleRNN`: a fully recurrent layer.

use crate::activations::Activation;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, SimpleRNNCell, WeightGroup};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

use super::arguments::{
    Constraints, Dropouts, Initializers, LoopArguments, Regularizers, cell_setters, check_units, loop_setters,
};
use super::recurrence::Recurrence;

/// `h' = activation(x · kernel + bias + h · recurrent_kernel)`, for each step of a sequence.
///
/// Input `(batch, steps, features)`, output `(batch, units)`, that of the last step, or `(batch, steps, units)`
/// with `return_sequences`; with `return_state` the last state follows. Further inputs, or `initial_state` by name, are the
/// state to begin with. Masked steps leave it as it is. Weights, as `simple_rnn_cell/…`: `kernel` (features, units), `recurrent_kernel` (units, units), `bias` (units).
///
/// Source: <https://keras.io/api/layers/recurrent_layers/simple_rnn/>.
///
/// ```
/// use cornu::layers::SimpleRNN;
/// let layer = SimpleRNN::new(32).return_sequences(true).recurrent_dropout(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct SimpleRNN {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    looped: LoopArguments,
    units: usize,
    activation: Handle<dyn Activation>,
    use_bias: bool,
    #[fields(flatten)]
    initializers: Initializers,
    #[fields(flatten)]
    regularizers: Regularizers,
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(flatten)]
    constraints: Constraints,
    #[fields(flatten)]
    dropouts: Dropouts,
    /// Keras does not write it.
    #[fields(unwritten)]
    seed: Option<u64>,
}

impl Default for SimpleRNN {
    fn default() -> Self {
        SimpleRNN {
            base: Base::default(),
            looped: LoopArguments::default(),
            units: 0,
            activation: "tanh".into(),
            use_bias: true,
            initializers: Initializers::default(),
            regularizers: Regularizers::default(),
            activity_regularizer: None,
            constraints: Constraints::default(),
            dropouts: Dropouts::default(),
            seed: None,
        }
    }
}

impl SimpleRNN {
    /// A layer of this many units.
    pub fn new(units: usize) -> Self {
        SimpleRNN { units, ..Self::default() }
    }

    layer_base!(setters);

    loop_setters!();

    cell_setters!();

    crate::setters! {
        /// The penalty on the outputs; Keras takes it and does nothing with it.
        activity_regularizer: some into Handle<dyn Regularizer>;
    }

    fn cell(&self) -> SimpleRNNCell {
        SimpleRNNCell {
            base: Base {
                name: Some("simple_rnn_cell".into()),
                dtype: self.base.dtype.clone(),
                ..Base::default()
            },
            units: self.units,
            activation: self.activation.clone(),
            use_bias: self.use_bias,
            initializers: self.initializers.clone(),
            regularizers: self.regularizers.clone(),
            constraints: self.constraints.clone(),
            dropouts: self.dropouts,
            seed: self.seed,
        }
    }
}

impl Layer for SimpleRNN {
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
        Ok(outputs)
    }
}
