//! `SGD`: gradient descent with momentum.

use super::base::{base_setters, has_base};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// Gradient descent: `w -= learning_rate · g`.
///
/// With momentum `v = momentum · v - learning_rate · g` and `w += v`; Nesterov's form looks ahead,
/// `w += momentum · v - learning_rate · g` (Sutskever et al. 2013).
///
/// Source: <https://keras.io/api/optimizers/sgd/>.
///
/// ```
/// use cornu::optimizers::{Optimizer, SGD};
/// let optimizer = SGD::new(0.1).momentum(0.9).nesterov(true).clipnorm(1.0);
/// assert_eq!(optimizer.base().clipnorm, Some(1.0));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct SGD {
    #[fields(flatten)]
    base: Base,
    momentum: f64,
    nesterov: bool,
}

/// A learning rate of 0.01 and no momentum.
impl Default for SGD {
    fn default() -> Self {
        SGD { base: Base::new("sgd", 0.01), momentum: 0.0, nesterov: false }
    }
}

impl SGD {
    /// Gradient descent with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The part of the last step that is taken again, in 0..=1.
        momentum: f64;
        /// Whether momentum takes Nesterov's form.
        nesterov: bool;
    }
}

impl Optimizer for SGD {
    has_base! {}

    fn slots(&self, _: &Target<'_>) -> Vec<Slot> {
        if self.momentum == 0.0 { Vec::new() } else { Slot::zeros(["momentum"]) }
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let descent = gradient * cx.learning_rate;
        let Some(&velocity) = slots.first() else {
            return Stepped { weight: weight - descent, slots: Vec::new() };
        };
        let velocity = velocity * self.momentum - descent;
        let step = if self.nesterov { velocity * self.momentum - descent } else { velocity };
        Stepped { weight: weight + step, slots: vec![velocity] }
    }

    fn check_arguments(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.momentum) {
            return Err(format!("`momentum` must lie in 0..=1, got {}", self.momentum));
        }
        self.base.check()
    }
}
