//! One small graph an operation, which tests of gradients, passes and kernels all run through.

use std::collections::HashMap;

use crate::error::Result;
use crate::grad::gradients;
use crate::graph::{
    Binary, Builder, Conv, Graph, Op, Padding, Pool, PoolAxis, PoolKind, Reduction, ScanInputs, ScanStep,
    Scanned, Slide, Unary, Var,
};
use crate::{DType, Tensor};

/// A formula with inputs at which it has a derivative.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) build: for<'g> fn(&[Var<'g>]) -> Var<'g>,
}

impl Case {
    /// The formula as a graph with the output `y`, its inputs `x0`, `x1`, … of the tensors' types.
    pub(crate) fn graph(&self) -> Result<Graph> {
        let b = Builder::new();
        let inputs: Vec<Var<'_>> = self
            .inputs
            .iter()
            .enumerate()
            .map(|(at, tensor)| b.input(format!("x{at}"), tensor.shape(), tensor.dtype()))
            .collect();
        b.output("y", (self.build)(&inputs));
        b.finish()
    }

    /// The formula's graph with the gradients of its elements' sum as further results.
    pub(crate) fn with_gradients(&self) -> Result<Graph> {
        let graph = self.graph()?;
        let b = Builder::from_graph(graph.clone());
        let y = b.var(graph.outputs()[0].1);
        if y.dtype().is_float() {
            let floats: Vec<Var<'_>> = graph
                .ids()
                .map(|id| b.var(id))
                .filter(|x| matches!(x.op(), Op::Input(_)) && x.dtype().is_float())
                .collect();
            for (at, gradient) in gradients(y.sum_all(), &floats)?.into_iter().enumerate() {
                b.output(format!("dx{at}"), gradient);
            }
        }
        b.finish()
    }

    /// What [`Case::graph`] is fed; its only variable is named as its input and starts from the same.
    pub(crate) fn feeds(&self) -> HashMap<String, Tensor> {
        self.inputs.iter().enumerate().map(|(at, tensor)| (format!("x{at}"), tensor.clone())).collect()
    }
}

fn of_axes<const N: usize>(axes: [Slide; N], groups: usize) -> Conv {
    Conv { axes: axes.to_vec(), groups }
}

fn valid(spatial: usize, groups: usize) -> Conv {
    Conv { axes: vec![Slide::STEP; spatial], groups }
}

/// Windows of 3 by 2, moved by 2 and 1.
fn sliding(kind: PoolKind, padding: Padding) -> Pool {
    let axis = |size, stride| PoolAxis::Sliding { size, stride, padding };
    Pool { kind, axes: vec![axis(3, 2), axis(2, 1)] }
}

/// Irregular values spread over a range, none of them twice.
pub(crate) fn spread<const N: usize>(shape: [usize; N], low: f64, high: f64) -> Tensor {
    let count: usize = shape.iter().product();
    // Multiples of the golden ratio, modulo 1, never fall close together.
    let part = |at: usize| (0.3 + at as f64 * 0.618_033_988_749_895).fract();
    let data: Vec<f64> = (0..count).map(|at| low + (high - low) * part(at)).collect();
    Tensor::new(data, shape).expect("as many elements as the shape holds")
}

/// A loop over one sequence.
fn over_time<'g>(
    sequence: Var<'g>,
    states: &[Var<'g>],
    constants: &[Var<'g>],
    reverse: bool,
    step: impl for<'b> Fn(&ScanStep<'b>) -> Scanned<'b>,
) -> Scanned<'g> {
    let inputs = ScanInputs { sequences: &[sequence], states, constants, reverse };
    sequence.builder().scan(inputs, |of| Ok::<_, crate::Error>(step(of))).expect("a step does not fail")
}

macro_rules! cases {
    ($($name:literal: [$($input:expr),*] $build:expr;)*) => {
        /// Every case.
        pub(crate) fn cases() -> Vec<Case> {
            vec![$(Case { name: $name, inputs: vec![$($input),*], build: $build }),*]
        }
    };
}

cases! {
    "input": [spread([2, 3], -1.0, 1.0)] |x| x[0];
    "state": [spread([2], -1.0, 1.0)] |x| x[0] * x[0].builder().state("x0", [2], x[0].dtype());
    "const": [spread([3], -1.0, 1.0)] |x| x[0] * x[0].builder().constant(Tensor::from([0.5, -2.0, 3.0])).cast(x[0].dtype());
    "iota": [spread([2, 3], -1.0, 1.0)] |x| x[0] * x[0].builder().iota([2, 3], 1).cast(x[0].dtype());
    "random": [Tensor::from([42i64, 7]), spread([2, 5], -1.0, 1.0)]
        |x| x[0].random(0xfeed, [2, 5]).cast(x[1].dtype()) * x[1];

    "neg": [spread([4], -2.0, 2.0)] |x| -x[0];
    "abs": [spread([4], -2.0, 2.0)] |x| x[0].abs();
    "sign": [spread([4], -2.0, 2.0)] |x| x[0].sign() * x[0];
    "exp": [spread([4], -2.0, 2.0)] |x| x[0].exp();
    "expm1": [spread([4], -2.0, 2.0)] |x| x[0].expm1();
    "log": [spread([4], 0.1, 2.0)] |x| x[0].ln();
    "log1p": [spread([4], -0.9, 2.0)] |x| x[0].log1p();
    "sqrt": [spread([4], 0.1, 2.0)] |x| x[0].sqrt();
    "rsqrt": [spread([4], 0.1, 2.0)] |x| x[0].rsqrt();
    "square": [spread([4], -2.0, 2.0)] |x| x[0].square();
    "reciprocal": [spread([4], 0.1, 2.0)] |x| x[0].reciprocal();
    "tanh": [spread([4], -2.0, 2.0)] |x| x[0].tanh();
    "sigmoid": [spread([4], -4.0, 4.0)] |x| x[0].sigmoid();
    "softplus": [spread([6], -30.0, 30.0)] |x| x[0].softplus();
    "erf": [spread([6], -3.0, 3.0)] |x| x[0].erf();
    "relu": [spread([6], -2.0, 2.0)] |x| x[0].relu();
    "floor": [spread([6], -3.1, 3.3)] |x| x[0].floor() * x[0];
    "ceil": [spread([6], -3.1, 3.3)] |x| x[0].ceil() * x[0];
    "round": [spread([6], -3.1, 3.3)] |x| x[0].round() * x[0];
    "not": [spread([6], -2.0, 2.0)] |x| x[0].less(0.3).logical_not().select(x[0], x[0].square());

    "add": [spread([2, 3], -1.0, 1.0), spread([3], -1.0, 1.0)] |x| x[0] + x[1];
    "sub": [spread([2, 1], -1.0, 1.0), spread([1, 3], -1.0, 1.0)] |x| x[0] - x[1];
    "mul": [spread([2, 3], -1.0, 1.0), spread([1], -1.0, 1.0)] |x| x[0] * x[1];
    "div": [spread([3], -1.0, 1.0), spread([2, 3], 0.2, 1.0)] |x| x[0] / x[1];
    "pow": [spread([2, 3], 0.2, 2.0), spread([3], -2.0, 2.0)] |x| x[0].pow(x[1]);
    "pow by numbers": [spread([4], -2.0, 2.0)] |x| x[0].pow(2.0) + x[0].pow(3.0) + x[0].pow(1.0) + x[0].pow(0.0);
    "max": [spread([2, 3], -1.0, 1.0), spread([3], -0.8, 0.8)] |x| x[0].maximum(x[1]);
    "min": [spread([2, 3], -1.0, 1.0), spread([3], -0.8, 0.8)] |x| x[0].minimum(x[1]);
    "eq": [Tensor::from([1i64, 2, 3]), spread([3], -1.0, 1.0)]
        |x| x[0].equal(2.0).select(x[1], x[1].square());
    "ne": [Tensor::from([1i64, 2, 3]), spread([3], -1.0, 1.0)]
        |x| x[0].not_equal(2.0).cast(x[1].dtype()) * x[1];
    "lt": [spread([4], -1.0, 1.0)] |x| x[0].less(0.1).select(x[0], 2.0);
    "le": [spread([4], -1.0, 1.0)] |x| x[0].less_equal(0.1).select(x[0], 2.0);
    "gt": [spread([4], -1.0, 1.0)] |x| x[0].greater(0.1).select(x[0], 2.0);
    "ge": [spread([4], -1.0, 1.0)] |x| x[0].greater_equal(0.1).select(x[0], 2.0);
    "and": [spread([6], -1.0, 1.0)] |x| x[0].less(0.5).logical_and(x[0].greater(-0.5)).select(x[0], 2.0);
    "or": [spread([6], -1.0, 1.0)] |x| x[0].less(-0.5).logical_or(x[0].greater(0.5)).select(x[0], 2.0);
    "integers": [Tensor::from([7i32, -8, 9]), Tensor::from([3i32, 3, -2])]
        |x| (x[0] * x[1] - x[0] + x[1]).square() / x[1];

    "select": [spread([2, 3], -1.0, 1.0), spread([3], -1.0, 1.0), spread([2, 1], -1.0, 1.0)]
        |x| x[0].greater(0.0).select(x[1], x[2]);
    "cast": [spread([4], -9.0, 9.0)] |x| x[0].cast(DType::F32).square() + x[0].cast(DType::I32).cast(DType::F32);
    "reshape": [spread([2, 3], -1.0, 1.0)] |x| x[0].reshape([None, Some(2)]).square();
    "transpose": [spread([2, 3, 4], -1.0, 1.0)] |x| x[0].transpose(&[2, 0, 1]);
    "broadcast": [spread([3, 1], -1.0, 1.0)] |x| x[0].broadcast_to([2, 3, 4]);
    "slice": [spread([3, 5], -1.0, 1.0)] |x| x[0].slice(1, 1, 3) * x[0].slice(1, 2, 4);
    "pad": [spread([2, 3], -1.0, 1.0)] |x| x[0].pad(1, 2, 1);
    "concat": [spread([2, 1, 3], -1.0, 1.0), spread([2, 3, 3], -1.0, 1.0)]
        |x| x[0].builder().concat(&[x[0], x[1], x[0].square()], 1);
    "concat of bools": [spread([2, 3], -1.0, 1.0), spread([2, 1], -1.0, 1.0)]
        |x| x[0].builder().concat(&[x[0].greater(0.0), x[1].greater(0.0)], -1);
    "gather": [spread([4, 3], -1.0, 1.0), Tensor::new(vec![3i64, 0, 3, 1, 2, 0], [2, 3]).expect("six indices")]
        |x| x[0].gather(x[1]).square();
    "gather numbers": [spread([4], -1.0, 1.0), Tensor::from([3i64, 3, 1])] |x| x[0].gather(x[1]);
    "scatter add": [spread([5, 2], -1.0, 1.0), Tensor::from([2i64, 0, 2, -1, 3])]
        |x| x[0].scatter_add(x[1], 3).square();
    "sum": [spread([2, 3, 4], -1.0, 1.0)] |x| x[0].sum(&[0, 2], false);
    "sum kept": [spread([2, 1, 4], -1.0, 1.0)] |x| x[0].sum(&[1, 2], true) * x[0].sum(&[1], false);
    "mean": [spread([2, 3, 4], -1.0, 1.0)] |x| x[0].mean(&[-1], false) - x[0].mean_all();
    "reduce max": [spread([3, 4], -1.0, 1.0)] |x| x[0].max(&[1], false);
    "reduce min": [spread([3, 4], -1.0, 1.0)] |x| x[0].min(&[0], true);
    "argmax": [spread([3, 4], -1.0, 1.0)] |x| x[0].argmax();
    "matmul": [spread([2, 3], -1.0, 1.0), spread([3, 4], -1.0, 1.0)] |x| x[0].matmul(x[1]);
    "matmul aᵀ": [spread([3, 2], -1.0, 1.0), spread([3, 4], -1.0, 1.0)]
        |x| x[0].matmul_with(true, x[1], false);
    "matmul bᵀ": [spread([2, 3], -1.0, 1.0), spread([4, 3], -1.0, 1.0)]
        |x| x[0].matmul_with(false, x[1], true);
    "matmul aᵀbᵀ": [spread([3, 2], -1.0, 1.0), spread([4, 3], -1.0, 1.0)]
        |x| x[0].matmul_with(true, x[1], true);
    "matmul batched": [spread([2, 2, 3], -1.0, 1.0), spread([2, 3, 2], -1.0, 1.0)] |x| x[0].matmul(x[1]);
    "matmul batched aᵀ": [spread([2, 3, 2], -1.0, 1.0), spread([2, 3, 2], -1.0, 1.0)]
        |x| x[0].matmul_with(true, x[1], false);
    "matmul batched bᵀ": [spread([2, 2, 3], -1.0, 1.0), spread([2, 2, 3], -1.0, 1.0)]
        |x| x[0].matmul_with(false, x[1], true);
    "matmul batched aᵀbᵀ": [spread([2, 3, 2], -1.0, 1.0), spread([2, 2, 3], -1.0, 1.0)]
        |x| x[0].matmul_with(true, x[1], true);
    "matmul shared": [spread([2, 2, 3], -1.0, 1.0), spread([3, 2], -1.0, 1.0)] |x| x[0].matmul(x[1]);
    "matmul shared bᵀ": [spread([2, 2, 3], -1.0, 1.0), spread([2, 3], -1.0, 1.0)]
        |x| x[0].matmul_with(false, x[1], true);
    "conv": [spread([2, 4, 5, 2], -1.0, 1.0), spread([2, 3, 2, 3], -1.0, 1.0)] |x| x[0].conv(x[1], valid(2, 1));
    "conv of a line": [spread([2, 7, 2], -1.0, 1.0), spread([3, 2, 2], -1.0, 1.0)]
        |x| x[0].conv(x[1], of_axes([Slide { padding: Padding::Same, stride: 2, dilation: 1 }], 1));
    "conv of a volume": [spread([1, 3, 2, 3, 2], -1.0, 1.0), spread([2, 1, 2, 2, 1], -1.0, 1.0)]
        |x| x[0].conv(x[1], valid(3, 1));
    "conv, padded, with strides": [spread([2, 5, 4, 1], -1.0, 1.0), spread([3, 2, 1, 2], -1.0, 1.0)]
        |x| x[0].conv(x[1], of_axes([
            Slide { padding: Padding::Explicit { before: 2, after: 1 }, stride: 2, dilation: 1 },
            Slide { padding: Padding::Same, stride: 3, dilation: 1 },
        ], 1));
    "conv, dilated, in groups": [spread([1, 6, 5, 4], -1.0, 1.0), spread([3, 2, 2, 6], -1.0, 1.0)]
        |x| x[0].conv(x[1], of_axes([
            Slide { padding: Padding::Same, stride: 1, dilation: 2 },
            Slide { padding: Padding::VALID, stride: 1, dilation: 3 },
        ], 2));
    "conv, depthwise": [spread([2, 4, 4, 3], -1.0, 1.0), spread([2, 3, 1, 3], -1.0, 1.0)]
        |x| x[0].conv(x[1], of_axes([Slide::STEP, Slide { padding: Padding::Same, ..Slide::STEP }], 3));
    "conv, depthwise, with filters": [spread([1, 5, 3, 2], -1.0, 1.0), spread([2, 2, 1, 6], -1.0, 1.0)]
        |x| x[0].conv(x[1], of_axes([Slide { stride: 2, ..Slide::STEP }, Slide { dilation: 2, ..Slide::STEP }], 2));
    "conv, then bias and relu": [spread([2, 4, 4, 2], -1.0, 1.0), spread([2, 2, 1, 4], -1.0, 1.0), spread([4], -1.0, 1.0)]
        |x| (x[0].conv(x[1], valid(2, 2)) + x[2]).relu();
    "conv input": [spread([2, 2, 3, 3], -1.0, 1.0), spread([3, 2, 2, 3], -1.0, 1.0)]
        |x| x[0].conv_input(x[1], of_axes([
            Slide { stride: 2, ..Slide::STEP },
            Slide { padding: Padding::Same, stride: 2, dilation: 1 },
        ], 1), [Some(6), Some(5)]);
    "conv kernel": [spread([2, 5, 4, 2], -1.0, 1.0), spread([2, 4, 2, 3], -1.0, 1.0)]
        |x| x[0].conv_kernel(x[1], valid(2, 1), [2, 3]);
    "max pool": [spread([2, 5, 4, 3], -1.0, 1.0)] |x| x[0].pool(sliding(PoolKind::Max, Padding::VALID));
    "max pool, padded": [spread([2, 5, 3, 70], -1.0, 1.0)] |x| x[0].pool(sliding(PoolKind::Max, Padding::Same));
    "average pool": [spread([2, 5, 4, 3], -1.0, 1.0)] |x| x[0].pool(sliding(PoolKind::Average, Padding::VALID));
    "average pool, padded": [spread([2, 5, 3, 2], -1.0, 1.0)] |x| x[0].pool(sliding(PoolKind::Average, Padding::Same));
    "adaptive pools": [spread([2, 5, 2, 3], -1.0, 1.0)] |x| {
        let pool = |kind| Pool { kind, axes: vec![PoolAxis::Adaptive(3), PoolAxis::Adaptive(2)] };
        x[0].pool(pool(PoolKind::Max)) * x[0].pool(pool(PoolKind::Average))
    };
    "max pool of a line, input": [spread([2, 3, 2], -1.0, 1.0), spread([2, 5, 2], -1.0, 1.0)] |x| {
        let pool = Pool { kind: PoolKind::Max, axes: vec![PoolAxis::Sliding { size: 3, stride: 2, padding: Padding::Same }] };
        let x1 = x[1].stop_gradient();
        x[0].builder().apply(Op::PoolInput { pool, lengths: vec![5] }, &[x[0], x1])
    };
    "average pool of a volume, input": [spread([1, 2, 1, 2, 2], -1.0, 1.0)] |x| {
        let axis = PoolAxis::Sliding { size: 2, stride: 1, padding: Padding::VALID };
        let pool = Pool { kind: PoolKind::Average, axes: vec![axis; 3] };
        x[0].builder().apply(Op::PoolInput { pool, lengths: vec![3, 2, 3] }, &[x[0]])
    };
    "pool take": [spread([2, 5, 4, 3], -1.0, 1.0), spread([2, 5, 4, 3], -2.0, 1.0)] |x| {
        let pool = sliding(PoolKind::Max, Padding::Same);
        x[0].builder().apply(Op::PoolTake(pool), &[x[0].stop_gradient(), x[1]])
    };
    "softmax": [spread([2, 4], -3.0, 3.0)] |x| x[0].softmax(-1);
    "softmax of an inner axis": [spread([2, 4, 3], -3.0, 3.0)] |x| x[0].softmax(1);
    "log softmax": [spread([2, 4], -3.0, 3.0)] |x| x[0].log_softmax(-1);
    "sparsemax": [spread([3, 5], -1.0, 1.0)] |x| x[0].sparsemax(-1);
    "sparse cross-entropy": [spread([3, 4], -2.0, 2.0), Tensor::from([0i64, 3, 1])]
        |x| x[0].sparse_cross_entropy(x[1]);
    "in top k": [spread([4, 5], -2.0, 2.0), Tensor::from([0i64, 4, 2, 7])] |x| x[0].in_top_k(x[1], 2);
    "reverse": [spread([2, 3, 2], -1.0, 1.0)] |x| x[0].reverse(1) * x[0] + x[0].reverse(0).reverse(-1);
    "scan": [spread([4, 2, 3], -1.0, 1.0), spread([2, 3], -1.0, 1.0)] |x| {
        let sums = over_time(x[0], &x[1..], &[], false, |step| {
            let sum = step.states[0] * 0.5 + step.slices[0] * step.states[0].tanh();
            Scanned { states: vec![sum], outputs: vec![sum.square()] }
        });
        sums.outputs[0].sum(&[0], false) * sums.states[0]
    };
    "scan backwards": [spread([4, 3], -1.0, 1.0), spread([3], -1.0, 1.0)] |x| {
        let found = over_time(x[0], &x[1..], &[], true, |step| {
            let next = (step.states[0] + step.slices[0]).tanh();
            Scanned { states: vec![next], outputs: vec![step.slices[0] * step.states[0]] }
        });
        found.outputs[0] * found.states[0]
    };
    "scan of a recurrent layer": [
        spread([3, 2, 4], -1.0, 1.0), spread([2, 3], -1.0, 1.0), spread([4, 3], -1.0, 1.0),
        spread([3, 3], -1.0, 1.0), spread([3], -1.0, 1.0), spread([2, 4], 0.2, 1.0)
    ] |x| {
        over_time(x[0], &x[1..2], &x[2..], false, |step| {
            let [w, u, b, mask] = step.constants[..] else { unreachable!("four were given") };
            let next = ((step.slices[0] * mask).matmul(w) + step.states[0].matmul(u) + b).tanh();
            Scanned { states: vec![next], outputs: vec![next] }
        })
        .outputs[0]
    };
    "scan with states that trade places": [
        spread([3, 2, 2], -1.0, 1.0), spread([2, 2], -1.0, 1.0), spread([2, 2], -1.0, 1.0), spread([2, 2], 0.5, 1.0)
    ] |x| {
        let found = over_time(x[0], &x[1..3], &x[3..], false, |step| {
            let [a, b] = step.states[..] else { unreachable!("two were given") };
            let next = a.matmul(step.constants[0].square()) * step.constants[0] + step.slices[0];
            Scanned { states: vec![b, next], outputs: vec![a * 2.0, step.slices[0], step.constants[0] * b] }
        });
        let [p, q, r] = found.outputs[..] else { unreachable!("three were asked for") };
        (p + q.square() * r) * found.states[0] - found.states[1]
    };
    "scan of integers": [Tensor::from([1i64, -2, 3]), spread([3], 0.5, 2.0)] |x| {
        let zero = x[0].builder().scalar(0.0, DType::I64);
        let counted = over_time(x[0], &[zero], &x[1..], false, |step| {
            let sum = step.states[0] + step.slices[0];
            let weighed = step.constants[0] * sum.cast(step.constants[0].dtype());
            Scanned { states: vec![sum], outputs: vec![weighed] }
        });
        counted.outputs[0] * counted.states[0].cast(x[1].dtype())
    };
    "scan in a scan": [spread([3, 2, 2], -1.0, 1.0), spread([2], -1.0, 1.0)] |x| {
        over_time(x[0], &x[1..], &[], false, |step| {
            let inner = over_time(step.slices[0], &step.states, &[], true, |step| {
                let next = step.states[0] * step.slices[0] + 0.5;
                Scanned { states: vec![next], outputs: vec![next] }
            });
            Scanned { states: inner.states, outputs: vec![inner.outputs[0].sum(&[0], false)] }
        })
        .outputs[0]
    };
    "stop gradient": [spread([3], -2.0, 2.0)] |x| x[0] + x[0].floor().stop_gradient();
    "several uses": [spread([3], 0.5, 2.0)] |x| {
        let y = x[0].ln();
        y * x[0] + y.tanh() / (y * y + 1.0) - x[0].exp() * y
    };
}

/// The names of an enum's variants, and each variant's name: a new variant does not compile until it is
/// listed, and then needs a case.
macro_rules! variants {
    ($type:ident, $all:ident, $name:ident: $($variant:ident)*) => {
        const $all: &[&str] = &[$(stringify!($variant)),*];
        fn $name(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => stringify!($variant)),* }
        }
    };
}

variants! { Op, OPS, op_name:
    Input State Const Iota Random Unary Binary Select Cast Reshape Transpose Broadcast Slice Pad Reverse Concat
    Gather ScatterAdd Reduce ArgMax MatMul Conv ConvInput ConvKernel Pool PoolInput PoolTake Softmax LogSoftmax Sparsemax SparseCrossEntropy InTopK
    Scan StopGradient
}
variants! { Unary, UNARY, unary_name:
    Neg Abs Sign Exp Expm1 Log Log1p Sqrt Rsqrt Square Reciprocal Tanh Sigmoid Softplus Erf Relu Floor Ceil
    Round Not
}
variants! { Binary, BINARY, binary_name: Add Sub Mul Div Pow Max Min Eq Ne Lt Le Gt Ge And Or }
variants! { Reduction, REDUCTIONS, reduction_name: Sum Mean Max Min }

#[test]
fn every_operation_has_a_case() -> Result<()> {
    let graphs = cases().iter().map(Case::graph).collect::<Result<Vec<_>>>()?;
    let ops: Vec<&Op> = graphs.iter().flat_map(|graph| graph.nodes()).map(|node| &node.op).collect();
    let missing = |all: &[&'static str], name: &dyn Fn(&Op) -> Option<&'static str>| -> Vec<&'static str> {
        all.iter().copied().filter(|wanted| !ops.iter().any(|op| name(op) == Some(wanted))).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(missing(OPS, &|op| Some(op_name(op))), none);
    assert_eq!(missing(UNARY, &|op| if let Op::Unary(op) = op { Some(unary_name(op)) } else { None }), none);
    assert_eq!(
        missing(BINARY, &|op| if let Op::Binary(op) = op { Some(binary_name(op)) } else { None }),
        none
    );
    let reduction =
        |op: &Op| if let Op::Reduce { kind, .. } = op { Some(reduction_name(kind)) } else { None };
    assert_eq!(missing(REDUCTIONS, &reduction), none);
    Ok(())
}

#[test]
fn gradients_agree_with_central_differences() -> Result<()> {
    // A variable is differentiated as an input is, but would have to be moved as well.
    let differentiable =
        |case: &&Case| case.name != "state" && case.inputs.iter().any(|input| input.dtype().is_float());
    for case in cases().iter().filter(differentiable) {
        let error = crate::reference::gradient_error(&case.inputs, |inputs| {
            let y = (case.build)(inputs);
            let y = if y.dtype().is_float() { y } else { y.cast(DType::F64) };
            // Elements are weighed differently, so that none can stand in for another.
            let weights = spread([y.shape().elements().unwrap_or(1)], 0.5, 2.0).cast(y.dtype());
            (y * y.builder().constant(weights).reshape(y.shape())).sum_all()
        })?;
        assert!(error < 1e-5, "{}: relative error {error}", case.name);
    }
    Ok(())
}
