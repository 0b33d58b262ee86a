//! `ScheduleFreeAdamW`: Adam whose averaged weights make a schedule needless.

use super::base::{base_setters, has_base};
use super::moments::{moved, power};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target, Value};
use crate::DType;
use crate::graph::Var;
use crate::registry::Fields;

/// A sequence `z` of steps and its mean `x`, between which the weight `y` lies (Defazio et al. 2024). At step `t`:
///
/// - `v += (g² - v)·(1 - beta_2)`, `z -= learning_rate · g / (sqrt(v / (1 - beta_2ᵗ)) + epsilon)`,
/// - `x = (y - (1 - beta_1) · z) / beta_1`, then `x += (z - x) / t`,
/// - `y = (1 - beta_1) · z + beta_1 · x`.
///
/// Over the first `warmup_steps` the learning rate rises from 0. As in Keras on TensorFlow and PyTorch, the old mean is
/// found with the new `z`; the paper has the old one there, as has Keras on JAX.
///
/// Source: <https://github.com/facebookresearch/schedule_free>.
///
/// ```
/// use cornu::optimizers::{Optimizer, ScheduleFreeAdamW};
/// assert_eq!(ScheduleFreeAdamW::new(2.5e-3).warmup_steps(100).base().name, "schedule_free_adam_w");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct ScheduleFreeAdamW {
    #[fields(flatten)]
    base: Base,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
    warmup_steps: u64,
}

/// A learning rate of 0.0025, `beta_1` of 0.9, `beta_2` of 0.999, no warm-up.
impl Default for ScheduleFreeAdamW {
    fn default() -> Self {
        ScheduleFreeAdamW {
            base: Base::new("schedule_free_adam_w", 0.0025),
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            warmup_steps: 0,
        }
    }
}

impl ScheduleFreeAdamW {
    /// Schedule-free AdamW with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The part of the mean in the weight; not 0.
        beta_1: f64;
        /// The weight of the old mean in the moving mean of squared gradients.
        beta_2: f64;
        /// What is added to the root.
        epsilon: f64;
        /// Over how many steps the learning rate rises.
        warmup_steps: u64;
    }
}

impl Optimizer for ScheduleFreeAdamW {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        vec![Slot::new("momentum").value(Value::Weight), Slot::new("velocity")]
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let t = cx.iteration.cast(DType::F32);
        let warmed = (t / self.warmup_steps as f64).minimum(1.0);
        let rate = if self.warmup_steps > 0 { cx.learning_rate * warmed } else { cx.learning_rate };

        let v = moved(slots[1], gradient.square(), self.beta_2);
        let z = slots[0] - gradient * rate / ((v / (1.0 - power(self.beta_2, cx))).sqrt() + self.epsilon);
        let part = 1.0 / t;
        let x = (weight - z * (1.0 - self.beta_1)) / self.beta_1;
        let x = x * (1.0 - part) + z * part;
        Stepped { weight: z * (1.0 - self.beta_1) + x * self.beta_1, slots: vec![z, v] }
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.beta_1 == 0.0 {
            return Err("`beta_1` must not be 0: the weight would not hold the mean".into());
        }
        self.base.check()
    }
}
