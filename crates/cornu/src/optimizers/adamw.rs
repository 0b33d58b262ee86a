//! `AdamW`: Adam with weight decay.

use super::adam;
use super::base::{base_setters, has_base};
use super::moments::{Moments, moments_setters};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// [`Adam`](super::Adam) in which each weight first loses `weight_decay · learning_rate` of itself, apart from its
/// gradient (Loshchilov and Hutter 2019).
///
/// Source: <https://keras.io/api/optimizers/adamw/>.
///
/// ```
/// use cornu::optimizers::{AdamW, Optimizer};
/// let optimizer = AdamW::new(1e-3).weight_decay(0.01).exclude_from_weight_decay(["bias"]);
/// assert_eq!(optimizer.base().weight_decay, Some(0.01));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct AdamW {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    moments: Moments,
    amsgrad: bool,
}

/// A learning rate of 0.001, a weight decay of 0.004, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for AdamW {
    fn default() -> Self {
        let base = Base { weight_decay: Some(0.004), ..Base::new("adam_w", 0.001) };
        AdamW { base, moments: Moments::default(), amsgrad: false }
    }
}

impl AdamW {
    /// AdamW with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}
    moments_setters! {}

    crate::setters! {
        /// Whether the largest mean square so far divides the step.
        amsgrad: bool;
    }
}

impl Optimizer for AdamW {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        adam::slots(self.amsgrad)
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        self.moments.step(cx, weight, gradient, slots)
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.base.weight_decay.is_none() {
            return Err("`weight_decay` must be a number, got none; without decay it is `Adam`".into());
        }
        self.base.check()
    }
}
