//! Arguments that are one axis or several.

use crate::Shape;
use crate::registry::either;

/// One axis or several, counted from the back where negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Axes {
    /// One.
    One(isize),
    /// Several.
    Several(Vec<isize>),
}

either! { Axes: "an axis or a list of axes", One(isize) | Several(Vec<isize>) }

impl Axes {
    /// All of them.
    pub fn as_slice(&self) -> &[isize] {
        match self {
            Axes::One(axis) => std::slice::from_ref(axis),
            Axes::Several(axes) => axes,
        }
    }

    /// All of them in ascending order, negative ones first, as Keras orders the axes of weights.
    pub(super) fn sorted(&self) -> Vec<isize> {
        let mut axes = self.as_slice().to_vec();
        axes.sort_unstable();
        axes
    }

    /// Says what is wrong with the axes of an input of this shape.
    pub(super) fn check(&self, input: &Shape) -> Result<(), String> {
        match self.as_slice().iter().find(|axis| input.axis(**axis).is_none()) {
            Some(axis) => Err(format!("has no axis {axis} in its input {input}")),
            None => Ok(()),
        }
    }
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Self {
        Axes::One(axis)
    }
}

impl From<Vec<isize>> for Axes {
    fn from(axes: Vec<isize>) -> Self {
        Axes::Several(axes)
    }
}

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Self {
        Axes::Several(axes.to_vec())
    }
}
