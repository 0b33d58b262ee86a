//! `TimeDistributed`: a layer applied to each step of a sequence.

use crate::graph::{ScanInputs, Scanned, Var};
use crate::layers::base::layer_base;
use crate::layers::{Arguments, Base, Build, Call, Identity, Inner, Layer, Outputs, WeightGroup, latest};
use crate::registry::{Fields, Handle};
use crate::{Dim, Result, Shape};

use super::recurrence::slice_shape;

/// A layer applied to each step of a sequence, with the same weights.
///
/// Input `(batch, steps, …)`, output `(batch, steps, …)`, where the inner layer makes the second `…` of the first. The
/// steps are computed together, as samples of one large batch, or, in training, one after another where the inner layer
/// has running statistics. The weights are the inner layer's, with its name
/// before theirs.
///
/// Source: <https://keras.io/api/layers/recurrent_layers/time_distributed/>.
///
/// ```
/// use cornu::layers::{Dense, TimeDistributed};
/// let layer = TimeDistributed::new(Dense::new(10).activation("softmax"));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = TimeDistributed::new(Identity::new()))]
pub struct TimeDistributed {
    #[fields(flatten)]
    base: Base,
    #[fields(required)]
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
    layer_base!(several);

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
        let layer = self.layer.get()?;
        if cx.training() && cx.inside(layer, &[], &Arguments::default(), |cx| Ok(moves_statistics(cx)))? {
            return one_by_one(cx, layer, inputs);
        }
        let slices: Vec<Var<'g>> = inputs.iter().map(|input| together(*input)).collect();
        // A mask of whole steps says nothing about what is inside a step.
        let mask = |input: usize| cx.mask(input).filter(|mask| mask.rank() > 2).map(together);
        let masks: Vec<Option<Var<'g>>> = (0..inputs.len()).map(mask).collect();
        let Inner { outputs, .. } = cx.call_inner(layer, &slices, &masks, &Arguments::default())?;
        let shape = inputs[0].shape();
        let apart = |output: Var<'g>| {
            let rest = output.shape().sample();
            output.reshape([&shape.dims()[..2], rest.dims()].concat())
        };
        Ok(Outputs(outputs.into_iter().map(apart).collect()))
    }
}

/// Whether a layer has running statistics that training moves.
fn moves_statistics(cx: &Call<'_, '_>) -> bool {
    cx.trainable() && cx.weights.iter().any(|(_, weight)| !weight.trainable)
}

/// The steps as a loop, for a layer whose statistics each step moves further, as Keras does.
fn one_by_one<'g>(cx: &mut Call<'_, 'g>, layer: &dyn Layer, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
    let (weights, values) =
        cx.inside(layer, &[], &Arguments::default(), |cx| Ok((cx.weights.to_vec(), cx.values.to_vec())))?;
    let is_running = |at: &usize| !weights[*at].1.trainable;
    let running: Vec<usize> = (0..weights.len()).filter(is_running).collect();
    let path = format!("{}/{}", cx.path, layer.inner_name());
    let mut sequences: Vec<Var<'g>> = inputs.iter().map(|input| input.swap_axes(0, 1)).collect();
    // Each step draws numbers of its own.
    let steps = inputs[0].shape()[1].unwrap_or(0);
    sequences.extend(cx.seed.map(|seed| seed.reshape([1, 2]) + cx.builder.iota([steps, 2], 0) * SEED_STRIDE));
    let states: Vec<Var<'g>> = running.iter().map(|at| values[*at]).collect();
    let given = ScanInputs { sequences: &sequences, states: &states, constants: &values, reverse: false };
    let mut count = 0;
    let found = cx.builder.scan(given, |step| {
        let mut values = step.constants.clone();
        running.iter().zip(&step.states).for_each(|(at, state)| values[*at] = *state);
        let mut inner = Call {
            layer,
            path: &path,
            frozen: false,
            sources: &[],
            builder: step.builder,
            seed: step.slices.get(inputs.len()).copied(),
            weights: &weights,
            values: &values,
            masks: &[],
            arguments: &Arguments::default(),
            losses: Vec::new(),
            updates: Vec::new(),
            given_masks: None,
        };
        let Outputs(outputs) = layer.call(&mut inner, &step.slices[..inputs.len()])?;
        count = outputs.len();
        let next = |at: &usize| latest(&inner.updates, &weights[*at].0).unwrap_or(values[*at]);
        let states = running.iter().map(next).collect();
        Ok::<_, crate::Error>(Scanned { states, outputs: [outputs, inner.losses].concat() })
    })?;
    for (at, state) in running.iter().zip(found.states) {
        cx.updates.push((weights[*at].0.clone(), state));
    }
    let (outputs, losses) = found.outputs.split_at(count);
    losses.iter().for_each(|loss| cx.add_loss(loss.sum_all()));
    Ok(Outputs(outputs.iter().map(|output| output.swap_axes(0, 1)).collect()))
}

/// How far apart the seeds of two steps lie.
const SEED_STRIDE: f64 = 7_919_777.0;
