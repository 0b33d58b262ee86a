//! `Adagrad`: steps divided by the root of the sum of all squared gradients.

use super::base::{base_setters, has_base, not_negative};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target, Value};
use crate::graph::Var;
use crate::registry::Fields;

/// `a += g²`, then `w -= learning_rate · g / sqrt(a + epsilon)` (Duchi et al. 2011).
///
/// Source: <https://keras.io/api/optimizers/adagrad/>.
///
/// ```
/// use cornu::optimizers::{Adagrad, Optimizer};
/// assert_eq!(Adagrad::new(1.0).initial_accumulator_value(0.0).base().name, "adagrad");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Adagrad {
    #[fields(flatten)]
    base: Base,
    initial_accumulator_value: f64,
    epsilon: f64,
}

/// A learning rate of 0.001; sums begin with 0.1.
impl Default for Adagrad {
    fn default() -> Self {
        Adagrad { base: Base::new("adagrad", 0.001), initial_accumulator_value: 0.1, epsilon: 1e-7 }
    }
}

impl Adagrad {
    /// Adagrad with this learning rate, which may be higher than that of others: the paper's is 1.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// What the sums of squares begin with.
        initial_accumulator_value: f64;
        /// What is added under the root.
        epsilon: f64;
    }
}

impl Optimizer for Adagrad {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        vec![Slot::new("accumulator").value(Value::Number(self.initial_accumulator_value as f32))]
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let sum = slots[0] + gradient.square();
        let step = gradient * cx.learning_rate / (sum + self.epsilon).sqrt();
        Stepped { weight: weight - step, slots: vec![sum] }
    }

    fn check_arguments(&self) -> Result<(), String> {
        not_negative("initial_accumulator_value", self.initial_accumulator_value)?;
        self.base.check()
    }
}
