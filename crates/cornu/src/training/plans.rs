//! The compiled steps of a model, kept by what they are fed.

use std::sync::Arc;

use cornu_engine::exec::{State, Workspace};
use cornu_engine::plan::{Plan, Slot};

use super::step::Measures;
use crate::{DType, Error, Result, Shape, Tensor};

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Train,
    Test,
    Predict,
}

/// What a step is fed: inputs, targets and weights, each with shape and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepKey {
    pub(crate) mode: Mode,
    pub(crate) x: Vec<(Vec<usize>, DType)>,
    /// Targets, one an output; none where nothing is measured.
    pub(crate) y: Vec<(Vec<usize>, DType)>,
    /// Sample weights, one an output that has some.
    pub(crate) weights: Vec<Option<Vec<usize>>>,
}

/// A compiled step.
pub(crate) struct StepPlan {
    pub(crate) plan: Plan,
    /// What each of the plan's feeds is.
    pub(crate) feeds: Vec<Feed>,
    /// Whether the work pays for more than one thread.
    parallel: bool,
}

/// What a feed of a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feed {
    X(usize),
    Y(usize),
    Weight(usize),
    LearningRate,
    Iteration,
    Seed,
}

/// Arithmetic operations below which threads cost more than they bring.
const PARALLEL_FLOPS: usize = 4_000_000;

impl StepPlan {
    pub(crate) fn new(plan: Plan) -> Result<Self> {
        let feeds = plan.feeds().iter().map(Feed::of).collect::<Result<_>>()?;
        let parallel = plan.flops() >= PARALLEL_FLOPS;
        Ok(StepPlan { plan, feeds, parallel })
    }

    /// Runs the step in the thread pool, if it is worth it and this thread is not in it already.
    pub(crate) fn run(&self, workspace: &mut Workspace, state: &mut State, feeds: &[Tensor]) -> Result<()> {
        let mut run = || self.plan.run(workspace, state, feeds);
        Ok(if self.parallel { enter_pool(run) } else { run() }?)
    }
}

/// Runs a task on the threads of the current rayon pool, so that what it splits needs no further entry.
pub(crate) fn enter_pool<R: Send>(task: impl FnOnce() -> R + Send) -> R {
    if rayon::current_thread_index().is_some() { task() } else { rayon::scope(|_| task()) }
}

impl Feed {
    pub(crate) const LEARNING_RATE_NAME: &'static str = "learning_rate";
    pub(crate) const ITERATION_NAME: &'static str = "iteration";
    pub(crate) const SEED_NAME: &'static str = "seed";

    /// The name of the feed in graphs.
    pub(crate) fn name(self) -> String {
        match self {
            Feed::X(at) => format!("x/{at}"),
            Feed::Y(at) => format!("y/{at}"),
            Feed::Weight(at) => format!("sample_weight/{at}"),
            Feed::LearningRate => Self::LEARNING_RATE_NAME.into(),
            Feed::Iteration => Self::ITERATION_NAME.into(),
            Feed::Seed => Self::SEED_NAME.into(),
        }
    }

    fn of(slot: &Slot) -> Result<Feed> {
        Ok(match slot.name.as_str() {
            Self::LEARNING_RATE_NAME => Feed::LearningRate,
            Self::ITERATION_NAME => Feed::Iteration,
            Self::SEED_NAME => Feed::Seed,
            name => {
                let numbered = name.split_once('/').and_then(|(kind, at)| Some((kind, at.parse().ok()?)));
                match numbered {
                    Some(("x", at)) => Feed::X(at),
                    Some(("y", at)) => Feed::Y(at),
                    Some(("sample_weight", at)) => Feed::Weight(at),
                    _ => {
                        let message = format!("a layer reads the input `{name}`, which nobody feeds");
                        return Err(Error::model(message));
                    }
                }
            }
        })
    }
}

/// The compiled steps of a model.
#[derive(Default)]
pub(crate) struct Plans {
    steps: Vec<(StepKey, Arc<StepPlan>)>,
    /// The losses and metrics for targets of these shapes.
    measures: Option<(Vec<Shape>, Arc<Measures>)>,
}

/// Steps kept at most: models fed batches of ever new sizes forget the oldest.
const KEPT: usize = 64;

impl Plans {
    /// Forgets all: the network or its compilation has changed.
    pub(crate) fn clear(&mut self) {
        *self = Plans::default();
    }

    /// The step for a key, compiled at its first use.
    pub(crate) fn step(
        &mut self,
        key: &StepKey,
        compile: impl FnOnce() -> Result<Plan>,
    ) -> Result<Arc<StepPlan>> {
        if let Some((_, step)) = self.steps.iter().find(|(known, _)| known == key) {
            return Ok(step.clone());
        }
        let step = Arc::new(StepPlan::new(compile()?)?);
        if self.steps.len() >= KEPT {
            self.steps.remove(0);
        }
        self.steps.push((key.clone(), step.clone()));
        Ok(step)
    }

    /// The losses and metrics for targets of these shapes.
    pub(crate) fn measures(
        &mut self,
        targets: &[Shape],
        resolve: impl FnOnce() -> Result<Measures>,
    ) -> Result<Arc<Measures>> {
        if let Some((known, measures)) = &self.measures
            && known == targets
        {
            return Ok(measures.clone());
        }
        // Steps hold the formulas of the old measures.
        self.steps.retain(|(key, _)| key.mode == Mode::Predict);
        let measures = Arc::new(resolve()?);
        self.measures = Some((targets.to_vec(), measures.clone()));
        Ok(measures)
    }
}
