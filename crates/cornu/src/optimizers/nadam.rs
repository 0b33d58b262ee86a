//! `Nadam`: Adam with Nesterov's momentum.

use super::base::{base_setters, has_base};
use super::moments::{Moments, moments_setters, power};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target, Value};
use crate::DType;
use crate::graph::Var;
use crate::registry::Fields;

/// [`Adam`](super::Adam) that looks one step ahead, with a momentum that warms up (Dozat 2015):
/// `mu(t) = beta_1 · (1 - 0.96ᵗ / 2)`, `p = mu(1) · … · mu(t)`,
/// `m̂ = mu(t+1) · m / (1 - p · mu(t+1)) + (1 - mu(t)) · g / (1 - p)`, `v̂ = v / (1 - beta_2ᵗ)`, then
/// `w -= learning_rate · m̂ / (sqrt(v̂) + epsilon)`.
///
/// Source: <https://keras.io/api/optimizers/Nadam/>.
///
/// ```
/// use cornu::optimizers::{Nadam, Optimizer};
/// assert_eq!(Nadam::new(2e-3).beta_1(0.8).base().name, "nadam");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Nadam {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    moments: Moments,
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for Nadam {
    fn default() -> Self {
        Nadam { base: Base::new("nadam", 0.001), moments: Moments::default() }
    }
}

impl Nadam {
    /// Nadam with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}
    moments_setters! {}
}

impl Optimizer for Nadam {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        let mut slots = Slot::zeros(["momentum", "velocity"]);
        let product = Slot::shared("u_product").value(Value::Number(1.0)).pass(1);
        slots.push(product.keras_name("variable"));
        slots
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let t = cx.iteration.cast(DType::F32);
        let warmed = |t: Var<'g>| (1.0 - t.constant(0.96).pow(t) * 0.5) * self.moments.beta_1;
        let (mu, mu_next) = (warmed(t), warmed(t + 1.0));
        let product = slots[2] * mu;

        let (m, v) = self.moments.next(gradient, slots[0], slots[1]);
        let m_hat = m * mu_next / (1.0 - product * mu_next) + gradient * (1.0 - mu) / (1.0 - product);
        let v_hat = v / (1.0 - power(self.moments.beta_2, cx));
        let step = m_hat * cx.learning_rate / (v_hat.sqrt() + self.moments.epsilon);
        Stepped { weight: weight - step, slots: vec![m, v, product] }
    }
}
