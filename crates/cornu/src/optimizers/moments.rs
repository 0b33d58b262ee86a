//! The moving means of gradients and of their squares that Adam and its kin keep.

use super::{Step, Stepped};
use crate::DType;
use crate::graph::Var;
use crate::registry::Fields;

/// The arguments about the two means.
#[derive(Debug, Clone, PartialEq, Fields)]
pub(super) struct Moments {
    pub(super) beta_1: f64,
    pub(super) beta_2: f64,
    pub(super) epsilon: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Moments { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl Moments {
    /// The means after one more gradient: `m += (g - m)·(1 - beta_1)` and `v += (g² - v)·(1 - beta_2)`.
    pub(super) fn next<'g>(&self, gradient: Var<'g>, m: Var<'g>, v: Var<'g>) -> (Var<'g>, Var<'g>) {
        (moved(m, gradient, self.beta_1), moved(v, gradient.square(), self.beta_2))
    }

    /// Adam's step over the slots `m`, `v` and, for AMSGrad, the largest `v` so far.
    pub(super) fn step<'g>(
        &self,
        cx: &Step<'g>,
        weight: Var<'g>,
        gradient: Var<'g>,
        slots: &[Var<'g>],
    ) -> Stepped<'g> {
        let alpha = cx.learning_rate * (1.0 - power(self.beta_2, cx)).sqrt() / (1.0 - power(self.beta_1, cx));
        let (m, v) = self.next(gradient, slots[0], slots[1]);
        let largest = slots.get(2).map(|largest| largest.maximum(v));
        let step = m * alpha / (largest.unwrap_or(v).sqrt() + self.epsilon);
        Stepped { weight: weight - step, slots: [m, v].into_iter().chain(largest).collect() }
    }
}

/// A moving mean after one more value, where the old mean has the weight `beta`.
pub(super) fn moved<'g>(mean: Var<'g>, value: Var<'g>, beta: f64) -> Var<'g> {
    mean + (value - mean) * (1.0 - beta)
}

/// `beta` to the power of the number of this step.
pub(super) fn power<'g>(beta: f64, cx: &Step<'g>) -> Var<'g> {
    let t = cx.iteration.cast(DType::F32);
    t.constant(beta).pow(t)
}

/// Setters of the arguments about the two means, to stand in `impl` of an optimizer with a `moments` field.
macro_rules! moments_setters {
    () => {
        /// The weight of the old mean in the moving mean of gradients.
        #[must_use]
        pub fn beta_1(mut self, beta_1: f64) -> Self {
            self.moments.beta_1 = beta_1;
            self
        }

        /// The weight of the old mean in the moving mean of squared gradients.
        #[must_use]
        pub fn beta_2(mut self, beta_2: f64) -> Self {
            self.moments.beta_2 = beta_2;
            self
        }

        /// What is added to the root (the paper's "epsilon hat").
        #[must_use]
        pub fn epsilon(mut self, epsilon: f64) -> Self {
            self.moments.epsilon = epsilon;
            self
        }
    };
}

pub(super) use moments_setters;
