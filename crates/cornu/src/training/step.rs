//! The step: forward, loss, backward, update and metrics as one graph.

use std::sync::Arc;

use cornu_engine::exec::State;
use cornu_engine::grad;

use super::compile::Compile;
use super::plans::{Feed, Mode, StepKey};
use super::{Logs, Metrics};
use crate::callbacks::Direction;
use crate::graph::{Builder, Graph, Var};
use crate::layers::{Weight, latest};
use crate::losses::{self, Loss, Reduction};
use crate::metrics::{self, Metric};
use crate::models::network::{Network, Results};
use crate::optimizers::{self, Optimizer, Step, Weighted};
use crate::{DType, Error, Result, Shape, Tensor};

/// The losses and metrics of a compiled model, resolved for the shapes at hand.
pub(crate) struct Measures {
    /// One an output.
    outputs: Vec<OutputLoss>,
    pub(crate) metrics: Vec<Measure>,
}

/// The loss of one output.
struct OutputLoss {
    loss: Option<Arc<dyn Loss>>,
    weight: Option<f64>,
    /// Its key in the logs and its running sum, where several outputs have a loss.
    logged: Option<(String, String)>,
}

/// A metric of an output, with the name the user gave it.
type Resolved = (usize, String, Arc<dyn Metric>);

/// A metric with its key in the logs.
pub(crate) struct Measure {
    name: String,
    metric: Arc<dyn Metric>,
    /// The output it is about.
    output: usize,
    weighted: bool,
    /// The names of its variables.
    variables: Vec<(String, Vec<usize>)>,
}

const LOSS_TOTAL: &str = "metrics/loss/total";
const LOSS_COUNT: &str = "metrics/loss/count";
/// Keras weighs batches by their samples in the whole loss alone: the losses of outputs are means over batches.
const LOSS_BATCHES: &str = "metrics/loss/batches";

impl Measures {
    /// Resolves words such as `"accuracy"` by the shapes of targets and outputs.
    pub(crate) fn resolve(compile: &Compile, network: &Network, targets: &[Shape]) -> Result<Self> {
        let names: Vec<&str> = network.output_names().collect();
        let shapes: Vec<&Shape> = network.output_shapes().collect();
        let losses = match &compile.loss {
            Some(loss) => loss.of_outputs("loss", &names)?,
            None => vec![None; names.len()],
        };
        let weights = match &compile.loss_weights {
            Some(weights) => weights.of_outputs("loss_weights", &names)?,
            None => vec![None; names.len()],
        };
        let several = losses.iter().flatten().count() > 1;
        let mut outputs = Vec::new();
        for (at, (loss, weight)) in losses.into_iter().zip(weights).enumerate() {
            let loss = loss.map(|loss| losses::resolve(loss, &targets[at], shapes[at])).transpose()?;
            let key = || (format!("{}_loss", names[at]), format!("metrics/loss/{at}/total"));
            let logged = (several && loss.is_some()).then(key);
            outputs.push(OutputLoss { loss, weight: weight.copied(), logged });
        }
        let resolve = |metrics: &Metrics, what: &str| -> Result<Vec<Resolved>> {
            let mut found = Vec::new();
            for (at, metrics) in metrics.of_outputs(what, &names)?.into_iter().enumerate() {
                for metric in metrics {
                    let (name, metric) = metrics::resolve(metric, &targets[at], shapes[at])?;
                    found.push((at, name, metric));
                }
            }
            Ok(found)
        };
        let plain = resolve(&compile.metrics, "metrics")?;
        let weighted = resolve(&compile.weighted_metrics, "weighted_metrics")?;
        // The output is named only where there are several.
        let output = |at: usize| (names.len() > 1).then_some(names[at]);
        fn keys<'k>(
            metrics: &'k [Resolved],
            output: impl Fn(usize) -> Option<&'k str>,
        ) -> Vec<(Option<&'k str>, &'k str)> {
            metrics.iter().map(|(at, name, _)| (output(*at), name.as_str())).collect()
        }
        let log_names = metrics::log_names(&keys(&plain, output), &keys(&weighted, output));
        let count = plain.len();
        let metrics = plain
            .into_iter()
            .chain(weighted)
            .zip(log_names)
            .enumerate()
            .map(|(at, ((output, _, metric), name))| Measure {
                variables: metric
                    .variables(shapes[output])
                    .into_iter()
                    .map(|(variable, shape)| (format!("metrics/{at}/{variable}"), shape))
                    .collect(),
                name,
                metric,
                output,
                weighted: at >= count,
            })
            .collect();
        Ok(Measures { outputs, metrics })
    }

    /// The loss of each output, if it has one.
    pub(crate) fn losses(&self) -> impl Iterator<Item = Option<&dyn Loss>> {
        self.outputs.iter().map(|output| output.loss.as_deref())
    }

    /// Whether larger or smaller values of a metric, by its name or its key in the logs, are better.
    pub(crate) fn direction(&self, name: &str) -> Option<Direction> {
        let named = |measure: &&Measure| measure.name == name || measure.metric.name() == name;
        self.metrics.iter().find(named)?.metric.direction()
    }

    fn variables(&self) -> impl Iterator<Item = (&str, &[usize])> {
        let parts =
            self.outputs.iter().filter_map(|output| Some((output.logged.as_ref()?.1.as_str(), &[][..])));
        let own = self.metrics.iter().flat_map(|measure| &measure.variables);
        [(LOSS_TOTAL, &[][..]), (LOSS_COUNT, &[][..]), (LOSS_BATCHES, &[][..])]
            .into_iter()
            .chain(parts)
            .chain(own.map(|(n, s)| (n.as_str(), s.as_slice())))
    }

    /// Sets the running state to zero, making it if need be.
    pub(crate) fn reset(&self, state: &mut State) {
        for (name, shape) in self.variables() {
            match state.floats_mut(name) {
                Ok(values) if values.len() == shape.iter().product::<usize>() => values.fill(0.0),
                _ => state.insert(name, Tensor::zeros(shape, DType::F32)),
            }
        }
    }

    /// The loss so far.
    pub(crate) fn loss(state: &State) -> f64 {
        mean(state, LOSS_TOTAL, LOSS_COUNT)
    }

    /// The losses and metrics so far.
    pub(crate) fn logs(&self, state: &State) -> Logs {
        let mut logs = Logs::default();
        logs.push("loss", Self::loss(state));
        for (name, total) in self.outputs.iter().filter_map(|output| output.logged.as_ref()) {
            logs.push(name, mean(state, total, LOSS_BATCHES));
        }
        for measure in &self.metrics {
            let values: Vec<&[f32]> = measure.variables.iter().map(|(name, _)| floats(state, name)).collect();
            logs.push(&measure.name, measure.metric.result(&values));
        }
        logs
    }
}

fn floats<'s>(state: &'s State, name: &str) -> &'s [f32] {
    state.get(name).and_then(|value| value.as_slice().ok()).unwrap_or_default()
}

/// A running sum by what it was counted with.
fn mean(state: &State, total: &str, count: &str) -> f64 {
    let first = |name: &str| floats(state, name).first().copied().unwrap_or(0.0);
    let count = first(count);
    f64::from(if count == 0.0 { 0.0 } else { first(total) / count })
}

/// What a step begins with: feeds, and the network's results for them.
struct Forward<'g> {
    traced: Results<'g>,
    outputs: Vec<Var<'g>>,
    masks: Vec<Option<Var<'g>>>,
    y: Vec<Var<'g>>,
    weights: Vec<Option<Var<'g>>>,
}

/// What a step makes small.
struct Losses<'g> {
    total: Var<'g>,
    /// The losses that have a running sum, by its name.
    logged: Vec<(String, Var<'g>)>,
}

/// Everything a step's graph is made of.
pub(crate) struct Recipe<'a> {
    pub(crate) network: &'a Network,
    pub(crate) measures: Option<&'a Measures>,
    pub(crate) optimizer: Option<&'a dyn Optimizer>,
}

impl Recipe<'_> {
    /// The graph of one step for feeds of these shapes.
    pub(crate) fn graph(&self, key: &StepKey) -> Result<Graph> {
        let builder = Builder::new();
        self.build(&builder, key)?;
        Ok(builder.finish()?)
    }

    /// The graph of the loss's gradients with respect to the trained weights, in their order.
    pub(crate) fn gradients(&self, key: &StepKey) -> Result<Graph> {
        let builder = Builder::new();
        self.build_gradients(&builder, key)?;
        Ok(builder.finish()?)
    }

    /// Makes what each call of a layer gives in a training step an output of the graph: the calls with the names.
    pub(crate) fn outputs(&self, builder: &Builder, key: &StepKey) -> Result<Vec<(usize, String)>> {
        let forward = self.forward(builder, key)?;
        let mut names = Vec::new();
        for (call, values) in forward.traced.values().iter().enumerate() {
            for (at, value) in values.iter().enumerate() {
                let name = format!("{call}/{at}");
                builder.output(name.clone(), *value);
                names.push((call, name));
            }
        }
        Ok(names)
    }

    fn build_gradients(&self, builder: &Builder, key: &StepKey) -> Result<()> {
        let forward = self.forward(builder, key)?;
        let losses = self.losses(builder, &forward)?;
        let weights = self.trained_values(builder, &forward.traced.updates);
        let gradients = grad::gradients(losses.total, &weights)?;
        gradients.into_iter().enumerate().for_each(|(at, value)| builder.output(format!("{at}"), value));
        Ok(())
    }

    fn build<'g>(&self, builder: &'g Builder, key: &StepKey) -> Result<()> {
        let forward = self.forward(builder, key)?;
        let Some(measures) = self.measures.filter(|_| !key.y.is_empty()) else {
            let outputs = forward.outputs.iter().enumerate();
            outputs.for_each(|(at, output)| builder.output(format!("y/{at}"), *output));
            self.keep_states(builder, forward.traced.updates);
            return Ok(());
        };
        let losses = self.losses(builder, &forward)?;
        let rows = key.x.first().and_then(|(shape, _)| shape.first()).copied().unwrap_or(1) as f64;
        builder.scoped("metrics", || {
            let add = |name: &str, value: Var<'g>| {
                builder.update(name, builder.state(name, Shape::scalar(), DType::F32) + value);
            };
            for (name, value) in &losses.logged {
                add(name, *value);
            }
            if !losses.logged.is_empty() {
                add(LOSS_BATCHES, builder.scalar(1.0, DType::F32));
            }
            add(LOSS_TOTAL, losses.total * rows);
            add(LOSS_COUNT, builder.scalar(rows, DType::F32));
            for Measure { metric, output, weighted, variables, .. } in &measures.metrics {
                let state: Vec<Var<'g>> = variables
                    .iter()
                    .map(|(name, shape)| builder.state(name, shape.clone(), DType::F32))
                    .collect();
                let mut weight = forward.weights[*output].filter(|_| *weighted);
                if metric.takes_mask() {
                    weight = losses::apply_mask(weight, forward.masks[*output], Reduction::Sum);
                }
                let updated = metric.update(&state, forward.y[*output], forward.outputs[*output], weight);
                variables.iter().zip(updated).for_each(|((name, _), value)| builder.update(name, value));
            }
        });
        if key.mode != Mode::Train {
            self.keep_states(builder, forward.traced.updates);
            return Ok(builder.check()?);
        }
        let values = self.trained_values(builder, &forward.traced.updates);
        let is_trained =
            |name: &str| self.optimizer.is_some() && self.network.trained().any(|(path, _)| path == name);
        let kept = forward.traced.updates.into_iter().filter(|(name, _)| !is_trained(name));
        kept.for_each(|(name, value)| builder.update(name, value));
        self.build_update(builder, losses.total, values)
    }

    /// What lasts from one batch to the next does so outside training too.
    fn keep_states<'g>(&self, builder: &'g Builder, updates: Vec<(String, Var<'g>)>) {
        let lasts = |name: &str| self.network.transients().any(|(path, _)| path == name);
        let kept = updates.into_iter().filter(|(name, _)| lasts(name));
        kept.for_each(|(name, value)| builder.update(name, value));
    }

    /// The values that the optimizer changes: those of the trained weights, or what a layer made of them first, as one
    /// does that normalises its kernel.
    fn trained_values<'g>(&self, builder: &'g Builder, updates: &[(String, Var<'g>)]) -> Vec<Var<'g>> {
        let value = |(path, weight): &(String, Weight)| {
            latest(updates, path).unwrap_or_else(|| builder.state(path, weight.shape.clone(), DType::F32))
        };
        self.network.trained().map(value).collect()
    }

    /// Feeds and the network's results for them.
    fn forward<'g>(&self, builder: &'g Builder, key: &StepKey) -> Result<Forward<'g>> {
        let feed = |feed: Feed, of: &(Vec<usize>, DType)| builder.input(feed.name(), of.0.clone(), of.1);
        let x: Vec<Var<'g>> = key.x.iter().enumerate().map(|(at, of)| feed(Feed::X(at), of)).collect();
        let seed = (key.mode == Mode::Train).then(|| builder.input(Feed::SEED_NAME, [2], DType::I64));
        let traced = self.network.trace(builder, &x, seed)?;
        let y = key.y.iter().enumerate().map(|(at, of)| feed(Feed::Y(at), of)).collect();
        let weight = |(at, shape): (usize, &Option<Vec<usize>>)| {
            Some(feed(Feed::Weight(at), &(shape.clone()?, DType::F32)))
        };
        Ok(Forward {
            outputs: self.network.outputs.iter().filter_map(|at| traced.value(at)).collect(),
            masks: self.network.outputs.iter().map(|at| traced.mask(at)).collect(),
            y,
            weights: key.weights.iter().enumerate().map(weight).collect(),
            traced,
        })
    }

    /// The losses of the outputs and their weighted sum with all penalties.
    fn losses<'g>(&self, builder: &'g Builder, forward: &Forward<'g>) -> Result<Losses<'g>> {
        let mut logged = Vec::new();
        let mut parts = Vec::new();
        let outputs = self.measures.map(|measures| measures.outputs.as_slice()).unwrap_or_default();
        let total = builder.scoped("loss", || {
            for (at, output) in outputs.iter().enumerate() {
                let Some(loss) = &output.loss else { continue };
                let (y_true, y_pred) = (forward.y[at], forward.outputs[at]);
                let value = loss.compute(y_true, y_pred, forward.weights[at], forward.masks[at]);
                logged.extend(output.logged.as_ref().map(|(_, name)| (name.clone(), value.sum_all())));
                parts.push(output.weight.map_or(value, |weight| value * weight));
            }
            // A loss that is not reduced is trained by its sum, as a tape would.
            let all = parts.into_iter().chain(forward.traced.losses.iter().copied());
            all.reduce(|a, b| a + b).map(Var::sum_all)
        });
        let total =
            total.ok_or_else(|| Error::model("there is no loss to compute: give `compile` a loss"))?;
        Ok(Losses { total, logged })
    }

    fn build_update<'g>(&self, builder: &'g Builder, loss: Var<'g>, values: Vec<Var<'g>>) -> Result<()> {
        let Some(optimizer) = self.optimizer else { return Ok(()) };
        let scaled = optimizers::scale_loss(optimizer, loss);
        let trained: Vec<_> = self.network.trained().collect();
        let gradients = grad::gradients(scaled, &values)?;
        let cx = Step {
            learning_rate: builder.input(Feed::LEARNING_RATE_NAME, Shape::scalar(), DType::F32),
            iteration: builder.input(Feed::ITERATION_NAME, Shape::scalar(), DType::I64),
        };
        let weighted = trained
            .iter()
            .zip(values)
            .zip(gradients)
            .map(|(((path, weight), value), gradient)| {
                let constraint = weight.constraint.as_ref().map(|constraint| constraint.get()).transpose()?;
                Ok(Weighted { path, weight: value, gradient, constraint })
            })
            .collect::<Result<Vec<_>>>()?;
        builder.scoped("optimizer", || optimizers::apply(optimizer, &cx, &weighted));
        Ok(builder.check()?)
    }
}
