//! Small tools for data.

mod normalize;
mod to_categorical;

pub use normalize::normalize;
pub use to_categorical::to_categorical;
