//! `Adam`: steps scaled by moving means of gradients and of their squares.

use serde::{Deserialize, Deserializer, Serialize};

use super::base::{base_setters, has_base};
use super::{Base, Optimizer, Slots, Step, Stepped};
use crate::DType;
use crate::graph::Var;

/// `m += (g - m)·(1 - beta_1)` and `v += (g² - v)·(1 - beta_2)`, then `w -= alpha·m / (sqrt(v) + epsilon)` with
/// `alpha = learning_rate · sqrt(1 - beta_2ᵗ) / (1 - beta_1ᵗ)` at step `t` (Kingma and Ba 2014).
///
/// AMSGrad (Reddi et al. 2018) divides by the largest `v` so far.
///
/// Source: <https://keras.io/api/optimizers/adam/>.
///
/// ```
/// use cornu::optimizers::{Adam, Optimizer};
/// let optimizer = Adam::new(1e-3).clipnorm(1.0);
/// assert_eq!(optimizer.slots()[0].names, ["momentum", "velocity"]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adam {
    #[serde(flatten, deserialize_with = "base")]
    base: Base,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    amsgrad: bool,
}

fn base<'de, D: Deserializer<'de>>(config: D) -> Result<Base, D::Error> {
    Adam::default().base.overlaid(config)
}

/// A learning rate of 0.001, `beta_1` of 0.9 and `beta_2` of 0.999.
impl Default for Adam {
    fn default() -> Self {
        Adam { base: Base::new("adam", 0.001), beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false }
    }
}

impl Adam {
    /// Adam with this learning rate.
    pub fn new(learning_rate: f64) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The weight of the old mean in the moving mean of gradients.
        beta_1: f64;
        /// The weight of the old mean in the moving mean of squared gradients.
        beta_2: f64;
        /// What is added to the root (the paper's "epsilon hat").
        epsilon: f64;
        /// Whether the largest mean square so far divides the step.
        amsgrad: bool;
    }
}

impl Optimizer for Adam {
    has_base! {}

    fn slots(&self) -> Vec<Slots> {
        let mut slots = vec![Slots::zeros(&["momentum", "velocity"])];
        slots.extend(self.amsgrad.then_some(Slots::zeros(&["velocity_hat"])));
        slots
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let t = cx.iteration.cast(DType::F32);
        let power = |beta: f64| t.constant(beta).pow(t);
        let alpha = cx.learning_rate * (1.0 - power(self.beta_2)).sqrt() / (1.0 - power(self.beta_1));

        let (m, v) = (slots[0], slots[1]);
        let m = m + (gradient - m) * (1.0 - self.beta_1);
        let v = v + (gradient.square() - v) * (1.0 - self.beta_2);
        let largest = slots.get(2).map(|largest| largest.maximum(v));
        let step = m * alpha / (largest.unwrap_or(v).sqrt() + self.epsilon);
        Stepped { weight: weight - step, slots: [m, v].into_iter().chain(largest).collect() }
    }
}
