//! `DynamicScale`: a loss scale that falls where gradients overflow.

use super::{Step, Value, Variable};
use crate::graph::Var;
use crate::{DType, Shape};

/// How a loss scale begins and grows; what a step does with it is [`LossScaleOptimizer`](super::LossScaleOptimizer)'s
/// rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DynamicScale {
    /// The first scale.
    pub initial: f64,
    /// After how many steps with finite gradients it is doubled.
    pub growth_steps: u64,
}

/// How many variables are the outer optimizer's own, before those of the inner.
pub(crate) const OWN_VARIABLES: usize = 4;

/// The variable of the scale.
const SCALE: &str = "optimizer/dynamic_scale";
/// The variable that counts steps with finite gradients since the scale has changed.
const COUNTER: &str = "optimizer/step_counter";
/// The variable that counts the steps that were not left out.
pub(super) const STEPS: &str = "optimizer/inner_optimizer/iteration";

impl DynamicScale {
    /// The loss under the scale.
    pub(super) fn scale(loss: Var<'_>) -> Var<'_> {
        loss * loss.builder().state(SCALE, Shape::scalar(), DType::F32)
    }

    /// Takes the scale from gradients and brings it up to date. Gives back whether all of them are finite: if not, the
    /// step is to be left out.
    pub(super) fn unscale<'g>(self, cx: &Step<'g>, gradients: &mut [Var<'g>]) -> Option<Var<'g>> {
        let builder = cx.iteration.builder();
        let scale = builder.state(SCALE, Shape::scalar(), DType::F32);
        let counter = builder.state(COUNTER, Shape::scalar(), DType::I64);
        let finite = gradients.iter().map(|gradient| is_finite(*gradient)).reduce(Var::minimum)?.greater(0.0);
        let is_due = counter.equal(self.growth_steps as f64 - 1.0);
        let grown = is_due.select(scale * 2.0, scale);
        builder.update(SCALE, finite.select(grown, scale * 0.5));
        let counted = finite.logical_and(is_due.logical_not());
        builder.update(COUNTER, counted.select(counter + 1.0, counter.zeros_like()));
        builder.update(STEPS, finite.select(cx.iteration, cx.iteration - 1.0));
        gradients.iter_mut().for_each(|gradient| *gradient = *gradient / scale);
        Some(finite)
    }

    /// The variables Keras writes before the inner optimizer's learning rate and slots. The outer optimizer's own count and rate stay 0.
    pub(super) fn variables(self) -> Vec<Variable> {
        let scalar = |name: &str, keras_name: &str, dtype, value| Variable {
            name: name.into(),
            keras_name: keras_name.into(),
            weight: None,
            dtype,
            shape: Vec::new(),
            value,
            filed: true,
        };
        vec![
            scalar("optimizer/outer/iteration", "iteration", DType::I64, Value::Unused(0.0)),
            scalar("optimizer/outer/learning_rate", "learning_rate", DType::F32, Value::Unused(0.0)),
            scalar(COUNTER, "step_counter", DType::I64, Value::Number(0.0)),
            scalar(SCALE, "dynamic_scale", DType::F32, Value::Number(self.initial as f32)),
            scalar(STEPS, "iteration", DType::I64, Value::Number(0.0)),
        ]
    }
}

/// 1 where all elements are finite, else 0.
fn is_finite(gradient: Var<'_>) -> Var<'_> {
    let axes: Vec<isize> = (0..gradient.rank() as isize).collect();
    gradient.abs().less_equal(f64::from(f32::MAX)).cast(DType::F32).min(&axes, false)
}
