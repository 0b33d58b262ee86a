//! Losses: what training makes small.

mod mean_squared_error;
mod reduction;

pub use mean_squared_error::MeanSquaredError;
pub use reduction::Reduction;

use crate::graph::Var;
use crate::registry::Configured;

/// A measure of how far predictions lie from targets.
pub trait Loss: Configured {
    /// The loss's name.
    fn name(&self) -> &str;

    /// How the values of [`Loss::call`] become one number.
    fn reduction(&self) -> Reduction;

    /// What the targets are.
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// The loss of each sample (or of each position in it), before reduction. Ranks of the two have been
    /// brought together as [`Targets`] says.
    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g>;
}

/// What a loss or metric wants as targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// Numbers in the shape of the model's output, such as one-hot rows.
    LikeOutput,
    /// Class numbers: the output's shape without its last axis (or with that axis of length 1).
    ClassIndices,
}

crate::family! { Loss, "loss", "keras.losses", {
    MeanSquaredError = "MeanSquaredError" ["mse", "mean_squared_error", "MSE"];
}}
