//! Optimizers: how gradients change weights.

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod apply;
mod base;
mod dynamic_scale;
mod ftrl;
mod lamb;
mod learning_rate;
mod lion;
mod loss_scale_optimizer;
mod moments;
mod muon;
mod nadam;
mod patterns;
mod rmsprop;
mod schedule_free_adamw;
pub mod schedules;
mod sgd;
mod slot;
mod variables;

pub use adadelta::Adadelta;
pub use adafactor::Adafactor;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use apply::{Weighted, apply, scale_loss};
pub use base::Base;
pub use dynamic_scale::DynamicScale;
pub(crate) use dynamic_scale::OWN_VARIABLES;
pub use ftrl::Ftrl;
pub use lamb::Lamb;
pub use learning_rate::LearningRate;
pub use lion::Lion;
pub use loss_scale_optimizer::LossScaleOptimizer;
pub use muon::Muon;
pub use nadam::Nadam;
pub use rmsprop::RMSprop;
pub use schedule_free_adamw::ScheduleFreeAdamW;
pub use sgd::SGD;
pub use slot::{Slot, Target, Value};
pub use variables::{Variable, average_of, steps_of, variables};

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

    /// The optimizer's name.
    fn name(&self) -> &str {
        &self.base().name
    }

    /// The variables kept beside a weight, in Keras' order.
    fn slots(&self, target: &Target<'_>) -> Vec<Slot>;

    /// The weight and its slots after one step; `slots` are those of [`Optimizer::slots`] but for the unused. Formulas of
    /// scalars alone, such as bias corrections, may be written out here: equal nodes are merged, so that they are
    /// computed once for all weights.
    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g>;

    /// What part of a weight is lost in each step, times the learning rate.
    fn weight_decay(&self, target: &Target<'_>) -> Option<f64> {
        self.base().weight_decay.filter(|_| self.base().decays(target.path))
    }

    /// How the loss is scaled, if that changes from step to step.
    fn dynamic_scale(&self) -> Option<DynamicScale> {
        None
    }

    /// What is wrong with the arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the optimizer's name.
    fn check_arguments(&self) -> Result<(), String> {
        self.base().check()
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
    /// The new slots, in the order in which the step got them.
    pub slots: Vec<Var<'g>>,
}

crate::family! { Optimizer, "optimizer", "keras.optimizers", {
    SGD = "SGD" ["sgd"];
    RMSprop = "RMSprop" ["rmsprop"];
    Adam = "Adam" ["adam"];
    AdamW = "AdamW" ["adamw"];
    Adadelta = "Adadelta" ["adadelta"];
    Adagrad = "Adagrad" ["adagrad"];
    Adamax = "Adamax" ["adamax"];
    Adafactor = "Adafactor" ["adafactor"];
    Nadam = "Nadam" ["nadam"];
    Ftrl = "Ftrl" ["ftrl"];
    Lion = "Lion" ["lion"];
    Lamb = "Lamb" ["lamb"];
    LossScaleOptimizer = "LossScaleOptimizer" [];
    Muon = "Muon" ["muon"];
    ScheduleFreeAdamW = "ScheduleFreeAdamW" ["schedulefreeadamw"];
}
    fn check_arguments(&self) -> Result<(), String> {
        Optimizer::check_arguments(self)
    }

    // Keras looks optimizers up by the class name in any case: "rmsprop", "RMSProp".
    fn entry(name: &str) -> crate::Result<&'static crate::registry::Entry<Self>> {
        let table = Self::table();
        let found = table.iter().find(|entry| entry.class_name.eq_ignore_ascii_case(name));
        found.or_else(|| crate::registry::find_registered(name)).ok_or_else(|| {
            let known = table.iter().flat_map(|entry| entry.aliases).map(ToString::to_string);
            Error::unknown_name(Self::KIND, name, known)
        })
    }
}
