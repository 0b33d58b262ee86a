//! `Adamax`: Adam with the largest gradient in place of the mean square.

use super::base::{base_setters, has_base};
use super::moments::{Moments, moments_setters, moved, power};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// `m += (g - m)·(1 - beta_1)` and `u = max(beta_2 · u, |g|)`, then
/// `w -= learning_rate · m / ((1 - beta_1ᵗ) · (u + epsilon))` at step `t` (Kingma and Ba 2014, section 7.1).
///
/// Source: <https://keras.io/api/optimizers/adamax/>.
///
/// ```
/// use cornu::optimizers::{Adamax, Optimizer};
/// assert_eq!(Adamax::new(2e-3).beta_2(0.99).base().name, "adamax");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Adamax {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    moments: Moments,
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for Adamax {
    fn default() -> Self {
        Adamax { base: Base::new("adamax", 0.001), moments: Moments::default() }
    }
}

impl Adamax {
    /// Adamax with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}
    moments_setters! {}
}

impl Optimizer for Adamax {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        Slot::zeros(["momentum", "norm"])
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let Moments { beta_1, beta_2, epsilon } = self.moments;
        let m = moved(slots[0], gradient, beta_1);
        let u = (slots[1] * beta_2).maximum(gradient.abs());
        let step = cx.learning_rate * m / ((1.0 - power(beta_1, cx)) * (u + epsilon));
        Stepped { weight: weight - step, slots: vec![m, u] }
    }
}
