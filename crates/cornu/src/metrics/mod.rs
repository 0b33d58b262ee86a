//! Metrics: running measures, kept as variables and updated in the step's graph.

mod accuracy;
mod binary_accuracy;
mod binary_crossentropy;
mod categorical_accuracy;
mod categorical_crossentropy;
mod define;
mod direction;
mod log_names;
mod mean;
mod mean_absolute_error;
mod mean_metric;
mod mean_squared_error;
mod resolve;
mod root_mean_squared_error;
mod samplewise;
mod sparse_categorical_accuracy;
mod sparse_categorical_crossentropy;
mod sparse_top_k_categorical_accuracy;
mod sum;
mod top_k_categorical_accuracy;

pub use accuracy::Accuracy;
pub use binary_accuracy::BinaryAccuracy;
pub use binary_crossentropy::BinaryCrossentropy;
pub use categorical_accuracy::CategoricalAccuracy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use log_names::log_names;
pub use mean::Mean;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;
pub use resolve::resolve;
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use sum::Sum;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;

use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::Targets;
use crate::registry::Configured;
use crate::{DType, Result, Shape, Tensor, eager};

/// A running measure of predictions against targets.
pub trait Metric: Configured {
    /// The metric's name: its key in logs and histories, unless the user gave another.
    fn name(&self) -> &str;

    /// What the targets are.
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// Which values are better, where the metric says: what callbacks that watch it go by.
    fn direction(&self) -> Option<Direction> {
        direction::of(self.class_name())
    }

    /// The running state for predictions of this shape as (name, shape): `float32`, all zero at the start of an
    /// epoch.
    fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)>;

    /// The state after a batch, in the order of [`Metric::variables`]. Weights, if any, have one value a sample
    /// or one for each position in it. A mask the predictions carry has become part of them
    /// ([`crate::losses::apply_mask`]).
    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>>;

    /// The measure so far, from the state's values in the order of [`Metric::variables`].
    fn result(&self, state: &[&[f32]]) -> f64;

    /// The measure of some predictions, outside of any model.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{BinaryAccuracy, Metric};
    /// let y_true = Tensor::from([1i64, 1, 0, 0]);
    /// let y_pred = Tensor::from([0.9f32, 0.2, 0.1, 0.4]);
    /// assert_eq!(BinaryAccuracy::new().evaluate(&y_true, &y_pred, None)?, 0.75);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes do not fit.
    fn evaluate(&self, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) -> Result<f64> {
        let variables = self.variables(&y_pred.to_shape());
        let mut state = Vec::new();
        for at in 0..variables.len() {
            let inputs: Vec<&Tensor> = [y_true, y_pred].into_iter().chain(sample_weight).collect();
            let value = eager::evaluate(&inputs, &|inputs| {
                let zeros = |shape: &Vec<usize>| {
                    inputs[0].builder().constant(Tensor::zeros(shape.clone(), DType::F32))
                };
                let zeros: Vec<Var<'_>> = variables.iter().map(|(_, shape)| zeros(shape)).collect();
                self.update(&zeros, inputs[0], inputs[1], inputs.get(2).copied())[at]
            })?;
            state.push(value.to_vec::<f32>());
        }
        Ok(self.result(&state.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    }
}

crate::family! { Metric, "metric", "keras.metrics", {
    Mean = "Mean" ["mean"];
    Sum = "Sum" ["sum"];
    MeanSquaredError = "MeanSquaredError" ["mse", "mean_squared_error", "MSE"];
    MeanAbsoluteError = "MeanAbsoluteError" ["mae", "mean_absolute_error", "MAE"];
    RootMeanSquaredError = "RootMeanSquaredError" ["root_mean_squared_error"];
    Accuracy = "Accuracy" ["accuracy"];
    BinaryAccuracy = "BinaryAccuracy" ["binary_accuracy"];
    CategoricalAccuracy = "CategoricalAccuracy" ["categorical_accuracy"];
    SparseCategoricalAccuracy = "SparseCategoricalAccuracy" ["sparse_categorical_accuracy"];
    TopKCategoricalAccuracy = "TopKCategoricalAccuracy" ["top_k_categorical_accuracy"];
    SparseTopKCategoricalAccuracy = "SparseTopKCategoricalAccuracy" ["sparse_top_k_categorical_accuracy"];
    BinaryCrossentropy = "BinaryCrossentropy" ["binary_crossentropy", "bce", "BCE"];
    CategoricalCrossentropy = "CategoricalCrossentropy" ["categorical_crossentropy"];
    SparseCategoricalCrossentropy = "SparseCategoricalCrossentropy" ["sparse_categorical_crossentropy"];
}}
