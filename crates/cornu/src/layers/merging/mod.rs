//! Layers of several inputs and one result.

mod add;
mod average;
mod concatenate;
mod dot;
mod maximum;
mod merge;
mod minimum;
mod multiply;
mod subtract;

pub use add::Add;
pub use average::Average;
pub use concatenate::Concatenate;
pub use dot::{Dot, DotAxes};
pub use maximum::Maximum;
pub use minimum::Minimum;
pub use multiply::Multiply;
pub use subtract::Subtract;
