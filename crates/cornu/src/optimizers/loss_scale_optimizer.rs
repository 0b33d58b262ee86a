//! `LossScaleOptimizer`: another optimizer under a loss scale that adapts.

use serde_json::Value;

use super::{Base, DynamicScale, Optimizer, SGD, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::{Argument, Family, Fields};

/// Another optimizer whose loss is scaled up, so that small gradients do not vanish. A step with a gradient that is not
/// finite is left out and halves the scale; `dynamic_growth_steps` steps without one double it.
///
/// The inner optimizer's own `loss_scale_factor` is taken from it.
///
/// Source: <https://keras.io/api/optimizers/loss_scale_optimizer/>.
///
/// ```
/// use cornu::optimizers::{Adam, LossScaleOptimizer, Optimizer};
/// let optimizer = LossScaleOptimizer::new(Adam::new(1e-3)).initial_scale(1024.0);
/// assert_eq!(optimizer.base().name, "adam");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = LossScaleOptimizer::new(SGD::default()))]
pub struct LossScaleOptimizer {
    name: String,
    #[fields(required)]
    inner_optimizer: Inner,
    initial_scale: f64,
    dynamic_growth_steps: u64,
}

impl LossScaleOptimizer {
    /// This optimizer under a scale that begins with 2¹⁵ and may double every 2000 steps.
    pub fn new(inner_optimizer: impl Optimizer) -> Self {
        LossScaleOptimizer {
            name: "loss_scale_optimizer".into(),
            inner_optimizer: Inner::new(Box::new(inner_optimizer)),
            initial_scale: 32768.0,
            dynamic_growth_steps: 2000,
        }
    }

    crate::setters! {
        /// The optimizer's name.
        name: into String;
        /// The first scale; too high a one falls faster than too low a one rises.
        initial_scale: f64;
        /// After how many steps with finite gradients the scale is doubled.
        dynamic_growth_steps: u64;
    }
}

/// What is about weights is the inner optimizer's.
impl Optimizer for LossScaleOptimizer {
    fn base(&self) -> &Base {
        self.inner_optimizer.0.base()
    }

    fn base_mut(&mut self) -> &mut Base {
        self.inner_optimizer.0.base_mut()
    }

    fn boxed(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn slots(&self, target: &Target<'_>) -> Vec<Slot> {
        self.inner_optimizer.0.slots(target)
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        self.inner_optimizer.0.step(cx, weight, gradient, slots)
    }

    fn weight_decay(&self, target: &Target<'_>) -> Option<f64> {
        self.inner_optimizer.0.weight_decay(target)
    }

    fn dynamic_scale(&self) -> Option<DynamicScale> {
        Some(DynamicScale { initial: self.initial_scale, growth_steps: self.dynamic_growth_steps })
    }

    fn check_arguments(&self) -> Result<(), String> {
        let inner = self.inner_optimizer.0.as_ref();
        if inner.dynamic_scale().is_some() {
            return Err("`inner_optimizer` must not scale the loss itself, got a LossScaleOptimizer".into());
        }
        if !(self.initial_scale.is_finite() && self.initial_scale > 0.0) {
            return Err(format!("`initial_scale` must be above 0, got {}", self.initial_scale));
        }
        inner.check_arguments().map_err(|message| format!("`inner_optimizer`: {message}"))
    }
}

/// The optimizer within.
#[derive(Debug)]
struct Inner(Box<dyn Optimizer>);

impl Inner {
    fn new(mut optimizer: Box<dyn Optimizer>) -> Self {
        optimizer.base_mut().loss_scale_factor = None;
        Inner(optimizer)
    }
}

impl Clone for Inner {
    fn clone(&self) -> Self {
        Inner(self.0.boxed())
    }
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        self.0.base() == other.0.base() && self.0.to_json() == other.0.to_json()
    }
}

impl Argument for Inner {
    fn from_json(value: &Value) -> Result<Self, String> {
        let optimizer = <dyn Optimizer>::from_json(value).map_err(|error| error.to_string())?;
        Ok(Inner::new(optimizer.boxed()))
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}
