//! `L2`: the sum of squares.

use serde::{Deserialize, Serialize};

use super::Regularizer;
use crate::graph::Var;

/// `l2 * sum(w²)`.
///
/// Source: <https://keras.io/api/layers/regularizers/#l2-class>.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct L2 {
    l2: f64,
}

impl Default for L2 {
    fn default() -> Self {
        L2 { l2: 0.01 }
    }
}

impl L2 {
    /// A penalty with this factor (Keras' default is 0.01).
    pub fn new(l2: f64) -> Self {
        L2 { l2 }
    }
}

impl Regularizer for L2 {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        weight.square().sum_all() * self.l2
    }
}
