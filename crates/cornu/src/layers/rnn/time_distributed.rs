//! `TimeDistributed`: a layer applied to each step of a sequence.

use serde::{Deserialize, Serialize};

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Arguments, Base, Build, Call, Inner, Layer, Outputs, WeightGroup};
use crate::registry::Handle;
use crate::{Dim, Result, Shape};

use super::recurrence::slice_shape;

/// A layer applied to each step of a sequence, with the same weights.
///
/// Input `(batch, steps, …)`, output `(batch, steps, …)`, where the inner layer makes the second `…` of the first. The
/// steps are computed together, as samples of one large batch. The weights are the inner layer's, with its name
/// before theirs.
///
/// All steps are one batch to the layer: a `BatchNormalization` in it is trained on the statistics of all of them, where Keras
/// normalises each step alone.
///
/// Source: <https://keras.io/api/layers/recurrent_layers/time_distributed/>.
///
/// ```
/// use cornu::layers::{Dense, TimeDistributed};
/// let layer = TimeDistributed::new(Dense::new(10).activation("softmax"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeDistributed {
    #[serde(flatten)]
    base: Base,
    layer: Handle<dyn Layer>,
}

impl TimeDistributed {
    /// A layer that applies this one to each step.
    pub fn new(layer: impl Layer) -> Self {
        TimeDistributed { base: Base::default(), layer: super::cell::named(layer, &[]) }
    }

    layer_base!(setters);
}

/// A value with its first two axes as one.
fn together(value: Var<'_>) -> Var<'_> {
    let shape = value.shape();
    let both = shape.dims().iter().take(2).copied().try_fold(1, |both: usize, dim| both.checked_mul(dim?));
    value.reshape([both].iter().chain(&shape.dims()[2..]).copied().collect::<Vec<Dim>>())
}

impl Layer for TimeDistributed {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.layer.get().map(drop).map_err(|error| error.to_string())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        if let Some(input) = inputs.iter().find(|input| input.rank() < 3) {
            return Err(cx.error(format!("expects an input of at least 3 axes, got {input}")));
        }
        let slices: Vec<Shape> = inputs.iter().map(slice_shape).collect();
        cx.build_inner(self.layer.get()?, &slices)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        let inner: Vec<(&str, &dyn Layer)> = self.layer.get().iter().map(|layer| ("layer", *layer)).collect();
        WeightGroup::of_parts(self, names, &inner)
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let slices: Vec<Var<'g>> = inputs.iter().map(|input| together(*input)).collect();
        // A mask of whole steps says nothing about what is inside a step.
        let mask = |input: usize| cx.mask(input).filter(|mask| mask.rank() > 2).map(together);
        let masks: Vec<Option<Var<'g>>> = (0..inputs.len()).map(mask).collect();
        let Inner { outputs, .. } =
            cx.call_inner(self.layer.get()?, &slices, &masks, &Arguments::default())?;
        let shape = inputs[0].shape();
        let apart = |output: Var<'g>| {
            let rest = output.shape().sample();
            output.reshape([&shape.dims()[..2], rest.dims()].concat())
        };
        Ok(Outputs(outputs.into_iter().map(apart).collect()))
    }
}
