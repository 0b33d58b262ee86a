//! Optimizers: how gradients change weights.

mod base;
mod sgd;

pub use base::Base;
pub use sgd::SGD;

use crate::graph::Var;
use crate::registry::Configured;

/// A rule by which gradients change weights.
pub trait Optimizer: Configured {
    /// The arguments every optimizer has.
    fn base(&self) -> &Base;

    /// The arguments every optimizer has, to be changed.
    fn base_mut(&mut self) -> &mut Base;

    /// The optimizer, to be kept and changed.
    fn boxed(&self) -> Box<dyn Optimizer>;

    /// The names of the variables kept beside each weight, in Keras' order.
    fn slots(&self) -> &'static [&'static str];

    /// The weight and its slots after one step.
    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g>;
}

/// What a step knows beside the weight: scalars of type `float32`.
#[derive(Debug, Clone, Copy)]
pub struct Step<'g> {
    /// The learning rate at this step.
    pub learning_rate: Var<'g>,
    /// The number of this step, counted from 1.
    pub iteration: Var<'g>,
}

/// A weight and its slots after a step.
#[derive(Debug, Clone)]
pub struct Stepped<'g> {
    /// The new weight.
    pub weight: Var<'g>,
    /// The new slots, in the order of [`Optimizer::slots`].
    pub slots: Vec<Var<'g>>,
}

crate::family! { Optimizer, "optimizer", "keras.optimizers", {
    SGD = "SGD" ["sgd"];
}}
