//! Metrics: running measures, kept as variables and updated in the step's graph.

mod accuracy;
mod auc;
mod binary_accuracy;
mod binary_crossentropy;
mod binary_io_u;
mod categorical_accuracy;
mod categorical_crossentropy;
mod categorical_hinge;
mod concordance_correlation;
mod confusion;
mod cosine_similarity;
mod define;
mod f1_score;
mod false_negatives;
mod false_positives;
mod fbeta_score;
mod hinge;
mod intersection;
mod io_u;
mod kl_divergence;
mod log_cosh_error;
mod log_names;
mod mean;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_io_u;
mod mean_metric;
mod mean_metric_wrapper;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod measured;
mod one_hot_io_u;
mod one_hot_mean_io_u;
mod operating_point;
mod pearson_correlation;
mod poisson;
mod precision;
mod precision_at_recall;
mod r2_score;
mod recall;
mod recall_at_precision;
mod resolve;
mod root_mean_squared_error;
mod samplewise;
mod sensitivity_at_specificity;
mod sparse_categorical_accuracy;
mod sparse_categorical_crossentropy;
mod sparse_top_k_categorical_accuracy;
mod specificity_at_sensitivity;
mod squared_hinge;
mod sum;
mod thresholds;
mod top_k_categorical_accuracy;
mod true_negatives;
mod true_positives;

pub use accuracy::Accuracy;
pub use auc::{AUC, Curve, LabelWeights, SummationMethod};
pub use binary_accuracy::BinaryAccuracy;
pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_io_u::BinaryIoU;
pub use categorical_accuracy::CategoricalAccuracy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_hinge::CategoricalHinge;
pub use concordance_correlation::ConcordanceCorrelation;
pub use cosine_similarity::CosineSimilarity;
pub use f1_score::F1Score;
pub use false_negatives::FalseNegatives;
pub use false_positives::FalsePositives;
pub use fbeta_score::{Average, FBetaScore};
pub use hinge::Hinge;
pub use io_u::IoU;
pub use kl_divergence::KLDivergence;
pub use log_cosh_error::LogCoshError;
pub use log_names::log_names;
pub use mean::Mean;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_io_u::MeanIoU;
pub use mean_metric_wrapper::MeanMetricWrapper;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use measured::Measured;
pub use one_hot_io_u::OneHotIoU;
pub use one_hot_mean_io_u::OneHotMeanIoU;
pub use pearson_correlation::PearsonCorrelation;
pub use poisson::Poisson;
pub use precision::Precision;
pub use precision_at_recall::PrecisionAtRecall;
pub use r2_score::{ClassAggregation, R2Score};
pub use recall::Recall;
pub use recall_at_precision::RecallAtPrecision;
pub use resolve::resolve;
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sensitivity_at_specificity::SensitivityAtSpecificity;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use specificity_at_sensitivity::SpecificityAtSensitivity;
pub use squared_hinge::SquaredHinge;
pub use sum::Sum;
pub use thresholds::Thresholds;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;
pub use true_negatives::TrueNegatives;
pub use true_positives::TruePositives;

use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::Targets;
use crate::registry::{Configured, Family};
use crate::{DType, Error, Result, Shape, Tensor, eager};

/// A running measure of predictions against targets.
pub trait Metric: Configured {
    /// The metric's name: its key in logs and histories, unless the user gave another.
    fn name(&self) -> &str;

    /// What is wrong with the arguments, if anything; see [`crate::registry::Family::check_arguments`].
    ///
    /// # Errors
    /// The sentence that goes behind the metric's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// What is wrong with targets and an output of these shapes, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the metric's name.
    fn check_shapes(&self, _targets: &Shape, _output: &Shape) -> Result<(), String> {
        Ok(())
    }

    /// Whether positions that predictions mask do not count. In Keras they count for all metrics but means of
    /// functions.
    fn takes_mask(&self) -> bool {
        false
    }

    /// What the targets are.
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// Which values are better: what callbacks that watch it go by. A count or a mean of whatever says nothing.
    fn direction(&self) -> Option<Direction> {
        None
    }

    /// The running state for predictions of this shape as (name, shape): `float32`, all zero at the start of an
    /// epoch.
    fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)>;

    /// The state after a batch, in the order of [`Metric::variables`]. Weights, if any, have one value a sample
    /// or one for each position in it. If the metric
    /// takes it, a mask the predictions carry has become part of them ([`crate::losses::apply_mask`]).
    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>>;

    /// The measure so far, from the state's values in the order of [`Metric::variables`].
    fn result(&self, state: &[&[f32]]) -> Measured;

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
    /// If arguments are outside of their range, or the shapes do not fit.
    fn evaluate(&self, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) -> Result<Measured> {
        self.check_arguments()
            .and_then(|()| self.check_shapes(&y_true.to_shape(), &y_pred.to_shape()))
            .map_err(|message| misfit(self.class_name(), &message))?;
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

/// An error about a metric's arguments or what it is given.
fn misfit(class_name: &str, message: &str) -> Error {
    Error::argument(format!("{} `{class_name}`", <dyn Metric as Family>::KIND), message)
}

crate::family! { Metric, "metric", "keras.metrics", {
    Mean = "Mean" ["mean"];
    Sum = "Sum" ["sum"];
    MeanMetricWrapper = "MeanMetricWrapper" ["mean_metric_wrapper"];
    MeanSquaredError = "MeanSquaredError" ["mse", "mean_squared_error", "MSE"];
    MeanAbsoluteError = "MeanAbsoluteError" ["mae", "mean_absolute_error", "MAE"];
    MeanAbsolutePercentageError = "MeanAbsolutePercentageError" ["mape", "mean_absolute_percentage_error", "MAPE"];
    MeanSquaredLogarithmicError = "MeanSquaredLogarithmicError" ["msle", "mean_squared_logarithmic_error", "MSLE"];
    RootMeanSquaredError = "RootMeanSquaredError" ["root_mean_squared_error"];
    CosineSimilarity = "CosineSimilarity" ["cosine_similarity"];
    LogCoshError = "LogCoshError" ["log_cosh_error"];
    R2Score = "R2Score" ["r2_score"];
    PearsonCorrelation = "PearsonCorrelation" ["pearson_correlation"];
    ConcordanceCorrelation = "ConcordanceCorrelation" ["concordance_correlation"];
    Accuracy = "Accuracy" ["accuracy"];
    BinaryAccuracy = "BinaryAccuracy" ["binary_accuracy"];
    CategoricalAccuracy = "CategoricalAccuracy" ["categorical_accuracy"];
    SparseCategoricalAccuracy = "SparseCategoricalAccuracy" ["sparse_categorical_accuracy"];
    TopKCategoricalAccuracy = "TopKCategoricalAccuracy" ["top_k_categorical_accuracy"];
    SparseTopKCategoricalAccuracy = "SparseTopKCategoricalAccuracy" ["sparse_top_k_categorical_accuracy"];
    BinaryCrossentropy = "BinaryCrossentropy" ["binary_crossentropy", "bce", "BCE"];
    CategoricalCrossentropy = "CategoricalCrossentropy" ["categorical_crossentropy"];
    SparseCategoricalCrossentropy = "SparseCategoricalCrossentropy" ["sparse_categorical_crossentropy"];
    KLDivergence = "KLDivergence" ["kl_divergence"];
    Poisson = "Poisson" ["poisson"];
    Hinge = "Hinge" ["hinge"];
    SquaredHinge = "SquaredHinge" ["squared_hinge"];
    CategoricalHinge = "CategoricalHinge" ["categorical_hinge"];
    TruePositives = "TruePositives" ["true_positives"];
    FalsePositives = "FalsePositives" ["false_positives"];
    TrueNegatives = "TrueNegatives" ["true_negatives"];
    FalseNegatives = "FalseNegatives" ["false_negatives"];
    Precision = "Precision" ["precision"];
    Recall = "Recall" ["recall"];
    AUC = "AUC" ["auc"];
    SensitivityAtSpecificity = "SensitivityAtSpecificity" ["sensitivity_at_specificity"];
    SpecificityAtSensitivity = "SpecificityAtSensitivity" ["specificity_at_sensitivity"];
    PrecisionAtRecall = "PrecisionAtRecall" ["precision_at_recall"];
    RecallAtPrecision = "RecallAtPrecision" ["recall_at_precision"];
    F1Score = "F1Score" ["f1_score"];
    FBetaScore = "FBetaScore" ["f_beta_score"];
    IoU = "IoU" ["io_u"];
    BinaryIoU = "BinaryIoU" ["binary_io_u"];
    MeanIoU = "MeanIoU" ["mean_io_u"];
    OneHotIoU = "OneHotIoU" ["one_hot_io_u"];
    OneHotMeanIoU = "OneHotMeanIoU" ["one_hot_mean_io_u"];
}
    fn check_arguments(&self) -> Result<(), String> {
        Metric::check_arguments(self)
    }
}
