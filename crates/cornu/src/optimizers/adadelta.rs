//! `Adadelta`: steps as large as earlier steps were beside earlier gradients.

use super::base::{base_setters, has_base};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// `a = rho · a + (1 - rho) · g²`, `d = -g · sqrt(b + epsilon) / sqrt(a + epsilon)`,
/// `b = rho · b + (1 - rho) · d²`, then `w += learning_rate · d` (Zeiler 2012).
///
/// Source: <https://keras.io/api/optimizers/adadelta/>.
///
/// ```
/// use cornu::optimizers::{Adadelta, Optimizer};
/// assert_eq!(Adadelta::new(1.0).rho(0.9).base().name, "adadelta");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Adadelta {
    #[fields(flatten)]
    base: Base,
    rho: f64,
    epsilon: f64,
}

/// A learning rate of 0.001 and `rho` of 0.95.
impl Default for Adadelta {
    fn default() -> Self {
        Adadelta { base: Base::new("adadelta", 0.001), rho: 0.95, epsilon: 1e-7 }
    }
}

impl Adadelta {
    /// Adadelta with this learning rate; the paper's is 1.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The weight of the old mean in the moving means.
        rho: f64;
        /// What is added under the roots.
        epsilon: f64;
    }
}

impl Optimizer for Adadelta {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        Slot::zeros(["accumulated_grad", "accumulated_delta_var"])
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let moving_mean = |old: Var<'g>, new: Var<'g>| old * self.rho + new.square() * (1.0 - self.rho);
        let root = |mean: Var<'g>| (mean + self.epsilon).sqrt();
        let gradients = moving_mean(slots[0], gradient);
        let delta = -(root(slots[1]) * gradient / root(gradients));
        let deltas = moving_mean(slots[1], delta);
        Stepped { weight: weight + delta * cx.learning_rate, slots: vec![gradients, deltas] }
    }
}
