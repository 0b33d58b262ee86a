//! Building a graph by writing formulas: [`Builder`] holds it, [`Var`] is a value in it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Binary, Conv, Graph, Literal, Node, NodeId, Op, Pool, Reduction, Unary, infer};
use crate::error::{Error, Result};
use crate::{DType, Dim, Element, Shape, Tensor, with_dtype};

/// A graph being built.
///
/// Formulas never fail while they are written: the first misfit is remembered and returned by
/// [`Builder::check`] and [`Builder::finish`].
///
/// ```
/// use cornu_engine::{DType, graph::Builder};
/// let b = Builder::new();
/// let x = b.input("x", [None, Some(3)], DType::F32);
/// let y = (x * 2.0 + 1.0).relu();
/// b.output("y", y);
/// assert_eq!(y.shape().to_string(), "(None, 3)");
/// assert_eq!(b.finish()?.outputs().len(), 1);
/// # Ok::<(), cornu_engine::Error>(())
/// ```
#[derive(Default)]
pub struct Builder {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    graph: Graph,
    /// Inputs and variables by name.
    leaves: HashMap<Op, NodeId>,
    scope: u32,
    error: Option<Error>,
}

/// A value in a graph that is being built; arithmetic on it appends nodes.
#[derive(Clone, Copy)]
pub struct Var<'g> {
    builder: &'g Builder,
    id: NodeId,
}

impl Builder {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A graph to be built further.
    pub fn from_graph(graph: Graph) -> Self {
        let is_leaf = |id: &NodeId| matches!(graph.node(*id).op, Op::Input(_) | Op::State(_));
        let leaves = graph.ids().filter(is_leaf).map(|id| (graph.node(id).op.clone(), id)).collect();
        Builder { inner: RefCell::new(Inner { graph, leaves, ..Inner::default() }) }
    }

    /// Appends a node; its shape and type follow from the operation.
    pub fn apply<'g>(&'g self, op: Op, inputs: &[Var<'g>]) -> Var<'g> {
        let ids: Vec<NodeId> = inputs.iter().map(|input| input.id).collect();
        if inputs.iter().any(|input| !std::ptr::eq(input.builder, self)) {
            return self.fail(Error::shape(&op, "got a value of another graph"));
        }
        let mut inner = self.inner.borrow_mut();
        let nodes: Vec<&Node> = ids.iter().map(|id| inner.graph.node(*id)).collect();
        let inferred = infer(&op, &nodes)
            .and_then(|found| found.ok_or_else(|| Error::shape(&op, "is declared by `input` or `state`")));
        let id = match inferred {
            Ok((shape, dtype)) => inner.push(op, ids, shape, dtype),
            Err(error) => inner.poison(error),
        };
        Var { builder: self, id }
    }

    /// A value handed in at each run under this name. Asked for again, it is the same value, so that a
    /// gradient with respect to it counts every use.
    pub fn input(&self, name: impl Into<String>, shape: impl Into<Shape>, dtype: DType) -> Var<'_> {
        self.leaf(Op::Input(name.into()), shape.into(), dtype)
    }

    /// The variable of this name as it stands when a run begins. Asked for again, it is the same value.
    pub fn state(&self, name: impl Into<String>, shape: impl Into<Shape>, dtype: DType) -> Var<'_> {
        self.leaf(Op::State(name.into()), shape.into(), dtype)
    }

    fn leaf(&self, op: Op, shape: Shape, dtype: DType) -> Var<'_> {
        let mut inner = self.inner.borrow_mut();
        let id = match inner.leaves.get(&op).copied() {
            Some(id) => {
                let known = inner.graph.node(id);
                if (&known.shape, known.dtype) == (&shape, dtype) {
                    id
                } else {
                    let message = format!("is {} {} already, got {dtype} {shape}", known.dtype, known.shape);
                    inner.poison(Error::shape(&op, message))
                }
            }
            None => {
                let id = inner.push(op.clone(), Vec::new(), shape, dtype);
                inner.leaves.insert(op, id);
                id
            }
        };
        Var { builder: self, id }
    }

    /// A constant.
    pub fn constant(&self, value: Tensor) -> Var<'_> {
        self.apply(Op::Const(Literal(value)), &[])
    }

    /// A constant single number of this type.
    pub fn scalar(&self, value: f64, dtype: DType) -> Var<'_> {
        self.constant(with_dtype!(dtype, T => Tensor::scalar(<T as Element>::from_f64(value))))
    }

    /// Each element's index along `axis`, as `int64`.
    pub fn iota(&self, shape: impl Into<Shape>, axis: usize) -> Var<'_> {
        self.apply(Op::Iota { shape: shape.into(), axis }, &[])
    }

    /// Values one after another along an axis.
    ///
    /// ```
    /// use cornu_engine::{DType, graph::Builder};
    /// let b = Builder::new();
    /// let (x, y) = (b.input("x", [None, Some(3)], DType::F32), b.input("y", [None, Some(2)], DType::F32));
    /// assert_eq!(b.concat(&[x, y], -1).shape().to_string(), "(None, 5)");
    /// ```
    pub fn concat<'g>(&'g self, values: &[Var<'g>], axis: isize) -> Var<'g> {
        let axis = values.first().and_then(|first| first.shape().axis(axis)).unwrap_or(usize::MAX);
        match values {
            [value] if axis < value.rank() => *value,
            _ => self.apply(Op::Concat { axis }, values),
        }
    }

    /// Names a result.
    pub fn output(&self, name: impl Into<String>, value: Var<'_>) {
        self.inner.borrow_mut().graph.outputs.push((name.into(), value.id));
    }

    /// Sets a variable's value after the run.
    pub fn update(&self, name: impl Into<String>, value: Var<'_>) {
        self.inner.borrow_mut().graph.updates.push((name.into(), value.id));
    }

    /// Builds a part of the graph whose nodes, and errors, carry this name.
    pub fn scoped<T>(&self, name: &str, build: impl FnOnce() -> T) -> T {
        let outer = self.inner.borrow_mut().enter(name);
        let built = build();
        self.inner.borrow_mut().scope = outer;
        built
    }

    /// The node behind an id, for rebuilding passes and the gradient.
    pub(crate) fn node(&self, id: NodeId) -> Node {
        self.inner.borrow().graph.node(id).clone()
    }

    /// Builds nodes in the scope of node `id`, whose name a failure carries; used by the gradient.
    pub(crate) fn on_behalf_of<T>(&self, id: NodeId, build: impl FnOnce() -> Result<T>) -> Result<T> {
        let (scope, name) = {
            let inner = self.inner.borrow();
            (inner.graph.node(id).scope, inner.graph.scope_of(id).to_owned())
        };
        let outer = std::mem::replace(&mut self.inner.borrow_mut().scope, scope);
        let built = build();
        self.inner.borrow_mut().scope = outer;
        built.map_err(|error| error.in_scope(&name))
    }

    /// The value with this id.
    pub fn var(&self, id: NodeId) -> Var<'_> {
        Var { builder: self, id }
    }

    /// A value that cannot be, and why: for formulas that find out more than the operations they use.
    ///
    /// ```
    /// use cornu_engine::{DType, Error, graph::Builder};
    /// let b = Builder::new();
    /// let x = b.input("x", [3], DType::F32);
    /// b.output("half", b.fail(Error::shape("half", "wants an even length, got (3,)")));
    /// assert_eq!(b.finish().unwrap_err().to_string(), "half: wants an even length, got (3,)");
    /// ```
    pub fn fail(&self, error: Error) -> Var<'_> {
        let id = self.inner.borrow_mut().poison(error);
        self.var(id)
    }

    /// Reports the first misfit so far.
    ///
    /// # Errors
    /// The first operation that could not be applied.
    pub fn check(&self) -> Result<()> {
        self.inner.borrow().error.clone().map_or(Ok(()), Err)
    }

    /// The finished graph.
    ///
    /// # Errors
    /// The first operation that could not be applied.
    pub fn finish(self) -> Result<Graph> {
        let inner = self.inner.into_inner();
        inner.error.map_or(Ok(inner.graph), Err)
    }
}

impl Inner {
    fn push(&mut self, op: Op, inputs: Vec<NodeId>, shape: Shape, dtype: DType) -> NodeId {
        let id = NodeId(self.graph.nodes.len() as u32);
        self.graph.nodes.push(Node { op, inputs, shape, dtype, scope: self.scope });
        id
    }

    /// Remembers the first error; what is built on the result does not matter any more.
    fn poison(&mut self, error: Error) -> NodeId {
        if self.error.is_none() {
            let scope = self.graph.scopes[self.scope as usize].clone();
            self.error = Some(error.in_scope(&scope));
        }
        self.push(Op::Const(Literal(Tensor::scalar(f32::NAN))), Vec::new(), Shape::scalar(), DType::F32)
    }

    fn enter(&mut self, name: &str) -> u32 {
        let known = self.graph.scopes.iter().position(|scope| scope == name);
        let scope = known.unwrap_or_else(|| {
            self.graph.scopes.push(name.into());
            self.graph.scopes.len() - 1
        });
        std::mem::replace(&mut self.scope, scope as u32)
    }
}

macro_rules! unary {
    ($($(#[$doc:meta])* $method:ident $op:ident;)*) => {
        $($(#[$doc])* pub fn $method(self) -> Var<'g> { self.unary(Unary::$op) })*
    };
}

macro_rules! binary {
    ($($(#[$doc:meta])* $method:ident $op:ident;)*) => {
        $($(#[$doc])* pub fn $method(self, other: impl Operand<'g>) -> Var<'g> {
            self.binary(Binary::$op, other)
        })*
    };
}

impl<'g> Var<'g> {
    /// The graph being built.
    pub fn builder(self) -> &'g Builder {
        self.builder
    }

    /// The node's id.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The value's shape.
    pub fn shape(self) -> Shape {
        self.builder.inner.borrow().graph.node(self.id).shape.clone()
    }

    /// The value's element type.
    pub fn dtype(self) -> DType {
        self.builder.inner.borrow().graph.node(self.id).dtype
    }

    /// The operation that makes the value.
    pub fn op(self) -> Op {
        self.builder.inner.borrow().graph.node(self.id).op.clone()
    }

    /// The values the operation is applied to.
    pub fn inputs(self) -> Vec<Var<'g>> {
        let ids = self.builder.inner.borrow().graph.node(self.id).inputs.clone();
        ids.into_iter().map(|id| self.builder.var(id)).collect()
    }

    /// The number of axes.
    pub fn rank(self) -> usize {
        self.shape().rank()
    }

    /// A constant of this value's type.
    pub fn constant(self, value: f64) -> Var<'g> {
        self.builder.scalar(value, self.dtype())
    }

    /// Zeros of this value's shape and type.
    pub fn zeros_like(self) -> Var<'g> {
        self.constant(0.0).broadcast_to(self.shape())
    }

    /// Ones of this value's shape and type.
    pub fn ones_like(self) -> Var<'g> {
        self.constant(1.0).broadcast_to(self.shape())
    }

    fn unary(self, op: Unary) -> Var<'g> {
        self.builder.apply(Op::Unary(op), &[self])
    }

    fn binary(self, op: Binary, other: impl Operand<'g>) -> Var<'g> {
        self.builder.apply(Op::Binary(op), &[self, other.beside(self)])
    }

    unary! {
        /// Absolute value.
        abs Abs;
        /// -1, 0 or 1.
        sign Sign;
        /// `e^x`.
        exp Exp;
        /// `e^x - 1`, exact near 0.
        expm1 Expm1;
        /// Natural logarithm.
        ln Log;
        /// `ln(1 + x)`, exact near 0.
        log1p Log1p;
        /// Square root.
        sqrt Sqrt;
        /// `1 / sqrt(x)`.
        rsqrt Rsqrt;
        /// `x * x`.
        square Square;
        /// `1 / x`.
        reciprocal Reciprocal;
        /// Hyperbolic tangent.
        tanh Tanh;
        /// `1 / (1 + e^-x)`.
        sigmoid Sigmoid;
        /// `ln(1 + e^x)`.
        softplus Softplus;
        /// The error function.
        erf Erf;
        /// `max(x, 0)`, with derivative 0 at 0.
        relu Relu;
        /// Largest integer not above.
        floor Floor;
        /// Smallest integer not below.
        ceil Ceil;
        /// Nearest integer, ties to even.
        round Round;
        /// Logical negation.
        logical_not Not;
    }

    binary! {
        /// `self ^ other`.
        pow Pow;
        /// The larger of two.
        maximum Max;
        /// The smaller of two.
        minimum Min;
        /// Equality.
        equal Eq;
        /// Inequality.
        not_equal Ne;
        /// `self < other`.
        less Lt;
        /// `self <= other`.
        less_equal Le;
        /// `self > other`.
        greater Gt;
        /// `self >= other`.
        greater_equal Ge;
        /// Both.
        logical_and And;
        /// Either.
        logical_or Or;
    }

    /// `self ? a : b`, for a boolean `self`. One of the two may be a number.
    pub fn select(self, a: Var<'g>, b: impl Operand<'g>) -> Var<'g> {
        self.builder.apply(Op::Select, &[self, a, b.beside(a)])
    }

    /// The value limited to `low..=high`.
    pub fn clip(self, low: f64, high: f64) -> Var<'g> {
        self.maximum(low).minimum(high)
    }

    /// Conversion to another element type.
    pub fn cast(self, dtype: DType) -> Var<'g> {
        if dtype == self.dtype() { self } else { self.builder.apply(Op::Cast(dtype), &[self]) }
    }

    /// The same elements under another shape; one dimension may be left to follow from the others.
    pub fn reshape(self, shape: impl Into<Shape>) -> Var<'g> {
        self.builder.apply(Op::Reshape(shape.into()), &[self])
    }

    /// A new axis of length 1 at `axis` (negative: from the back of the result).
    pub fn expand_dims(self, axis: isize) -> Var<'g> {
        let mut dims = self.shape().dims().to_vec();
        let at = if axis < 0 { axis + dims.len() as isize + 1 } else { axis };
        dims.insert((at.max(0) as usize).min(dims.len()), Some(1));
        self.reshape(dims)
    }

    /// Axes in another order.
    pub fn transpose(self, permutation: &[usize]) -> Var<'g> {
        self.builder.apply(Op::Transpose(permutation.to_vec()), &[self])
    }

    /// Two axes swapped.
    pub fn swap_axes(self, a: usize, b: usize) -> Var<'g> {
        let mut permutation: Vec<usize> = (0..self.rank()).collect();
        if a == b || a.max(b) >= permutation.len() {
            return self;
        }
        permutation.swap(a, b);
        self.transpose(&permutation)
    }

    /// Repetition along axes of length 1.
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Var<'g> {
        let shape = shape.into();
        if shape == self.shape() { self } else { self.builder.apply(Op::Broadcast(shape), &[self]) }
    }

    /// The range `start..end` of one axis.
    pub fn slice(self, axis: usize, start: usize, end: usize) -> Var<'g> {
        self.builder.apply(Op::Slice { axis, start, end }, &[self])
    }

    /// Zeros before and after one axis.
    pub fn pad(self, axis: usize, before: usize, after: usize) -> Var<'g> {
        self.builder.apply(Op::Pad { axis, before, after }, &[self])
    }

    /// The elements along an axis (negative: from the back) in opposite order.
    pub fn reverse(self, axis: isize) -> Var<'g> {
        let shape = self.shape();
        // An axis that does not exist stays beyond the rank, where `infer` refuses it by name.
        let axis = shape.axis(axis).unwrap_or(axis.unsigned_abs().max(shape.rank()));
        self.builder.apply(Op::Reverse(axis), &[self])
    }

    /// A reduction over axes (negative: from the back). No axes at all: nothing is reduced.
    pub fn reduce(self, kind: Reduction, axes: &[isize], keepdims: bool) -> Var<'g> {
        let shape = self.shape();
        // An axis that does not exist stays beyond the rank, where `infer` refuses it by name.
        let mut axes: Vec<usize> = axes
            .iter()
            .map(|axis| shape.axis(*axis).unwrap_or(axis.unsigned_abs().max(shape.rank())))
            .collect();
        axes.sort_unstable();
        axes.dedup();
        if axes.is_empty() {
            return self;
        }
        self.builder.apply(Op::Reduce { kind, axes, keepdims }, &[self])
    }

    /// The sum over axes.
    pub fn sum(self, axes: &[isize], keepdims: bool) -> Var<'g> {
        self.reduce(Reduction::Sum, axes, keepdims)
    }

    /// The mean over axes.
    pub fn mean(self, axes: &[isize], keepdims: bool) -> Var<'g> {
        self.reduce(Reduction::Mean, axes, keepdims)
    }

    /// The largest over axes.
    pub fn max(self, axes: &[isize], keepdims: bool) -> Var<'g> {
        self.reduce(Reduction::Max, axes, keepdims)
    }

    /// The smallest over axes.
    pub fn min(self, axes: &[isize], keepdims: bool) -> Var<'g> {
        self.reduce(Reduction::Min, axes, keepdims)
    }

    /// The sum of all elements.
    pub fn sum_all(self) -> Var<'g> {
        self.sum(&self.all_axes(), false)
    }

    /// The mean of all elements.
    pub fn mean_all(self) -> Var<'g> {
        self.mean(&self.all_axes(), false)
    }

    fn all_axes(self) -> Vec<isize> {
        (0..self.rank() as isize).collect()
    }

    /// Summed over the axes along which `shape` would be repeated to this value's shape: the adjoint of
    /// broadcasting.
    pub fn sum_to(self, shape: &Shape) -> Var<'g> {
        let own = self.shape();
        if own == *shape {
            return self;
        }
        let missing = own.rank().saturating_sub(shape.rank());
        let repeated =
            |axis: &usize| *axis < missing || (shape[*axis - missing] == Some(1) && own[*axis] != Some(1));
        let axes: Vec<isize> = (0..own.rank()).filter(repeated).map(|axis| axis as isize).collect();
        let summed = self.sum(&axes, false);
        if summed.shape() == *shape { summed } else { summed.reshape(shape.clone()) }
    }

    /// The rows of this table that `int64` indices name: of a table (n, …) and indices (a, b) the rows (a, b, …). An
    /// index outside the table gives NaN.
    pub fn gather(self, indices: Var<'g>) -> Var<'g> {
        self.builder.apply(Op::Gather, &[self, indices])
    }

    /// A table of `rows` rows in which each of these rows is added to the one its `int64` index names; an index outside
    /// the table counts for nothing.
    pub fn scatter_add(self, indices: Var<'g>, rows: usize) -> Var<'g> {
        self.builder.apply(Op::ScatterAdd { rows }, &[self, indices])
    }

    /// The index of the first largest element along the last axis, as `int64`.
    pub fn argmax(self) -> Var<'g> {
        self.builder.apply(Op::ArgMax, &[self])
    }

    /// Matrix product.
    pub fn matmul(self, other: Var<'g>) -> Var<'g> {
        self.matmul_with(false, other, false)
    }

    /// Matrix product with either side given transposed.
    pub fn matmul_with(self, transpose_a: bool, other: Var<'g>, transpose_b: bool) -> Var<'g> {
        self.builder.apply(Op::MatMul { transpose_a, transpose_b }, &[self, other])
    }

    /// Convolution of images (batch, spatial…, channels) with a kernel (spatial…, channels / groups, filters), as
    /// Keras and TensorFlow mean it: the kernel is not flipped.
    pub fn conv(self, kernel: Var<'g>, conv: Conv) -> Var<'g> {
        self.builder.apply(Op::Conv(conv), &[self, kernel])
    }

    /// The transposed convolution of (batch, spatial…, filters) to images with these spatial lengths: the gradient
    /// of [`Var::conv`] with respect to its images.
    pub fn conv_input(self, kernel: Var<'g>, conv: Conv, lengths: impl Into<Vec<Dim>>) -> Var<'g> {
        self.builder.apply(Op::ConvInput { conv, lengths: lengths.into() }, &[self, kernel])
    }

    /// The gradient of [`Var::conv`] with respect to its kernel, of these spatial lengths: `self` are the images.
    pub fn conv_kernel(self, dy: Var<'g>, conv: Conv, sizes: impl Into<Vec<usize>>) -> Var<'g> {
        self.builder.apply(Op::ConvKernel { conv, sizes: sizes.into() }, &[self, dy])
    }

    /// The largest, or the mean, of each window over images (batch, spatial…, channels).
    pub fn pool(self, pool: Pool) -> Var<'g> {
        self.builder.apply(Op::Pool(pool), &[self])
    }

    /// Applies an operation of the last axis along another one.
    fn along(self, axis: isize, op: Op) -> Var<'g> {
        let last = self.rank().saturating_sub(1);
        match self.shape().axis(axis) {
            Some(axis) => self.builder.apply(op, &[self.swap_axes(axis, last)]).swap_axes(axis, last),
            None => self.builder.fail(Error::shape(&op, format!("{} has no axis {axis}", self.shape()))),
        }
    }

    /// `e^x` divided by its sum along an axis.
    pub fn softmax(self, axis: isize) -> Var<'g> {
        self.along(axis, Op::Softmax)
    }

    /// The logarithm of the softmax along an axis.
    pub fn log_softmax(self, axis: isize) -> Var<'g> {
        self.along(axis, Op::LogSoftmax)
    }

    /// The Euclidean projection onto the simplex along an axis.
    pub fn sparsemax(self, axis: isize) -> Var<'g> {
        self.along(axis, Op::Sparsemax)
    }

    /// Cross-entropy of logits against integer labels, along the last axis.
    pub fn sparse_cross_entropy(self, labels: Var<'g>) -> Var<'g> {
        self.builder.apply(Op::SparseCrossEntropy, &[self, labels])
    }

    /// Whether each label is among the `k` largest of its row.
    pub fn in_top_k(self, labels: Var<'g>, k: usize) -> Var<'g> {
        self.builder.apply(Op::InTopK(k), &[self, labels])
    }

    /// 1 where a new last axis of length `depth` has this integer as its index, else 0.
    pub fn one_hot(self, depth: usize, dtype: DType) -> Var<'g> {
        let labels = self.expand_dims(-1);
        let axis = labels.rank() - 1;
        let mut dims = vec![Some(1); axis];
        dims.push(Some(depth));
        labels.equal(self.builder.iota(dims, axis)).cast(dtype)
    }

    /// Uniform numbers in `[0, 1)` from a stream; `self` is the (seed, step) pair.
    pub fn random(self, stream: u64, shape: impl Into<Shape>) -> Var<'g> {
        self.builder.apply(Op::Random { stream, shape: shape.into() }, &[self])
    }

    /// The value, through which no gradient flows.
    pub fn stop_gradient(self) -> Var<'g> {
        self.builder.apply(Op::StopGradient, &[self])
    }
}

/// The right side of a formula: another value or a number of the left side's type.
pub trait Operand<'g> {
    /// The operand as a value beside `left`.
    fn beside(self, left: Var<'g>) -> Var<'g>;
}

impl<'g> Operand<'g> for Var<'g> {
    fn beside(self, _: Var<'g>) -> Var<'g> {
        self
    }
}

impl<'g> Operand<'g> for f64 {
    fn beside(self, left: Var<'g>) -> Var<'g> {
        left.constant(self)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident;)*) => {$(
        impl<'g, T: Operand<'g>> $trait<T> for Var<'g> {
            type Output = Var<'g>;
            fn $method(self, other: T) -> Var<'g> { self.binary(Binary::$trait, other) }
        }
        impl<'g> $trait<Var<'g>> for f64 {
            type Output = Var<'g>;
            fn $method(self, other: Var<'g>) -> Var<'g> { other.constant(self).binary(Binary::$trait, other) }
        }
    )*};
}

operators! { Add add; Sub sub; Mul mul; Div div; }

impl<'g> Neg for Var<'g> {
    type Output = Var<'g>;
    fn neg(self) -> Var<'g> {
        self.unary(Unary::Neg)
    }
}

impl fmt::Debug for Var<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{} : {} {}", self.id.0, self.dtype(), self.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grad;

    #[test]
    fn a_variable_asked_for_twice_is_one_value() -> Result<()> {
        let b = Builder::new();
        let loss = (b.state("w", [3], DType::F32) * 2.0).sum_all();
        let w = b.state("w", [3], DType::F32);
        let gradient = grad::gradients(loss, &[w])?;
        // Not zeros: the loss was made of the very same variable.
        assert!(!matches!(gradient[0].op(), Op::Const(_)));
        assert_eq!(w.id(), loss.inputs()[0].inputs()[0].id());
        b.state("w", [4], DType::F32);
        let message = b.check().map_err(|error| error.to_string());
        assert_eq!(message, Err("state `w`: is float32 (3,) already, got float32 (4,)".into()));
        Ok(())
    }
}
