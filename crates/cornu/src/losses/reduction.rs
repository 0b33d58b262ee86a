//! How the losses of many samples become one number.

use serde::{Deserialize, Serialize};

/// Keras' reductions of per-sample losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// The sum divided by the number of values, weighted or not.
    #[default]
    SumOverBatchSize,
    /// The sum.
    Sum,
    /// The same as `SumOverBatchSize`.
    Mean,
    /// The weighted sum divided by the sum of the weights.
    MeanWithSampleWeight,
    /// No reduction.
    None,
}
