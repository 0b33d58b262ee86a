//! Losses: what training makes small.

mod binary_crossentropy;
mod binary_focal_crossentropy;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod categorical_generalized_cross_entropy;
mod categorical_hinge;
mod check;
mod circle;
mod cosine_similarity;
mod ctc;
mod define;
mod dice;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod logits;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod poisson;
mod ranks;
mod reduction;
mod resolve;
mod sparse_categorical_crossentropy;
mod squared_hinge;
mod tversky;

pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use categorical_generalized_cross_entropy::CategoricalGeneralizedCrossEntropy;
pub use categorical_hinge::CategoricalHinge;
pub use check::{check_labels, check_sample_weight, check_targets};
pub use circle::Circle;
pub use cosine_similarity::CosineSimilarity;
pub use ctc::CTC;
pub use dice::Dice;
pub use hinge::Hinge;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use log_cosh::LogCosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use poisson::Poisson;
pub use ranks::squeeze_or_expand_to_same_rank;
pub use reduction::{Reduction, apply_mask, reduce_weighted};
pub use resolve::resolve;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use squared_hinge::SquaredHinge;
pub use tversky::Tversky;

// The formulas a metric of the same name averages.
pub(crate) use binary_crossentropy::binary_crossentropy;
pub(crate) use categorical_crossentropy::categorical_crossentropy;
pub(crate) use categorical_hinge::categorical_hinge;
pub(crate) use cosine_similarity::{cosine_similarity, is_last};
pub(crate) use hinge::hinge;
pub(crate) use kl_divergence::kl_divergence;
pub(crate) use log_cosh::log_cosh;
pub(crate) use logits::EPSILON;
pub(crate) use mean_absolute_error::mean_absolute_error;
pub(crate) use mean_absolute_percentage_error::mean_absolute_percentage_error;
pub(crate) use mean_squared_error::mean_squared_error;
pub(crate) use mean_squared_logarithmic_error::mean_squared_logarithmic_error;
pub(crate) use poisson::poisson;
pub(crate) use ranks::{paired, squeeze_last};
pub(crate) use resolve::Task;
pub(crate) use sparse_categorical_crossentropy::{
    counted_labels, one_label_each, sparse_categorical_crossentropy,
};
pub(crate) use squared_hinge::squared_hinge;

use crate::graph::Var;
use crate::registry::Configured;
use crate::{DType, Result, Tensor, eager};

/// A measure of how far predictions lie from targets.
pub trait Loss: Configured {
    /// The loss's name.
    fn name(&self) -> &str;

    /// How the values of [`Loss::call`] become one number.
    fn reduction(&self) -> Reduction;

    /// What is wrong with the arguments, if anything; see [`crate::registry::Family::check_arguments`].
    ///
    /// # Errors
    /// The sentence that goes behind the loss's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// What the targets are.
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// The loss of each sample (or of each position in it), before reduction.
    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g>;

    /// Which values of [`Loss::call`] count, where some do not: a boolean of the same shape.
    fn mask<'g>(&self, _y_true: Var<'g>, _y_pred: Var<'g>) -> Option<Var<'g>> {
        None
    }

    /// The loss of a batch as training wants it: [`Loss::call`], weighted and reduced. `mask` is the one
    /// the predictions carry.
    ///
    /// ```
    /// use cornu::graph::Builder;
    /// use cornu::losses::{Loss, MeanSquaredError};
    /// use cornu::DType;
    /// let b = Builder::new();
    /// let y_true = b.input("y_true", [None, Some(3)], DType::F32);
    /// let y_pred = b.input("y_pred", [None, Some(3)], DType::F32);
    /// assert_eq!(MeanSquaredError::new().compute(y_true, y_pred, None, None).rank(), 0);
    /// ```
    fn compute<'g>(
        &self,
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
        mask: Option<Var<'g>>,
    ) -> Var<'g> {
        let y_pred = y_pred.cast(DType::F32);
        let values = self.call(y_true, y_pred);
        let mask = match (mask, self.mask(y_true, y_pred)) {
            (Some(a), Some(b)) => Some(a.logical_and(b)),
            (a, b) => a.or(b),
        };
        reduce_weighted(values, sample_weight, mask, self.reduction())
    }

    /// The loss of some predictions, outside of any model: Keras' `loss(y_true, y_pred, sample_weight)`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{Loss, MeanAbsoluteError};
    /// let (y_true, y_pred) = (Tensor::from([0.0f32, 0.0]), Tensor::from([1.0f32, 2.0]));
    /// assert_eq!(MeanAbsoluteError::new().evaluate(&y_true, &y_pred, None)?, Tensor::scalar(1.5f32));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shapes do not fit.
    fn evaluate(&self, y_true: &Tensor, y_pred: &Tensor, sample_weight: Option<&Tensor>) -> Result<Tensor> {
        let inputs: Vec<&Tensor> = [y_true, y_pred].into_iter().chain(sample_weight).collect();
        eager::evaluate(&inputs, &|inputs| self.compute(inputs[0], inputs[1], inputs.get(2).copied(), None))
    }
}

/// What a loss or metric wants as targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Numbers in the shape of the model's output, such as one-hot rows.
    LikeOutput,
    /// Class numbers: the output's shape without its last axis (or with that axis of length 1).
    ClassIndices {
        /// The label that marks samples to be left out.
        ignored: Option<i64>,
    },
    /// An integer label for each sample, whatever the shape of the output.
    Labels,
    /// A row of class numbers for each sample, filled up with zeros: (batch, length).
    LabelSequences,
}

crate::family! { Loss, "loss", "keras.losses", {
    MeanSquaredError = "MeanSquaredError" ["mse", "mean_squared_error", "MSE"];
    MeanAbsoluteError = "MeanAbsoluteError" ["mae", "mean_absolute_error", "MAE"];
    MeanAbsolutePercentageError = "MeanAbsolutePercentageError" ["mape", "mean_absolute_percentage_error", "MAPE"];
    MeanSquaredLogarithmicError = "MeanSquaredLogarithmicError" ["msle", "mean_squared_logarithmic_error", "MSLE"];
    Huber = "Huber" ["huber"];
    LogCosh = "LogCosh" ["log_cosh"];
    CosineSimilarity = "CosineSimilarity" ["cosine_similarity"];
    Hinge = "Hinge" ["hinge"];
    SquaredHinge = "SquaredHinge" ["squared_hinge"];
    CategoricalHinge = "CategoricalHinge" ["categorical_hinge"];
    Poisson = "Poisson" ["poisson"];
    KLDivergence = "KLDivergence" ["kl_divergence", "kld", "KLD"];
    BinaryCrossentropy = "BinaryCrossentropy" ["binary_crossentropy", "bce", "BCE"];
    BinaryFocalCrossentropy = "BinaryFocalCrossentropy" ["binary_focal_crossentropy"];
    CategoricalCrossentropy = "CategoricalCrossentropy" ["categorical_crossentropy"];
    CategoricalFocalCrossentropy = "CategoricalFocalCrossentropy" ["categorical_focal_crossentropy"];
    CategoricalGeneralizedCrossEntropy = "CategoricalGeneralizedCrossEntropy" [];
    SparseCategoricalCrossentropy = "SparseCategoricalCrossentropy" ["sparse_categorical_crossentropy"];
    CTC = "CTC" ["ctc"];
    Dice = "Dice" ["dice"];
    Tversky = "Tversky" ["tversky"];
    Circle = "Circle" ["circle"];
}
    fn check_arguments(&self) -> Result<(), String> {
        Loss::check_arguments(self)
    }
}
