//! Optimizers: how gradients change weights.

mod adam;
mod apply;
mod base;
mod rmsprop;
mod sgd;
mod variables;

pub use adam::Adam;
pub use apply::{Weighted, apply, scale_loss};
pub use base::Base;
pub use rmsprop::RMSprop;
pub use sgd::SGD;
pub use variables::{Variable, average_of, variables};

use crate::Error;
use crate::graph::Var;
use crate::registry::Configured;

/// A rule by which gradients change weights.
///
/// A member says what one step does to one weight; [`apply`] does what is the same for all of them.
pub trait Optimizer: Configured {
    /// The arguments every optimizer has.
    fn base(&self) -> &Base;

    /// The arguments every optimizer has, to be changed.
    fn base_mut(&mut self) -> &mut Base;

    /// The optimizer, to be kept and changed.
    fn boxed(&self) -> Box<dyn Optimizer>;

    /// The variables kept beside each weight, in Keras' order.
    fn slots(&self) -> Vec<Slots>;

    /// The weight and its slots after one step. Formulas of scalars alone, such as bias corrections, may
    /// be written out here: equal nodes are merged, so that they are computed once for all weights.
    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g>;

    /// What is wrong with the arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the optimizer's name.
    fn check_arguments(&self) -> Result<(), String> {
        self.base().check()
    }
}

/// Variables kept beside each weight, of its shape, that Keras makes for one weight after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slots {
    /// What they are called, in the order in which they are made for a weight.
    pub names: &'static [&'static str],
    /// The value they start with.
    pub initial: f32,
}

impl Slots {
    /// Slots that start at 0.
    pub const fn zeros(names: &'static [&'static str]) -> Self {
        Slots { names, initial: 0.0 }
    }
}

/// What a step knows beside the weight. Both are inputs of the graph, so that neither ever recompiles it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'g> {
    /// The learning rate at this step, a `float32` scalar.
    pub learning_rate: Var<'g>,
    /// The number of this step, counted from 1, an `int64` scalar.
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
    RMSprop = "RMSprop" ["rmsprop"];
    Adam = "Adam" ["adam"];
}
    fn check_arguments(&self) -> Result<(), String> {
        Optimizer::check_arguments(self)
    }

    // Keras looks optimizers up by the class name in any case: "rmsprop", "RMSProp".
    fn entry(name: &str) -> crate::Result<&'static crate::registry::Entry<Self>> {
        let table = Self::table();
        table.iter().find(|entry| entry.class_name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known = table.iter().flat_map(|entry| entry.aliases).map(ToString::to_string);
            Error::unknown_name(Self::KIND, name, known)
        })
    }
}
