//! The operations a graph is made of.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Scan, ScanResult};
use crate::scalar::{Binary, Reduction, Unary};
use crate::window::{Conv, Pool, PoolKind};
use crate::{DType, Dim, Element, Shape, Tensor, with_dtype};

/// One operation. Elementwise ones are fine-grained, for the fusion pass puts them back together;
/// the others stay whole, so that each can have the kernel it deserves.
///
/// Every operation has a shape rule (`graph::infer`), an adjoint (`grad`), a kernel (`plan::lower`) and a
/// reference kernel (`reference`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// A value handed in at each run.
    Input(String),
    /// A variable as it stands when the run begins.
    State(String),
    /// A value known when the graph is built.
    Const(Literal),
    /// A tensor of the node's shape holding each element's index along `axis`.
    Iota {
        /// The shape.
        shape: Shape,
        /// The axis counted.
        axis: usize,
    },
    /// Independent uniform numbers in `[0, 1)`, a function of the input (seed, step) and of the
    /// stream alone. The input is an `int64` vector of two.
    Random {
        /// Which of the independent streams.
        stream: u64,
        /// The shape.
        shape: Shape,
    },
    /// An elementwise function of one value.
    Unary(Unary),
    /// An elementwise function of two values, broadcast against each other.
    Binary(Binary),
    /// `condition ? a : b`, elementwise and broadcast.
    Select,
    /// Conversion to another element type.
    Cast(DType),
    /// The same elements under another shape (at most one dimension unknown in a concrete graph).
    Reshape(Shape),
    /// Axis `i` of the result is axis `permutation[i]` of the input.
    Transpose(Vec<usize>),
    /// The input repeated along axes of length 1 (and new leading axes) to this shape.
    Broadcast(Shape),
    /// A range of one axis.
    Slice {
        /// The axis.
        axis: usize,
        /// The first index.
        start: usize,
        /// One past the last index.
        end: usize,
    },
    /// Zeros before and after one axis: the adjoint of [`Op::Slice`].
    Pad {
        /// The axis.
        axis: usize,
        /// How many zeros before.
        before: usize,
        /// How many zeros after.
        after: usize,
    },
    /// The elements along one axis in opposite order.
    Reverse(usize),
    /// Values one after another along an axis; they agree in every other axis.
    Concat {
        /// The axis.
        axis: usize,
    },
    /// Rows of a table, which are its values along the first axis: inputs are the table and `int64` indices, the result
    /// has a row for each index. An index outside the table gives NaN.
    Gather,
    /// Sums of rows, the adjoint of [`Op::Gather`]: inputs are rows and an `int64` index for each. Row `i` of the result
    /// is the sum of the rows of index `i`, in their order; an index outside the result counts for nothing.
    ScatterAdd {
        /// How many rows the result has.
        rows: usize,
    },
    /// A reduction over some axes.
    Reduce {
        /// What the elements are combined with.
        kind: Reduction,
        /// The axes, ascending.
        axes: Vec<usize>,
        /// Whether reduced axes stay with length 1.
        keepdims: bool,
    },
    /// The first index of the largest element along the last axis.
    ArgMax,
    /// Matrix product of the last two axes, batched over the leading ones; the right side may be one
    /// matrix for all of the left side's rows.
    MatMul {
        /// Whether the left matrix is given transposed.
        transpose_a: bool,
        /// Whether the right matrix is given transposed.
        transpose_b: bool,
    },
    /// Convolution of images (batch, spatial…, channels) with a kernel (spatial…, channels / groups, filters).
    Conv(Conv),
    /// The adjoint of [`Op::Conv`] with respect to the images, a transposed convolution: inputs are
    /// (batch, spatial…, filters) and the kernel, the result is (batch, lengths…, channels).
    ConvInput {
        /// The convolution.
        conv: Conv,
        /// The spatial lengths of the result, which the convolution may not tell.
        lengths: Vec<Dim>,
    },
    /// The adjoint of [`Op::Conv`] with respect to the kernel: inputs are the images and
    /// (batch, spatial…, filters).
    ConvKernel {
        /// The convolution.
        conv: Conv,
        /// The spatial lengths of the kernel.
        sizes: Vec<usize>,
    },
    /// A pool of images (batch, spatial…, channels).
    Pool(Pool),
    /// The adjoint of [`Op::Pool`]: the input is the gradient (batch, spatial…, channels) and, for a pool that
    /// takes the largest, the images, whose first largest element in each window gets all of it.
    PoolInput {
        /// The pool.
        pool: Pool,
        /// The spatial lengths of the images.
        lengths: Vec<usize>,
    },
    /// The adjoint of [`Op::PoolInput`] where the largest is taken: inputs are images and values of the same
    /// shape, of which those are taken that stand where a window's first largest element is.
    PoolTake(Pool),
    /// Softmax along the last axis.
    Softmax,
    /// Logarithm of the softmax along the last axis.
    LogSoftmax,
    /// Sparsemax along the last axis (Martins and Astudillo 2016).
    Sparsemax,
    /// `logsumexp(logits) - logits[label]` along the last axis; inputs are logits and integer labels.
    SparseCrossEntropy,
    /// Whether fewer than `k` predictions exceed that of the target; inputs are predictions and labels.
    InTopK(usize),
    /// One of the results of a loop over time. All of its results that are needed are computed together.
    Scan {
        /// The loop.
        scan: Arc<Scan>,
        /// Which of its results.
        result: ScanResult,
    },
    /// The input, through which no gradient flows.
    StopGradient,
}

/// A constant; two are equal when their bits are.
#[derive(Clone)]
pub struct Literal(pub Tensor);

impl Literal {
    /// The value of a constant of rank 0, if a double holds it.
    pub(crate) fn number(&self) -> Option<f64> {
        const EXACT: u64 = 1 << 53;
        let fits =
            self.0.dtype() != DType::I64 || self.0.to_vec::<i64>().iter().all(|v| v.unsigned_abs() <= EXACT);
        (self.0.rank() == 0 && fits).then(|| self.0.item())?
    }

    /// Up to so many of the first elements' bits.
    fn bits(&self, limit: usize) -> Vec<u64> {
        with_dtype!(self.0.dtype(), T => {
            let values = self.0.as_slice::<T>().unwrap_or_default().iter().take(limit);
            let bits = |v: &T| if T::DTYPE.is_float() { v.to_f64().to_bits() } else { v.to_i64() as u64 };
            values.map(bits).collect()
        })
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.0.dtype() == other.0.dtype()
            && self.0.shape() == other.0.shape()
            && (self.0.address() == other.0.address() || self.bits(usize::MAX) == other.bits(usize::MAX))
    }
}

impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Enough to tell most constants apart; equality looks at the rest.
        const SEEN: usize = 16;
        self.0.dtype().hash(state);
        self.0.shape().hash(state);
        self.bits(SEEN).hash(state);
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        if self.0.rank() == 0 {
            return with_dtype!(self.0.dtype(), T => {
                write!(f, "{:?}", self.0.as_slice::<T>().ok().and_then(|v| v.first()).copied().unwrap_or_default())
            });
        }
        let values = self.0.to_vec::<f64>();
        write!(f, "[")?;
        for (at, value) in values.iter().take(SHOWN).enumerate() {
            write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
        }
        f.write_str(if values.len() > SHOWN { ", …]" } else { "]" })
    }
}

impl Op {
    /// Whether each element of the result depends on the same (broadcast) element of the inputs alone,
    /// so that the operation can join others in one sweep over memory.
    pub fn is_elementwise(&self) -> bool {
        matches!(
            self,
            Op::Unary(_)
                | Op::Binary(_)
                | Op::Select
                | Op::Cast(_)
                | Op::Broadcast(_)
                | Op::Random { .. }
                | Op::Iota { .. }
        )
    }

    /// Whether the result is the input's memory under another shape.
    pub fn is_alias(&self) -> bool {
        matches!(self, Op::Reshape(_) | Op::StopGradient)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lower = |value: &dyn fmt::Debug| format!("{value:?}").to_lowercase();
        match self {
            Op::Input(name) => write!(f, "input `{name}`"),
            Op::State(name) => write!(f, "state `{name}`"),
            Op::Const(value) => write!(f, "const {value:?}"),
            Op::Iota { axis, .. } => write!(f, "iota[axis={axis}]"),
            Op::Random { stream, .. } => write!(f, "random[{stream:016x}]"),
            Op::Unary(op) => f.write_str(&lower(op)),
            Op::Binary(op) => f.write_str(&lower(op)),
            Op::Select => f.write_str("select"),
            Op::Cast(dtype) => write!(f, "cast[{dtype}]"),
            Op::Reshape(_) => f.write_str("reshape"),
            Op::Transpose(permutation) => write!(f, "transpose{permutation:?}"),
            Op::Broadcast(_) => f.write_str("broadcast"),
            Op::Slice { axis, start, end } => write!(f, "slice[axis={axis}, {start}..{end}]"),
            Op::Pad { axis, before, after } => write!(f, "pad[axis={axis}, {before}+{after}]"),
            Op::Reverse(axis) => write!(f, "reverse[axis={axis}]"),
            Op::Concat { axis } => write!(f, "concat[axis={axis}]"),
            Op::Gather => f.write_str("gather"),
            Op::ScatterAdd { rows } => write!(f, "scatter_add[{rows}]"),
            Op::Reduce { kind, axes, keepdims } => {
                write!(f, "{}{axes:?}{}", lower(kind), if *keepdims { "k" } else { "" })
            }
            Op::ArgMax => f.write_str("argmax"),
            Op::MatMul { transpose_a, transpose_b } => {
                let mark = |transposed: &bool| if *transposed { "ᵀ" } else { "" };
                write!(f, "matmul")?;
                if *transpose_a || *transpose_b {
                    write!(f, "[a{}, b{}]", mark(transpose_a), mark(transpose_b))?;
                }
                Ok(())
            }
            Op::Conv(conv) => write!(f, "conv{}", Axes(conv)),
            Op::ConvInput { conv, .. } => write!(f, "conv_input{}", Axes(conv)),
            Op::ConvKernel { conv, .. } => write!(f, "conv_kernel{}", Axes(conv)),
            Op::Pool(pool) => write!(f, "{}", pool_name(pool.kind)),
            Op::PoolInput { pool, .. } => write!(f, "{}_input", pool_name(pool.kind)),
            Op::PoolTake(pool) => write!(f, "{}_take", pool_name(pool.kind)),
            Op::Softmax => f.write_str("softmax"),
            Op::LogSoftmax => f.write_str("log_softmax"),
            Op::Sparsemax => f.write_str("sparsemax"),
            Op::SparseCrossEntropy => f.write_str("sparse_cross_entropy"),
            Op::InTopK(k) => write!(f, "in_top_k[{k}]"),
            Op::Scan { scan, result } => {
                let direction = if scan.reverse { "backwards, " } else { "" };
                match result {
                    ScanResult::Last(state) => write!(f, "scan[{direction}last state {state}]"),
                    ScanResult::Before(state) => write!(f, "scan[{direction}state {state} before]"),
                    ScanResult::Each(id) => write!(f, "scan[{direction}each %{}]", id.index()),
                }
            }
            Op::StopGradient => f.write_str("stop_gradient"),
        }
    }
}

fn pool_name(kind: PoolKind) -> &'static str {
    match kind {
        PoolKind::Max => "max_pool",
        PoolKind::Average => "average_pool",
    }
}

/// The strides, dilations and groups of a convolution where they are not 1.
struct Axes<'a>(&'a Conv);

impl fmt::Display for Axes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conv { axes, groups } = self.0;
        let mut parts = Vec::new();
        if axes.iter().any(|axis| axis.stride != 1) {
            parts.push(format!("strides={:?}", axes.iter().map(|axis| axis.stride).collect::<Vec<_>>()));
        }
        if axes.iter().any(|axis| axis.dilation != 1) {
            parts.push(format!("dilation={:?}", axes.iter().map(|axis| axis.dilation).collect::<Vec<_>>()));
        }
        if *groups != 1 {
            parts.push(format!("groups={groups}"));
        }
        if parts.is_empty() { Ok(()) } else { write!(f, "[{}]", parts.join(", ")) }
    }
}
