//! `Adam`: steps scaled by moving means of gradients and of their squares.

use super::base::{base_setters, has_base};
use super::moments::{Moments, moments_setters};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// `m += (g - m)·(1 - beta_1)` and `v += (g² - v)·(1 - beta_2)`, then `w -= alpha·m / (sqrt(v) + epsilon)` with
/// `alpha = learning_rate · sqrt(1 - beta_2ᵗ) / (1 - beta_1ᵗ)` at step `t` (Kingma and Ba 2014).
///
/// AMSGrad (Reddi et al. 2018) divides by the largest `v` so far.
///
/// Source: <https://keras.io/api/optimizers/adam/>.
///
/// ```
/// use cornu::optimizers::{Adam, Optimizer, Target};
/// let optimizer = Adam::new(1e-3).clipnorm(1.0);
/// let slots = optimizer.slots(&Target { path: "dense/kernel", shape: &[3, 4] });
/// assert_eq!(slots.iter().map(|slot| slot.name).collect::<Vec<_>>(), ["momentum", "velocity"]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Adam {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    moments: Moments,
    amsgrad: bool,
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for Adam {
    fn default() -> Self {
        Adam { base: Base::new("adam", 0.001), moments: Moments::default(), amsgrad: false }
    }
}

impl Adam {
    /// Adam with this learning rate.
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

impl Optimizer for Adam {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        slots(self.amsgrad)
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        self.moments.step(cx, weight, gradient, slots)
    }
}

/// Adam's slots, with the one of AMSGrad or without.
pub(super) fn slots(amsgrad: bool) -> Vec<Slot> {
    let mut slots = Slot::zeros(["momentum", "velocity"]);
    slots.extend(amsgrad.then(|| Slot::new("velocity_hat").pass(1)));
    slots
}
