//! The axes along which a norm is taken.

use serde_json::Value;

use crate::graph::Var;
use crate::registry::{Argument, wants};

/// Axes of a weight, negative ones counted from the back.
///
/// ```
/// use cornu::constraints::{Axes, UnitNorm};
/// let dense = UnitNorm::new().axis(0);
/// let conv = UnitNorm::new().axis([0, 1, 2]);
/// let whole = UnitNorm::new().axis(Axes::All);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Axes {
    /// One axis.
    One(isize),
    /// Several axes.
    Many(Vec<isize>),
    /// All axes (in JSON `null`).
    All,
}

impl Axes {
    /// The Euclidean norm along these axes, which stay with length 1.
    pub(super) fn norm<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let squares = weight.square();
        match self {
            Axes::One(axis) => squares.sum(&[*axis], true),
            Axes::Many(axes) => squares.sum(axes, true),
            Axes::All => squares.sum(&(0..weight.rank() as isize).collect::<Vec<_>>(), true),
        }
        .sqrt()
    }
}

impl Argument for Axes {
    fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(Axes::All),
            Value::Array(_) => Vec::from_json(value).map(Axes::Many),
            _ => isize::from_json(value).map(Axes::One),
        }
        .or_else(|_| wants("an axis, a list of axes or null", value))
    }

    fn to_json(&self) -> Value {
        match self {
            Axes::One(axis) => axis.to_json(),
            Axes::Many(axes) => axes.to_json(),
            Axes::All => Value::Null,
        }
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Self {
        Axes::One(axis)
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Self {
        Axes::Many(axes.to_vec())
    }
}

impl From<Vec<isize>> for Axes {
    fn from(axes: Vec<isize>) -> Self {
        Axes::Many(axes)
    }
}
