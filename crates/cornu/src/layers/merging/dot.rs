//! `Dot`: sums of products of two inputs.

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::norms::unit;
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::{Fields, either};
use crate::{Dim, Result, Shape};

/// For each sample, the product of two inputs summed over one axis of each: of `(batch, n, k)` and `(batch, m, k)` with
/// `axes` 2 the `(batch, n, m)` of all pairs; of two `(batch, k)` with `axes` 1 one number, `(batch, 1)`.
///
/// Source: <https://keras.io/api/layers/merging_layers/dot/>.
///
/// ```
/// use cornu::layers::{Dot, Input};
/// use cornu::{Connect, Model};
/// let (user, film) = (Input::new([8]).tensor(), Input::new([8]).tensor());
/// let model = Model::new([&user, &film], Dot::new(1).normalize(true).on([&user, &film]))?;
/// assert_eq!(model.output_shape()?.to_string(), "(None, 1)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Dot {
    #[fields(flatten)]
    base: Base,
    axes: DotAxes,
    normalize: bool,
}

/// The axis of each input that is summed over: one number for both, or one for each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DotAxes {
    /// The same axis of both.
    Both(isize),
    /// One of each.
    Each([isize; 2]),
}

either! { DotAxes: "an axis or two", Both(isize) | Each([isize; 2]) }

impl From<isize> for DotAxes {
    fn from(axis: isize) -> Self {
        DotAxes::Both(axis)
    }
}

impl From<[isize; 2]> for DotAxes {
    fn from(axes: [isize; 2]) -> Self {
        DotAxes::Each(axes)
    }
}

impl Default for Dot {
    fn default() -> Self {
        Self::new(-1)
    }
}

impl Dot {
    /// A layer that sums over this axis of both inputs, or over one of each: `1`, `[1, 2]`.
    pub fn new(axes: impl Into<DotAxes>) -> Self {
        Dot { base: Base::default(), axes: axes.into(), normalize: false }
    }

    layer_base!(setters);

    crate::setters! {
        /// Whether both are divided by their norm along the axis first: then the result is the cosine of the angle.
        normalize: bool;
    }

    /// The axes summed over, counted from the front.
    fn axes(&self, shapes: &[Shape]) -> Result<[usize; 2], String> {
        let [first, second] = shapes else {
            return Err(format!("expects exactly 2 inputs, got {}", shapes.len()));
        };
        let [a, b] = match self.axes {
            DotAxes::Both(axis) => [axis, axis],
            DotAxes::Each(axes) => axes,
        };
        let axis = |shape: &Shape, axis: isize| match shape.axis(axis) {
            Some(0) => Err(format!("cannot sum over axis {axis} of its input {shape}: that is the batch")),
            found => found.ok_or_else(|| format!("has no axis {axis} in its input {shape}")),
        };
        let found = [axis(first, a)?, axis(second, b)?];
        if first[found[0]] != second[found[1]] {
            return Err(format!("expects axis {a} of {first} to be as long as axis {b} of {second}"));
        }
        if let (Some(a), Some(b)) = (first[0], second[0])
            && a != b
        {
            return Err(format!("expects inputs of one batch, got {first} and {second}"));
        }
        Ok(found)
    }
}

impl Layer for Dot {
    layer_base!(several);

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        self.axes(inputs).map_or_else(|message| Err(cx.error(message)), |_| Ok(()))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
        let axes = self.axes(&shapes).map_err(|message| cx.error(message))?;
        cx.set_masks([None]);
        let ready = |at: usize| {
            let x = inputs[at];
            let axis = axes[at] as isize;
            if self.normalize { unit(x, &[axis], 1e-7) } else { x }
        };
        let (x, y) = (ready(0), ready(1));
        // The axes summed over come last, all others but the batch as one.
        let (x, x_dims) = as_matrices(x, axes[0]);
        let (y, y_dims) = as_matrices(y, axes[1]);
        let mut dims: Vec<Dim> =
            [shapes[0][0].or(shapes[1][0])].into_iter().chain(x_dims).chain(y_dims).collect();
        if dims.len() == 1 {
            dims.push(Some(1));
        }
        Ok(x.matmul_with(false, y, true).reshape(dims).into())
    }
}

/// `(batch, rest, axis)` and the dimensions of the rest.
fn as_matrices(x: Var<'_>, axis: usize) -> (Var<'_>, Vec<Dim>) {
    let shape = x.shape();
    let rest: Vec<usize> = (1..shape.rank()).filter(|at| *at != axis).collect();
    let order: Vec<usize> = [0].into_iter().chain(rest.iter().copied()).chain([axis]).collect();
    let dims: Vec<Dim> = rest.iter().map(|at| shape[*at]).collect();
    let rows: Dim = dims.iter().copied().product();
    (x.transpose(&order).reshape([shape[0], rows, shape[axis]]), dims)
}
