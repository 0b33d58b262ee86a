//! `Ftrl`: follow the regularized leader.

use super::base::{base_setters, has_base, not_negative};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target, Value};
use crate::graph::Var;
use crate::registry::Fields;

/// Follow the regularized leader (McMahan et al. 2013), which sets weights to exactly 0 under an L1 penalty. With
/// `p = -learning_rate_power`:
///
/// - `n' = n + g²`,
/// - `z += g + 2 · l2_shrinkage · w - (n'ᵖ - nᵖ) / learning_rate · w`,
/// - `w = (clip(z, -l1, l1) - z) / (n'ᵖ / learning_rate + 2 · (l2 + beta / (2 · learning_rate)))`.
///
/// Source: <https://keras.io/api/optimizers/ftrl/>.
///
/// ```
/// use cornu::optimizers::{Ftrl, Optimizer};
/// assert_eq!(Ftrl::new(0.1).l1_regularization_strength(0.01).base().name, "ftrl");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Ftrl {
    #[fields(flatten)]
    base: Base,
    learning_rate_power: f64,
    initial_accumulator_value: f64,
    l1_regularization_strength: f64,
    l2_regularization_strength: f64,
    l2_shrinkage_regularization_strength: f64,
    beta: f64,
}

/// A learning rate of 0.001 to the power -0.5, no penalties; sums begin with 0.1.
impl Default for Ftrl {
    fn default() -> Self {
        Ftrl {
            base: Base::new("ftrl", 0.001),
            learning_rate_power: -0.5,
            initial_accumulator_value: 0.1,
            l1_regularization_strength: 0.0,
            l2_regularization_strength: 0.0,
            l2_shrinkage_regularization_strength: 0.0,
            beta: 0.0,
        }
    }
}

impl Ftrl {
    /// Ftrl with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// How fast the rate falls as gradients add up; 0 keeps it, and it must not be above.
        learning_rate_power: f64;
        /// What the sums of squares begin with.
        initial_accumulator_value: f64;
        /// The strength of the L1 penalty.
        l1_regularization_strength: f64;
        /// The strength of the L2 penalty that steadies the weights.
        l2_regularization_strength: f64;
        /// The strength of the L2 penalty on the weights' size.
        l2_shrinkage_regularization_strength: f64;
        /// The paper's beta.
        beta: f64;
    }
}

impl Optimizer for Ftrl {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        let initial = Value::Number(self.initial_accumulator_value as f32);
        vec![Slot::new("accumulator").value(initial), Slot::new("linear")]
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let (sum, linear) = (slots[0], slots[1]);
        let new_sum = sum + gradient.square();
        let powered = |sum: Var<'g>| sum.pow(-self.learning_rate_power);

        let shrunk = gradient + weight * (2.0 * self.l2_shrinkage_regularization_strength);
        let linear = linear + (shrunk - (powered(new_sum) - powered(sum)) / cx.learning_rate * weight);
        let l2 = self.beta / (cx.learning_rate * 2.0) + self.l2_regularization_strength;
        let quadratic = powered(new_sum) / cx.learning_rate + l2 * 2.0;
        let l1 = self.l1_regularization_strength;
        Stepped { weight: (linear.clip(-l1, l1) - linear) / quadratic, slots: vec![new_sum, linear] }
    }

    fn check_arguments(&self) -> Result<(), String> {
        not_negative("initial_accumulator_value", self.initial_accumulator_value)?;
        not_negative("l1_regularization_strength", self.l1_regularization_strength)?;
        not_negative("l2_regularization_strength", self.l2_regularization_strength)?;
        not_negative("l2_shrinkage_regularization_strength", self.l2_shrinkage_regularization_strength)?;
        if self.learning_rate_power.is_nan() || self.learning_rate_power > 0.0 {
            return Err(format!(
                "`learning_rate_power` must not be above 0, got {}",
                self.learning_rate_power
            ));
        }
        self.base.check()
    }
}
