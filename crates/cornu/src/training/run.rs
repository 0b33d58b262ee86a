//! Running: one pass over samples, batch by batch.

use std::sync::Arc;

use cornu_engine::plan::Plan;

use super::feeds::{Batch, Feeds, Samples, Tick, batch_of, open_rows};
use super::nans::Taken;
use super::plans::{Mode, StepKey, StepPlan};
use super::step::{Measures, Recipe};
use super::watch::Watch;
use super::{Inputs, Logs};
use crate::losses::{check_labels, check_sample_weight, check_targets};
use crate::models::Model;
use crate::models::model::Built;
use crate::optimizers;
use crate::{Data, Error, Result, Shape, Tensor};

/// What a step on batches of this many rows is known by.
fn step_key(mode: Mode, samples: &Samples, rows: usize, measured: bool) -> StepKey {
    let y = if measured { samples.y.as_slice() } else { &[] };
    let weights = if measured { samples.weights.as_slice() } else { &[] };
    StepKey {
        mode,
        x: samples.x.iter().map(|tensor| batch_of(tensor, rows)).collect(),
        y: y.iter().map(|tensor| batch_of(tensor, rows)).collect(),
        weights: weights.iter().map(|weight| Some(batch_of(weight.as_ref()?, rows).0)).collect(),
    }
}

/// How a pass goes through samples.
pub(super) struct Batches<'a> {
    /// Samples a batch; the last one may have fewer.
    pub(super) size: usize,
    /// Where each sample of the pass lies, if not in order.
    pub(super) order: Option<&'a [usize]>,
    /// The first batch, and the one behind the last.
    pub(super) first: usize,
    pub(super) end: usize,
    /// Whether a loss that is NaN or infinite ends the pass with an error that names the layer.
    pub(super) debug_nans: bool,
}

impl Batches<'_> {
    /// All samples in order.
    pub(super) fn all(size: usize) -> Self {
        Batches { size, order: None, first: 0, end: usize::MAX, debug_nans: false }
    }
}

/// What batches of one size go through.
pub(super) struct Lane<'a> {
    pub(super) mode: Mode,
    pub(super) samples: &'a Samples,
    /// Samples a batch.
    pub(super) rows: usize,
    pub(super) step: &'a StepPlan,
    pub(super) feeds: &'a mut Feeds,
}

impl Model {
    /// What the graph is fed for inputs: checked, in order, and with the work done that layers do on data. A model
    /// without a known input shape is built for them.
    pub(super) fn inputs(&mut self, x: &Inputs<'_>) -> Result<Vec<Tensor>> {
        x.no_dataset("inputs")?;
        if let (Err(_), Some(only)) = (self.built(), x.only()) {
            self.build_for(only)?;
        }
        let network = self.network()?;
        let named = network.input_names().zip(network.input_shapes()).enumerate();
        let inputs: Vec<(&str, &Shape, bool)> =
            named.map(|(at, (name, shape))| (name, shape, network.input_type(at).is_none())).collect();
        let x = x.ordered(&self.name, inputs.into_iter(), |input, data| network.misfit(input, data))?;
        let rows = x.first().map_or(0, Data::row_count);
        if let Some(at) = x.iter().position(|data| data.row_count() != rows) {
            let others = format!("gets {} samples, another input {rows}", x[at].row_count());
            return Err(network.input_layer(at).error(others));
        }
        network.prepare(x)
    }

    /// Inputs, targets and weights checked against the model and each other.
    pub(super) fn samples(
        &mut self,
        x: &Inputs<'_>,
        y: &Inputs<'_>,
        sample_weight: Option<&Inputs<'_>>,
    ) -> Result<Samples> {
        let x = self.inputs(x)?;
        let rows = x.first().map_or(0, Tensor::row_count);
        let layer = self.network()?.input_layer(0);
        if rows == 0 {
            return Err(layer.error("gets no sample: the data is empty"));
        }
        let outputs: Vec<&str> = self.network()?.output_names().collect();
        let y: Vec<Tensor> = y.of_outputs(&self.name, "targets", &outputs)?;
        let weights = match sample_weight {
            Some(weights) => weights.weights_of_outputs(&self.name, &outputs)?,
            None => vec![None; outputs.len()],
        };
        let given_weights = weights.iter().flatten().map(|weight| ("sample weights", weight));
        for (what, tensor) in y.iter().map(|y| ("targets", y)).chain(given_weights) {
            if tensor.rank() == 0 || tensor.row_count() != rows {
                let given = if tensor.rank() == 0 { 1 } else { tensor.row_count() };
                return Err(layer.error(format!("expects as many {what} as samples, {rows}, got {given}")));
            }
        }
        Ok(Samples { x, y, weights, rows })
    }

    /// The losses and metrics for these samples, whose targets are checked.
    pub(super) fn measures(&mut self, samples: &Samples) -> Result<Arc<Measures>> {
        let targets: Vec<Shape> = samples.y.iter().map(open_rows).collect();
        self.measures_for(samples, &targets)
    }

    /// The losses and metrics for samples whose targets may be of these shapes.
    pub(super) fn measures_for(&mut self, samples: &Samples, targets: &[Shape]) -> Result<Arc<Measures>> {
        self.compiled()?;
        self.built()?;
        let Model { plans, built, compiled, .. } = self;
        let (Some(Built { network, .. }), Some(compiled)) = (built.get(), compiled) else {
            return Err(Error::model("the model is not built"));
        };
        let measures =
            plans.measures(targets, || Measures::resolve(&compiled.arguments, network, targets))?;
        let outputs = network.output_names().zip(network.output_shapes()).enumerate();
        for ((at, (name, shape)), loss) in outputs.zip(measures.losses()) {
            let (Some(loss), Some(y)) = (loss, samples.y.get(at)) else { continue };
            check_targets(loss, name, shape, &targets[at])?;
            check_labels(loss, name, shape, y)
                .map_err(|error| error.added_at(network.output_layer(at).base().at))?;
            if let Some(Some(weight)) = samples.weights.get(at) {
                check_sample_weight(loss, name, shape, &open_rows(weight))?;
            }
        }
        Ok(measures)
    }

    /// The compiled step for batches of this many rows.
    pub(super) fn step(
        &mut self,
        mode: Mode,
        samples: &Samples,
        rows: usize,
        measures: Option<&Measures>,
    ) -> Result<Arc<StepPlan>> {
        let key = step_key(mode, samples, rows, measures.is_some());
        self.built()?;
        let Model { plans, built, compiled, .. } = self;
        let Some(Built { network, .. }) = built.get() else {
            return Err(Error::model("the model is not built"));
        };
        plans.step(&key, || {
            let optimizer = compiled.as_ref().map(|compiled| compiled.optimizer.as_ref());
            let graph = Recipe { network, measures, optimizer }.graph(&key)?;
            Ok(Plan::new(&graph)?)
        })
    }

    /// Makes the optimizer's variables that are not there yet.
    pub(crate) fn prepare_optimizer(&mut self) -> Result<()> {
        self.compiled()?;
        self.built()?;
        let (Some(Built { network, state }), Some(compiled)) = (self.built.get_mut(), &mut self.compiled)
        else {
            return Ok(());
        };
        compiled.has_variables = true;
        let trained: Vec<(&str, Vec<usize>)> =
            network.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect();
        for variable in optimizers::variables(compiled.optimizer.as_ref(), &trained) {
            if !variable.is_kept() || state.get(&variable.name).is_some() {
                continue;
            }
            let weight = variable.weight.as_deref().and_then(|path| state.get(path));
            if let Some(value) = variable.initial(weight) {
                state.insert(variable.name, value);
            }
        }
        Ok(())
    }

    /// One pass over samples in batches, from a batch on. `order` shuffles them; `watch` is told of each batch and may
    /// end the pass.
    pub(super) fn pass(
        &mut self,
        mode: Mode,
        samples: &Samples,
        batches: &Batches<'_>,
        measures: &Arc<Measures>,
        watch: &mut Watch<'_, '_>,
    ) -> Result<Logs> {
        if batches.first == 0 {
            measures.reset(&mut self.built_mut()?.state);
        }
        self.measured = Some(measures.clone());
        let full = samples.rows / batches.size;
        let rest = samples.rows % batches.size;
        for (numbers, rows) in [(0..full, batches.size), (full..full + usize::from(rest > 0), rest)] {
            let numbers = numbers.start.max(batches.first)..numbers.end.min(batches.end);
            if numbers.is_empty() {
                continue;
            }
            let step = self.step(mode, samples, rows, Some(measures))?;
            let mut feeds = Feeds::new(&step);
            for number in numbers {
                let start = number * batches.size;
                let range = start..start + rows;
                let batch = match batches.order {
                    Some(order) => Batch::Indices(&order[range]),
                    None => Batch::Range(range),
                };
                let lane = Lane { mode, samples, rows, step: &step, feeds: &mut feeds };
                if !self.run_batch(lane, &batch, number, batches.debug_nans, watch)? {
                    return self.get_metrics_result();
                }
            }
        }
        self.get_metrics_result()
    }

    /// One batch, of which `watch` is told: whether the pass is to go on.
    pub(super) fn run_batch(
        &mut self,
        lane: Lane<'_>,
        batch: &Batch<'_>,
        number: usize,
        debug_nans: bool,
        watch: &mut Watch<'_, '_>,
    ) -> Result<bool> {
        let Lane { mode, samples, rows, step, feeds } = lane;
        watch.before(self, mode, number)?;
        let tick = if mode == Mode::Train { self.tick() } else { Tick::default() };
        feeds.fill(step, samples, batch, tick)?;
        let Model { built, workspace, .. } = &mut *self;
        let Some(built) = built.get_mut() else { return Err(Error::model("the model is not built")) };
        // Whoever looks for the layer wants the weights that it had.
        let before = debug_nans.then(|| built.state.clone());
        step.run(workspace, &mut built.state, &feeds.tensors)?;
        self.recount();
        if let Some(before) = before {
            let key = &step_key(mode, samples, rows, true);
            let (iterations, epoch) = (tick.iteration.saturating_sub(1), watch.epoch_number());
            self.refuse_nan(Taken { key, step, feeds, before, iterations, epoch, batch: number })?;
        }
        watch.after(self, mode, number)
    }

    /// Counts a training step.
    pub(super) fn tick(&mut self) -> Tick {
        let seed = self.seed;
        match &mut self.compiled {
            Some(compiled) => {
                let learning_rate = compiled.optimizer.base().learning_rate.at(compiled.iterations);
                compiled.iterations += 1;
                Tick { learning_rate, iteration: compiled.iterations, seed }
            }
            None => Tick { seed, ..Tick::default() },
        }
    }

    /// Takes over the count of steps from an optimizer that leaves some out.
    pub(crate) fn recount(&mut self) {
        if let (Some(compiled), Some(Built { state, .. })) = (&mut self.compiled, self.built.get_mut())
            && let Some(steps) = optimizers::steps_of(compiled.optimizer.as_ref())
            && let Some(steps) = state.get(steps).and_then(|steps| steps.as_slice::<i64>().ok()?.first())
        {
            compiled.iterations = u64::try_from(*steps).unwrap_or_default();
        }
    }
}
