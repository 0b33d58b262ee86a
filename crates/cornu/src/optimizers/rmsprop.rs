//! `RMSprop`: steps divided by a moving root mean square of gradients.

use super::base::{base_setters, has_base};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// `v = rho · v + (1 - rho) · g²`, then `w -= learning_rate · g / sqrt(v + epsilon)`.
///
/// Centered, the square of a moving mean of gradients is taken from `v`: the variance remains. With momentum
/// the step is `m = momentum · m + learning_rate · g / sqrt(v + epsilon)` (Hinton, lecture 6e; Graves 2013).
///
/// Source: <https://keras.io/api/optimizers/rmsprop/>.
///
/// ```
/// use cornu::optimizers::{Optimizer, RMSprop, Target};
/// let optimizer = RMSprop::new(1e-3).rho(0.95).centered(true);
/// assert_eq!(optimizer.slots(&Target { path: "dense/kernel", shape: &[3, 4] }).len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct RMSprop {
    #[fields(flatten)]
    base: Base,
    rho: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
}

/// A learning rate of 0.001, `rho` of 0.9, no momentum, not centered.
impl Default for RMSprop {
    fn default() -> Self {
        RMSprop {
            // So Keras spells the class in snake case.
            base: Base::new("rm_sprop", 0.001),
            rho: 0.9,
            momentum: 0.0,
            epsilon: 1e-7,
            centered: false,
        }
    }
}

impl RMSprop {
    /// RMSprop with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The weight of the old mean in the moving mean of squared gradients.
        rho: f64;
        /// The part of the last step that is taken again.
        momentum: f64;
        /// What is added under the root.
        epsilon: f64;
        /// Whether gradients are scaled by their variance rather than by their mean square.
        centered: bool;
    }

    fn has_momentum(&self) -> bool {
        self.momentum > 0.0
    }
}

impl Optimizer for RMSprop {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        let mut slots = Slot::zeros(["velocity"]);
        slots.extend(self.has_momentum().then(|| Slot::new("momentum").pass(1)));
        slots.extend(self.centered.then(|| Slot::new("average_gradient").pass(2)));
        slots
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let moving_mean = |old: Var<'g>, new: Var<'g>| old * self.rho + new * (1.0 - self.rho);
        let velocity = moving_mean(slots[0], gradient.square());
        let mut stepped = Stepped { weight, slots: vec![velocity] };
        let mean = self.centered.then(|| moving_mean(slots[slots.len() - 1], gradient));
        let variance = mean.map_or(velocity, |mean| velocity - mean.square());
        let mut step = gradient * cx.learning_rate / (variance + self.epsilon).sqrt();
        if self.has_momentum() {
            step = slots[1] * self.momentum + step;
            stepped.slots.push(step);
        }
        stepped.slots.extend(mean);
        stepped.weight = weight - step;
        stepped
    }
}
