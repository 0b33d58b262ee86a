//! Which values of Keras' metrics are better.

use crate::callbacks::Direction;

/// Metrics of which larger values are better.
const UP: &[&str] = &[
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "TopKCategoricalAccuracy",
];

/// Metrics of which smaller values are better: those that are losses too.
const DOWN: &[&str] = &[
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
];

/// The direction of a metric of Keras; a count or a mean of whatever has none.
pub(super) fn of(class_name: &str) -> Option<Direction> {
    let up = UP.contains(&class_name).then_some(Direction::Up);
    up.or(DOWN.contains(&class_name).then_some(Direction::Down))
}
