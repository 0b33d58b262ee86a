//! Metrics: running measures, kept as variables and updated in the step's graph.

mod mean_squared_error;

pub use mean_squared_error::MeanSquaredError;

use crate::graph::Var;
use crate::losses::Targets;
use crate::registry::Configured;

/// A running measure of predictions against targets.
pub trait Metric: Configured {
    /// The metric's name: its key in logs and histories.
    fn name(&self) -> &str;

    /// What the targets are.
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// The running state as (name, shape), all zero at the start of an epoch.
    fn variables(&self) -> Vec<(&'static str, Vec<usize>)>;

    /// The state after a batch, in the order of [`Metric::variables`]. Weights, if any, have one value a sample.
    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>>;

    /// The measure so far, from the state's values in the order of [`Metric::variables`].
    fn result(&self, state: &[&[f32]]) -> f64;
}

crate::family! { Metric, "metric", "keras.metrics", {
    MeanSquaredError = "MeanSquaredError" ["mse", "mean_squared_error", "MSE"];
}}
