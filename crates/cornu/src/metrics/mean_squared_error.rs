//! `MeanSquaredError`, as a metric.

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::graph::Var;

/// The running mean of `mean((y_pred - y_true)²)` over the last axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanSquaredError {
    name: String,
}

impl Default for MeanSquaredError {
    fn default() -> Self {
        MeanSquaredError { name: "mean_squared_error".into() }
    }
}

impl Metric for MeanSquaredError {
    fn name(&self) -> &str {
        &self.name
    }

    fn variables(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("total", vec![]), ("count", vec![])]
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        _sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let values = (y_pred - y_true).square().mean(&[-1], false);
        vec![state[0] + values.sum_all(), state[1] + values.ones_like().sum_all()]
    }

    fn result(&self, state: &[&[f32]]) -> f64 {
        f64::from(state[0][0] / state[1][0])
    }
}
