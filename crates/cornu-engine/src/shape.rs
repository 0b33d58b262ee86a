//! Shapes whose dimensions may be unknown, with the rules by which they combine.

use std::fmt;
use std::ops::Index;

/// One dimension: its length, or `None` where it is not known yet (a batch, a number of time steps).
pub type Dim = Option<usize>;

/// A shape as Keras prints it, `(None, 28, 28)`: the lengths of a tensor's axes, some perhaps unknown.
///
/// ```
/// use cornu_engine::Shape;
/// let image = Shape::from([None, Some(28), Some(28)]);
/// assert_eq!(image.to_string(), "(None, 28, 28)");
/// assert_eq!(image.with_batch(32), Shape::known(&[32, 28, 28]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Shape(Vec<Dim>);

impl Shape {
    /// The shape of a single number.
    pub fn scalar() -> Self {
        Shape(Vec::new())
    }

    /// A shape all of whose dimensions are known.
    pub fn known(dims: &[usize]) -> Self {
        Shape(dims.iter().copied().map(Some).collect())
    }

    /// The dimensions in order.
    pub fn dims(&self) -> &[Dim] {
        &self.0
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The dimensions, if all are known.
    pub fn to_known(&self) -> Option<Vec<usize>> {
        self.0.iter().copied().collect()
    }

    /// The number of elements, if all dimensions are known and it is one a `usize` holds.
    pub fn elements(&self) -> Option<usize> {
        self.0.iter().try_fold(1usize, |elements, dim| elements.checked_mul((*dim)?))
    }

    /// Axis `axis` counted from the front (`0..rank`) or, when negative, from the back.
    pub fn axis(&self, axis: isize) -> Option<usize> {
        let rank = self.rank() as isize;
        let at = if axis < 0 { axis + rank } else { axis };
        (0..rank).contains(&at).then_some(at as usize)
    }

    /// The last dimension; `None` when it is unknown or there is no axis.
    pub fn last(&self) -> Dim {
        self.0.last().copied().flatten()
    }

    /// The same shape with its first dimension set to `rows`.
    pub fn with_batch(&self, rows: usize) -> Self {
        let mut dims = self.0.clone();
        if let Some(first) = dims.first_mut() {
            *first = Some(rows);
        }
        Shape(dims)
    }

    /// The shape without its first axis: what one sample looks like.
    pub fn sample(&self) -> Shape {
        Shape(self.0.iter().skip(1).copied().collect())
    }

    /// The shape with an unknown batch axis put in front.
    pub fn batched(&self) -> Shape {
        Shape(std::iter::once(None).chain(self.0.iter().copied()).collect())
    }

    /// Whether a tensor of shape `actual` may stand where this shape is declared.
    pub fn accepts(&self, actual: &Shape) -> bool {
        self.rank() == actual.rank()
            && self.0.iter().zip(&actual.0).all(|(want, got)| match (want, got) {
                (Some(want), Some(got)) => want == got,
                _ => true,
            })
    }

    /// NumPy's broadcasting of two shapes; `None` when they do not fit. An unknown dimension fits any:
    /// against 1 it stays unknown, against a longer one it takes that length.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let dim = |shape: &Shape, at: usize| {
            let missing = rank - shape.rank();
            if at < missing { Some(1) } else { shape.0[at - missing] }
        };
        (0..rank)
            .map(|at| match (dim(self, at), dim(other, at)) {
                (a, b) if a == b => Some(a),
                (Some(1), d) | (d, Some(1)) => Some(d),
                (None, d) | (d, None) => Some(d),
                _ => None,
            })
            .collect::<Option<Vec<Dim>>>()
            .map(Shape)
    }
}

impl Index<usize> for Shape {
    type Output = Dim;
    fn index(&self, axis: usize) -> &Dim {
        &self.0[axis]
    }
}

impl From<Vec<Dim>> for Shape {
    fn from(dims: Vec<Dim>) -> Self {
        Shape(dims)
    }
}

impl<const N: usize> From<[Dim; N]> for Shape {
    fn from(dims: [Dim; N]) -> Self {
        Shape(dims.to_vec())
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(dims: [usize; N]) -> Self {
        Shape::known(&dims)
    }
}

impl From<&[usize]> for Shape {
    fn from(dims: &[usize]) -> Self {
        Shape::known(dims)
    }
}

impl From<Vec<usize>> for Shape {
    fn from(dims: Vec<usize>) -> Self {
        Shape::known(&dims)
    }
}

impl From<usize> for Shape {
    fn from(dim: usize) -> Self {
        Shape::known(&[dim])
    }
}

impl FromIterator<Dim> for Shape {
    fn from_iter<I: IntoIterator<Item = Dim>>(dims: I) -> Self {
        Shape(dims.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (at, dim) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            match dim {
                Some(length) => write!(f, "{separator}{length}")?,
                None => write!(f, "{separator}None")?,
            }
        }
        f.write_str(if self.rank() == 1 { ",)" } else { ")" })
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        let cases: [(Shape, Shape, Option<Shape>); 6] = [
            ([2, 3].into(), [3].into(), Some([2, 3].into())),
            ([2, 1].into(), [1, 3].into(), Some([2, 3].into())),
            ([2, 3].into(), [4].into(), None),
            (Shape::scalar(), [4].into(), Some([4].into())),
            ([None, Some(3)].into(), [1, 3].into(), Some([None, Some(3)].into())),
            ([None, Some(3)].into(), [8, 1].into(), Some([8, 3].into())),
        ];
        for (a, b, want) in cases {
            assert_eq!(a.broadcast(&b), want, "{a} with {b}");
            assert_eq!(b.broadcast(&a), want, "{b} with {a}");
        }
    }

    #[test]
    fn axes_count_from_both_ends() {
        let shape = Shape::from([2, 3, 4]);
        assert_eq!(shape.axis(-1), Some(2));
        assert_eq!(shape.axis(0), Some(0));
        assert_eq!(shape.axis(3), None);
        assert_eq!(shape.axis(-4), None);
    }
}
