//! `SGD`: gradient descent with momentum.

use serde::{Deserialize, Serialize};

use super::{Base, Optimizer, Step, Stepped};
use crate::graph::Var;

/// Gradient descent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SGD {
    #[serde(flatten)]
    base: Base,
    momentum: f64,
    nesterov: bool,
}

impl Default for SGD {
    fn default() -> Self {
        SGD { base: Base::new("SGD", 0.01), momentum: 0.0, nesterov: false }
    }
}

impl Optimizer for SGD {
    fn base(&self) -> &Base {
        &self.base
    }

    fn base_mut(&mut self) -> &mut Base {
        &mut self.base
    }

    fn boxed(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["momentum"] }
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, _slots: &[Var<'g>]) -> Stepped<'g> {
        Stepped { weight: weight - gradient * cx.learning_rate, slots: Vec::new() }
    }
}
