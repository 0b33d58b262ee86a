//! `Lion`: steps of one length along the sign of the momentum.

use super::base::{base_setters, has_base};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// `w -= learning_rate · sign(beta_1 · m + (1 - beta_1) · g)`, then `m = beta_2 · m + (1 - beta_2) · g`
/// (Chen et al. 2023).
///
/// Source: <https://keras.io/api/optimizers/lion/>.
///
/// ```
/// use cornu::optimizers::{Lion, Optimizer};
/// assert_eq!(Lion::new(1e-4).weight_decay(0.1).base().name, "lion");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Lion {
    #[fields(flatten)]
    base: Base,
    beta_1: f64,
    beta_2: f64,
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.99.
impl Default for Lion {
    fn default() -> Self {
        Lion { base: Base::new("lion", 0.001), beta_1: 0.9, beta_2: 0.99 }
    }
}

impl Lion {
    /// Lion with this learning rate, which should be a third to a tenth of AdamW's.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The weight of the momentum beside the gradient, above 0 and at most 1.
        beta_1: f64;
        /// The weight of the old momentum in the new.
        beta_2: f64;
    }
}

impl Optimizer for Lion {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        Slot::zeros(["momentum"])
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let mixed = |beta: f64| slots[0] * beta + gradient * (1.0 - beta);
        Stepped {
            weight: weight - mixed(self.beta_1).sign() * cx.learning_rate,
            slots: vec![mixed(self.beta_2)],
        }
    }

    fn check_arguments(&self) -> Result<(), String> {
        if !(self.beta_1 > 0.0 && self.beta_1 <= 1.0) {
            return Err(format!("`beta_1` must be above 0 and at most 1, got {}", self.beta_1));
        }
        self.base.check()
    }
}
