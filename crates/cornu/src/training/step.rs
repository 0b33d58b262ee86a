//! The step: forward, loss, backward, update and metrics as one graph.

use std::sync::Arc;

use cornu_engine::exec::State;
use cornu_engine::grad;

use super::Logs;
use super::compile::Compile;
use super::plans::{Feed, Mode, StepKey};
use crate::graph::{Builder, Graph, Var};
use crate::losses::{self, Loss};
use crate::metrics::{self, Metric};
use crate::models::network::Network;
use crate::optimizers::{self, Optimizer, Step, Weighted};
use crate::{DType, Error, Result, Shape, Tensor};

/// The loss and metrics of a compiled model, resolved for the shapes at hand.
pub(crate) struct Measures {
    pub(crate) loss: Option<Arc<dyn Loss>>,
    loss_weight: Option<f64>,
    pub(crate) metrics: Vec<Measure>,
}

/// A metric with its key in the logs.
pub(crate) struct Measure {
    name: String,
    metric: Arc<dyn Metric>,
    weighted: bool,
    /// The names of its variables.
    variables: Vec<(String, Vec<usize>)>,
}

const LOSS_TOTAL: &str = "metrics/loss/total";
const LOSS_COUNT: &str = "metrics/loss/count";

impl Measures {
    /// Resolves words such as `"accuracy"` by the shapes of targets and output.
    pub(crate) fn resolve(compile: &Compile, network: &Network, targets: &Shape) -> Result<Self> {
        let output = network.output_shapes().next().cloned().unwrap_or_default();
        let loss = compile.loss.as_ref().map(|loss| losses::resolve(loss, targets, &output)).transpose()?;
        let resolve = |metric| metrics::resolve(metric, targets, &output);
        let plain = compile.metrics.iter().map(resolve).collect::<Result<Vec<_>>>()?;
        let weighted = compile.weighted_metrics.iter().map(resolve).collect::<Result<Vec<_>>>()?;
        let names = metrics::log_names(&keys(&plain), &keys(&weighted));
        let count = plain.len();
        let metrics = plain
            .into_iter()
            .chain(weighted)
            .zip(names)
            .enumerate()
            .map(|(at, ((_, metric), name))| Measure {
                variables: metric
                    .variables(&output)
                    .into_iter()
                    .map(|(variable, shape)| (format!("metrics/{at}/{variable}"), shape))
                    .collect(),
                name,
                metric,
                weighted: at >= count,
            })
            .collect();
        Ok(Measures { loss, loss_weight: compile.loss_weights, metrics })
    }

    fn variables(&self) -> impl Iterator<Item = (&str, &[usize])> {
        let own = self.metrics.iter().flat_map(|measure| &measure.variables);
        [(LOSS_TOTAL, &[][..]), (LOSS_COUNT, &[][..])]
            .into_iter()
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

    /// The loss and metrics so far.
    pub(crate) fn logs(&self, state: &State) -> Logs {
        let floats =
            |name: &str| state.get(name).and_then(|value| value.as_slice::<f32>().ok()).unwrap_or_default();
        let first = |name: &str| floats(name).first().copied().unwrap_or(0.0);
        let count = first(LOSS_COUNT);
        let mean = if count == 0.0 { 0.0 } else { first(LOSS_TOTAL) / count };
        let mut logs = Logs::default();
        logs.push("loss", f64::from(mean));
        for measure in &self.metrics {
            let values: Vec<&[f32]> = measure.variables.iter().map(|(name, _)| floats(name)).collect();
            logs.push(&measure.name, measure.metric.result(&values));
        }
        logs
    }
}

/// Metrics of the one output by name.
fn keys(metrics: &[(String, Arc<dyn Metric>)]) -> Vec<(Option<&str>, &str)> {
    metrics.iter().map(|(name, _)| (None, name.as_str())).collect()
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

    fn build<'g>(&self, builder: &'g Builder, key: &StepKey) -> Result<()> {
        let training = key.mode == Mode::Train;
        let feed = |name: String, of: &(Vec<usize>, DType)| builder.input(name, of.0.clone(), of.1);
        let x: Vec<Var<'g>> = key.x.iter().enumerate().map(|(at, of)| feed(Feed::x_name(at), of)).collect();
        let seed = training.then(|| builder.input(Feed::SEED_NAME, [2], DType::I64));
        let traced = self.network.trace(builder, &x, seed)?;
        let outputs: Vec<Var<'g>> = self.network.outputs.iter().filter_map(|at| traced.value(at)).collect();
        let (Some(y), Some(measures)) = (&key.y, self.measures) else {
            outputs.iter().enumerate().for_each(|(at, output)| builder.output(format!("y/{at}"), *output));
            return Ok(());
        };
        let y_pred = outputs.first().copied().ok_or_else(|| Error::model("the model has no output"))?;
        let y_true = feed(Feed::Y_NAME.into(), y);
        let weight =
            key.weight.as_ref().map(|shape| builder.input(Feed::WEIGHT_NAME, shape.clone(), DType::F32));

        let loss = builder.scoped("loss", || {
            let own = measures.loss.as_ref().map(|loss| {
                let value = loss.compute(y_true, y_pred, weight, None);
                measures.loss_weight.map_or(value, |weight| value * weight)
            });
            own.into_iter().chain(traced.losses).reduce(|a, b| a + b)
        });
        let loss = loss.ok_or_else(|| Error::model("there is no loss to compute: give `compile` a loss"))?;
        // A loss that is not reduced is trained by its sum, as a tape would.
        let loss = loss.sum_all();
        let rows = key.x.first().and_then(|(shape, _)| shape.first()).copied().unwrap_or(1) as f64;
        builder.scoped("metrics", || {
            let total = builder.state(LOSS_TOTAL, Shape::scalar(), DType::F32);
            let count = builder.state(LOSS_COUNT, Shape::scalar(), DType::F32);
            builder.update(LOSS_TOTAL, total + loss * rows);
            builder.update(LOSS_COUNT, count + rows);
            for Measure { metric, weighted, variables, .. } in &measures.metrics {
                let state: Vec<Var<'g>> = variables
                    .iter()
                    .map(|(name, shape)| builder.state(name, shape.clone(), DType::F32))
                    .collect();
                let updated = metric.update(&state, y_true, y_pred, weight.filter(|_| *weighted));
                variables.iter().zip(updated).for_each(|((name, _), value)| builder.update(name, value));
            }
        });
        if !training {
            return Ok(builder.check()?);
        }
        traced.updates.into_iter().for_each(|(name, value)| builder.update(name, value));
        self.build_update(builder, loss)
    }

    fn build_update<'g>(&self, builder: &'g Builder, loss: Var<'g>) -> Result<()> {
        let Some(optimizer) = self.optimizer else { return Ok(()) };
        let scaled = optimizers::scale_loss(optimizer, loss);
        let trained: Vec<_> = self.network.trained().collect();
        let values: Vec<Var<'g>> = trained
            .iter()
            .map(|(path, weight)| builder.state(path, weight.shape.clone(), DType::F32))
            .collect();
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
