//! Finding the layer where numbers stop being numbers.

use cornu_engine::exec::{State, Workspace};
use cornu_engine::plan::Plan;

use super::feeds::Feeds;
use super::plans::{StepKey, StepPlan};
use super::step::Recipe;
use crate::graph::Builder;
use crate::models::Model;
use crate::models::model::Built;
use crate::models::network::Network;
use crate::{DType, Error, Result, Tensor};

/// A step as it was taken: what it read, and where in the training.
pub(super) struct Taken<'a> {
    pub(super) key: &'a StepKey,
    pub(super) step: &'a StepPlan,
    pub(super) feeds: &'a Feeds,
    /// Weights, the optimizer's variables and the metrics' state before the step.
    pub(super) before: State,
    pub(super) iterations: u64,
    pub(super) epoch: usize,
    pub(super) batch: usize,
}

impl Model {
    /// An error if the step has made the loss NaN or infinite: it names the first layer that gave such a number. The
    /// model is then as it was before the step.
    pub(super) fn refuse_nan(&mut self, taken: Taken<'_>) -> Result<()> {
        let loss = self.loss_so_far()?;
        if loss.is_finite() {
            return Ok(());
        }
        let (Some(built), Some(compiled)) = (self.built.get_mut(), &mut self.compiled) else { return Ok(()) };
        compiled.iterations = taken.iterations;
        built.state = taken.before.clone();
        let at = format!("batch {} of epoch {}", taken.batch + 1, taken.epoch + 1);
        let blamed = first_to_blame(built, &taken, &format!("the loss is {} in {at}", word(loss)))?;
        Err(blamed.unwrap_or_else(|| {
            Error::model(format!(
                "the loss is {} in {at}, while the outputs of all layers are finite: look at the loss, the targets, and \
                 the sample weights",
                word(loss)
            ))
        }))
    }
}

/// Runs the network once more on the batch, with the same weights and masks, and looks at what each layer gives.
fn first_to_blame(built: &Built, taken: &Taken<'_>, what: &str) -> Result<Option<Error>> {
    let Built { network, .. } = built;
    let builder = Builder::new();
    let names = Recipe { network, measures: None, optimizer: None }.outputs(&builder, taken.key)?;
    let step = StepPlan::new(Plan::new(&builder.finish()?)?)?;
    let given = taken.step.feeds.iter().zip(&taken.feeds.tensors);
    let feed = |wanted| given.clone().find(|(feed, _)| *feed == wanted).map(|(_, tensor)| tensor);
    let feeds: Option<Vec<&Tensor>> = step.feeds.iter().map(feed).collect();
    let feeds = feeds.ok_or_else(|| Error::model("a layer reads what the step is not fed"))?;
    let mut workspace = Workspace::new();
    step.plan.infer(&mut workspace, &taken.before, &feeds)?;
    for (call, name) in names {
        let output = step.plan.output(&workspace, &name)?;
        let Some((at, value)) = odd(&output) else { continue };
        let layer = network.layers[network.calls[call].layer].as_ref();
        let sample = at / output.row_len().max(1);
        let hint = odd_weight(network, &taken.before, network.calls[call].layer);
        return Ok(Some(layer.error(format!(
            "is the first that gives {} for sample {sample} of the batch: {what}{hint}",
            word(value.into())
        ))));
    }
    Ok(None)
}

/// What is to say about a layer whose weights are at fault already.
fn odd_weight(network: &Network, state: &State, layer: usize) -> String {
    let mut odd =
        network.weights[layer].iter().filter_map(|(path, _)| Some((path, odd(state.get(path)?)?.1)));
    odd.next().map_or_else(String::new, |(path, value)| {
        format!(
            "; its weight `{path}` is {} since an earlier step: its gradients overflowed",
            word(value.into())
        )
    })
}

/// The first element that is NaN or infinite.
fn odd(values: &Tensor) -> Option<(usize, f32)> {
    if values.dtype() != DType::F32 {
        return None;
    }
    let values = values.as_slice::<f32>().ok()?;
    values.iter().copied().enumerate().find(|(_, value)| !value.is_finite())
}

fn word(value: f64) -> &'static str {
    if value.is_nan() { "NaN" } else { "infinity" }
}
