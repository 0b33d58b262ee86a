//! What may vary in a model.

mod domain;
mod hyperparameters;
mod parameter;
mod value;

pub use domain::{Choice, Domain, Float, Int, Sampling};
pub use hyperparameters::HyperParameters;
pub(crate) use hyperparameters::NewEntries;
pub use parameter::{Parameter, Parent};
pub use value::{Value, Values};
