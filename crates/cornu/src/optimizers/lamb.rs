//! `Lamb`: Adam's direction at the scale of each weight.

use super::base::{base_setters, has_base};
use super::moments::{Moments, moments_setters, power};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// With Adam's means `m` and `v`, `u = m / (1 - beta_1ᵗ) / (sqrt(v / (1 - beta_2ᵗ)) + epsilon)` and
/// `w -= learning_rate · u · ‖w‖ / ‖u‖` at step `t`; the ratio of norms is 1 where one of them is 0 (You et al. 2020).
///
/// Source: <https://keras.io/api/optimizers/lamb/>.
///
/// ```
/// use cornu::optimizers::{Lamb, Optimizer};
/// assert_eq!(Lamb::new(2e-3).weight_decay(0.01).base().name, "lamb");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Lamb {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    moments: Moments,
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for Lamb {
    fn default() -> Self {
        Lamb { base: Base::new("lamb", 0.001), moments: Moments::default() }
    }
}

impl Lamb {
    /// Lamb with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}
    moments_setters! {}
}

impl Optimizer for Lamb {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        Slot::zeros(["momentum", "velocity"])
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let Moments { beta_1, beta_2, epsilon } = self.moments;
        let (m, v) = self.moments.next(gradient, slots[0], slots[1]);
        let root = (v / (1.0 - power(beta_2, cx))).sqrt() + epsilon;
        let update = m / (1.0 - power(beta_1, cx)) / root;

        let norm = |of: Var<'g>| of.square().sum_all().sqrt();
        let (of_weight, of_update) = (norm(weight), norm(update));
        let both = of_weight.greater(0.0).logical_and(of_update.greater(0.0));
        let ratio = both.select(of_weight / of_update, 1.0);
        Stepped { weight: weight - update * (ratio * cx.learning_rate), slots: vec![m, v] }
    }
}
