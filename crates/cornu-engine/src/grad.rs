//! Reverse-mode differentiation: the gradient of a value in a graph, as further nodes of that graph.
//!
//! `adjoint` is the whole of calculus here, one arm an operation. `y` is the operation's result, `dy` the
//! gradient of the loss with respect to it. Where the derivative is a matter of convention (ties, kinks)
//! it is TensorFlow's.

mod scan;

use std::collections::{BTreeMap, HashMap};
use std::f64::consts::FRAC_2_SQRT_PI;
use std::sync::Arc;

use crate::Dim;
use crate::error::{Error, Result};
use crate::graph::{Binary, NodeId, Op, Pool, PoolKind, Reduction, Scan, ScanResult, Unary, Var};

/// The gradients of a loss, a single float, with respect to some values.
///
/// A value the loss does not depend on gets zeros. The new nodes carry the scopes of the nodes they
/// are adjoint to.
///
/// ```
/// use cornu_engine::{DType, grad::gradients, graph::Builder};
/// let b = Builder::new();
/// let x = b.input("x", [8, 3], DType::F32);
/// let w = b.state("w", [3, 2], DType::F32);
/// let loss = x.matmul(w).square().mean_all();
/// let dw = gradients(loss, &[w])?[0];
/// assert_eq!(dw.shape(), w.shape());
/// # Ok::<(), cornu_engine::Error>(())
/// ```
///
/// # Errors
/// If the loss is not a single float, if a value in `wrt` is not of a float type, if a shape on the way
/// between them is not known, or if the graph is already in error.
pub fn gradients<'g>(loss: Var<'g>, wrt: &[Var<'g>]) -> Result<Vec<Var<'g>>> {
    if loss.rank() != 0 {
        return Err(Error::shape("gradient", format!("wants a single number, got {}; sum it", loss.shape())));
    }
    gradients_from(loss, loss.ones_like(), wrt)
}

/// The product of a gradient `dy` with respect to `y` with the Jacobians of `y` with respect to some
/// values: the gradients of a loss whose gradient with respect to `y` is `dy`.
///
/// # Errors
/// If `dy` is not of the shape and type of `y`, and as [`gradients`].
pub fn gradients_from<'g>(y: Var<'g>, dy: Var<'g>, wrt: &[Var<'g>]) -> Result<Vec<Var<'g>>> {
    y.builder().check()?;
    pull_back(&[(y, dy)], wrt)
}

/// As [`gradients_from`], for a loss whose gradients with respect to several values, each `y` beside its `dy`, are
/// given.
fn pull_back<'g>(seeds: &[(Var<'g>, Var<'g>)], wrt: &[Var<'g>]) -> Result<Vec<Var<'g>>> {
    if let Some((y, dy)) = seeds.iter().find(|(y, dy)| dy.shape() != y.shape() || dy.dtype() != y.dtype()) {
        return Err(Error::shape("gradient", format!("{dy:?} cannot be the gradient of {y:?}")));
    }
    for &value in wrt.iter().chain(seeds.iter().map(|(y, _)| y)) {
        if !value.dtype().is_float() {
            return Err(Error::dtype(
                "gradient",
                format!("there is none of {}; cast it first", value.dtype()),
            ));
        }
        ensure_known(value)?;
    }
    let Some(last) = seeds.iter().map(|(y, _)| *y).max_by_key(|y| y.id()) else {
        return Ok(wrt.iter().map(|value| value.zeros_like()).collect());
    };

    let builder = last.builder();
    let on_path = path(last, wrt);
    let loops = Loops::new(last, &on_path);
    let mut adjoints: Vec<Option<Var<'g>>> = vec![None; on_path.len()];
    for (y, dy) in seeds {
        add(&mut adjoints[y.id().index()], Some(*dy));
    }
    for id in (0..=last.id().0).rev().map(NodeId) {
        let y = builder.var(id);
        let results = loops.results(id);
        if !on_path[id.index()] || (adjoints[id.index()].is_none() && results.is_none()) {
            continue;
        }
        let inputs = y.inputs();
        let wanted: Vec<bool> = inputs.iter().map(|input| on_path[input.id().index()]).collect();
        if !wanted.contains(&true) {
            continue;
        }
        builder.on_behalf_of(id, || {
            inputs.iter().try_for_each(|input| ensure_known(*input))?;
            let parts = match (y.op(), results, adjoints[id.index()]) {
                (Op::Scan { scan, .. }, Some(results), _) => {
                    let mut dys: BTreeMap<ScanResult, Option<Var<'g>>> = BTreeMap::new();
                    for (result, id) in results {
                        add(dys.entry(*result).or_default(), adjoints[id.index()]);
                    }
                    let dys: Vec<_> = dys.into_iter().filter_map(|(of, dy)| Some((of, dy?))).collect();
                    if dys.is_empty() {
                        return Ok(());
                    }
                    scan::adjoint(&scan, &inputs, &dys, &wanted)?
                }
                // Its loop's turn comes with the first of the results.
                (Op::Scan { .. }, None, _) | (_, _, None) => return Ok(()),
                (op, _, Some(dy)) => adjoint(&op, &inputs, y, dy, &wanted),
            };
            // Uses are summed from the last to the first, so that the order never varies.
            for (input, part) in inputs.iter().zip(parts) {
                add(&mut adjoints[input.id().index()], part);
            }
            Ok(())
        })?;
    }
    let found = |value: &Var<'g>| adjoints.get(value.id().index()).copied().flatten();
    let gradients = wrt.iter().map(|value| found(value).unwrap_or_else(|| value.zeros_like())).collect();
    builder.check()?;
    Ok(gradients)
}

fn add<'g>(sum: &mut Option<Var<'g>>, part: Option<Var<'g>>) {
    *sum = match (*sum, part) {
        (Some(sum), Some(part)) => Some(sum + part),
        (sum, part) => sum.or(part),
    };
}

/// The loops over time on the path of a gradient. All results of one are differentiated together, when the turn of the
/// first comes: by then the gradients of all are known.
struct Loops(HashMap<NodeId, Vec<(ScanResult, NodeId)>>);

impl Loops {
    fn new(last: Var<'_>, on_path: &[bool]) -> Self {
        let mut first: HashMap<(Arc<Scan>, Vec<NodeId>), NodeId> = HashMap::new();
        let mut loops = Loops(HashMap::new());
        for id in (0..=last.id().0).map(NodeId).filter(|id| on_path[id.index()]) {
            let node = last.builder().node(id);
            let Op::Scan { scan, result } = node.op else { continue };
            let first = *first.entry((scan, node.inputs)).or_insert(id);
            loops.0.entry(first).or_default().push((result, id));
        }
        loops
    }

    /// The results of the loop whose first result is `id`.
    fn results(&self, id: NodeId) -> Option<&[(ScanResult, NodeId)]> {
        self.0.get(&id).map(Vec::as_slice)
    }
}

/// Which of the nodes up to `y` a gradient with respect to `wrt` may flow through.
fn path(y: Var<'_>, wrt: &[Var<'_>]) -> Vec<bool> {
    let builder = y.builder();
    let mut on_path = vec![false; y.id().index() + 1];
    for id in (0..=y.id().0).map(NodeId) {
        let node = builder.node(id);
        let passes = node.dtype.is_float() && node.op != Op::StopGradient;
        let reached = passes && node.inputs.iter().any(|input| on_path[input.index()]);
        on_path[id.index()] = reached || wrt.iter().any(|value| value.id() == id);
    }
    on_path
}

fn ensure_known(value: Var<'_>) -> Result<()> {
    match value.shape().to_known() {
        Some(_) => Ok(()),
        None => {
            let message =
                format!("cannot be differentiated with unknown dimensions {}; set them first", value.shape());
            Err(Error::shape(value.op(), message))
        }
    }
}

/// The gradients with respect to an operation's inputs, `None` where they are zero or not `wanted`.
fn adjoint<'g>(
    op: &Op,
    inputs: &[Var<'g>],
    y: Var<'g>,
    dy: Var<'g>,
    wanted: &[bool],
) -> Vec<Option<Var<'g>>> {
    let input = |at: usize| inputs[at];
    let x = || input(0);
    // One input: its gradient is given. Two or more: each is computed if wanted.
    let each = |parts: &[&dyn Fn() -> Var<'g>]| -> Vec<Option<Var<'g>>> {
        parts.iter().zip(wanted).map(|(part, wanted)| wanted.then(part)).collect()
    };
    let none = || vec![None; inputs.len()];
    let one = |part: Var<'g>| vec![Some(part)];
    let last = &[-1][..];

    match op {
        Op::Input(_) | Op::State(_) | Op::Const(_) | Op::Iota { .. } | Op::Random { .. } => none(),
        Op::ArgMax | Op::InTopK(_) | Op::StopGradient => none(),
        // Done by `scan::adjoint`, all results at once.
        Op::Scan { .. } => none(),
        Op::Unary(op) => vec![unary(*op, x(), y, dy)],
        Op::Binary(op) => binary(*op, input(0), input(1), y, dy, wanted),
        Op::Select => {
            let (condition, zero) = (input(0), dy.constant(0.0));
            let a = || condition.select(dy, zero).sum_to(&input(1).shape());
            let b = || condition.select(zero, dy).sum_to(&input(2).shape());
            each(&[&|| dy, &a, &b])
        }
        Op::Cast(_) => one(dy.cast(x().dtype())),
        Op::Reshape(_) => one(dy.reshape(x().shape())),
        Op::Transpose(permutation) => {
            let mut inverse = vec![0; permutation.len()];
            for (to, &from) in permutation.iter().enumerate() {
                inverse[from] = to;
            }
            one(dy.transpose(&inverse))
        }
        Op::Broadcast(_) => one(dy.sum_to(&x().shape())),
        Op::Slice { axis, start, end } => {
            let length = x().shape()[*axis].unwrap_or(*end);
            one(dy.pad(*axis, *start, length - end))
        }
        Op::Pad { axis, before, .. } => {
            let length = x().shape()[*axis].unwrap_or(0);
            one(dy.slice(*axis, *before, before + length))
        }
        Op::Reverse(axis) => one(dy.reverse(*axis as isize)),
        Op::Concat { axis } => {
            let lengths = inputs.iter().map(|input| input.shape()[*axis].unwrap_or(0));
            let ends = lengths.scan(0, |end, length| {
                *end += length;
                Some((*end - length, *end))
            });
            ends.zip(wanted)
                .map(|((start, end), wanted)| wanted.then(|| dy.slice(*axis, start, end)))
                .collect()
        }
        Op::Gather => {
            let rows = x().shape()[0].unwrap_or(0);
            vec![Some(dy.scatter_add(input(1), rows)), None]
        }
        Op::ScatterAdd { rows } => {
            // What counted for nothing has no gradient.
            let (indices, ones) = (input(1), vec![Some(1); x().rank() - input(1).rank()]);
            let inside = indices.greater_equal(0.0).logical_and(indices.less(*rows as f64));
            let dims: Vec<_> = inside.shape().dims().iter().copied().chain(ones).collect();
            vec![Some(inside.reshape(dims).select(dy.gather(indices), 0.0)), None]
        }
        Op::Reduce { kind, axes, .. } => one(reduce(*kind, axes, x(), y, dy)),
        Op::MatMul { transpose_a, transpose_b } => {
            let (a, b) = (input(0), input(1));
            let da = || match transpose_a {
                false => dy.matmul_with(false, b, !transpose_b), // dA = dY · Bᵀ
                true => b.matmul_with(*transpose_b, dy, true),   // dAᵀ = B · dYᵀ
            };
            let db = || {
                // A right matrix shared by the whole batch sums over it: the batch's rows are one matrix.
                let (a, dy) = if b.rank() == a.rank() { (a, dy) } else { (rows(a), rows(dy)) };
                match transpose_b {
                    false => a.matmul_with(!transpose_a, dy, false), // dB = Aᵀ · dY
                    true => dy.matmul_with(true, a, *transpose_a),   // dBᵀ = dYᵀ · A
                }
            };
            each(&[&da, &db])
        }
        Op::Conv(conv) => {
            let (x, kernel) = (input(0), input(1));
            let dx = || dy.conv_input(kernel, conv.clone(), spatial(x));
            let dkernel = || x.conv_kernel(dy, conv.clone(), sizes(kernel));
            each(&[&dx, &dkernel])
        }
        // Linear in both inputs, as the convolution is; here the result stands where its images were.
        Op::ConvInput { conv, .. } => {
            let (x, kernel) = (input(0), input(1));
            let dx = || dy.conv(kernel, conv.clone());
            let dkernel = || dy.conv_kernel(x, conv.clone(), sizes(kernel));
            each(&[&dx, &dkernel])
        }
        Op::ConvKernel { conv, .. } => {
            let (x, other) = (input(0), input(1));
            let dx = || other.conv_input(dy, conv.clone(), spatial(x));
            let dother = || x.conv(dy, conv.clone());
            each(&[&dx, &dother])
        }
        Op::Pool(pool) => one(pool_input(pool, x(), x(), dy)),
        Op::PoolInput { pool, .. } => match pool.kind {
            PoolKind::Average => one(dy.pool(pool.clone())),
            PoolKind::Max => {
                let taken = || x().builder().apply(Op::PoolTake(pool.clone()), &[input(1), dy]);
                vec![wanted[0].then(taken), None]
            }
        },
        Op::PoolTake(pool) => vec![None, wanted[1].then(|| pool_input(pool, input(0), input(1), dy))],
        Op::Softmax => one((dy - (dy * y).sum(last, true)) * y),
        Op::LogSoftmax => one(dy - y.exp() * dy.sum(last, true)),
        Op::Sparsemax => {
            // The projection's Jacobian on its support (Martins and Astudillo 2016, eq. 13).
            let support = y.greater(0.0);
            let mean = support.select(dy, 0.0).sum(last, true) / support.cast(y.dtype()).sum(last, true);
            one(support.select(dy - mean, 0.0))
        }
        Op::SparseCrossEntropy => {
            // Written as `softmax`, for a model usually computes that of its logits anyway.
            let (logits, labels) = (input(0), input(1));
            let classes = logits.shape().last().unwrap_or(0);
            let target = labels.one_hot(classes, logits.dtype());
            vec![Some((logits.softmax(-1) - target) * dy.expand_dims(-1)), None]
        }
    }
}

/// The lengths of the axes between the first and the last.
fn spatial(x: Var<'_>) -> Vec<Dim> {
    x.shape().dims().iter().skip(1).take(x.rank().saturating_sub(2)).copied().collect()
}

/// The spatial lengths of a kernel, whose shape is known.
fn sizes(kernel: Var<'_>) -> Vec<usize> {
    kernel.shape().dims().iter().take(kernel.rank().saturating_sub(2)).copied().flatten().collect()
}

/// Each window's gradient brought to where it was taken from: `images` say which is the largest.
fn pool_input<'g>(pool: &Pool, images: Var<'g>, values: Var<'g>, dy: Var<'g>) -> Var<'g> {
    let op = Op::PoolInput { pool: pool.clone(), lengths: spatial(values).into_iter().flatten().collect() };
    match pool.kind {
        PoolKind::Max => dy.builder().apply(op, &[dy, images]),
        PoolKind::Average => dy.builder().apply(op, &[dy]),
    }
}

/// `dy · f'(x)`, by way of `y = f(x)` where that is cheaper.
fn unary<'g>(op: Unary, x: Var<'g>, y: Var<'g>, dy: Var<'g>) -> Option<Var<'g>> {
    Some(match op {
        Unary::Neg => -dy,
        Unary::Abs => dy * x.sign(),
        Unary::Exp => dy * y,
        Unary::Expm1 => dy * (y + 1.0),
        Unary::Log => dy / x,
        Unary::Log1p => dy / (x + 1.0),
        // The slope at 0 is infinite; where no gradient arrives none leaves.
        Unary::Sqrt => dy.equal(0.0).select(dy, dy * 0.5 / y),
        Unary::Rsqrt => dy.equal(0.0).select(dy, dy * -0.5 * y * y.square()),
        Unary::Square => dy * (x * 2.0),
        Unary::Reciprocal => -dy * y.square(),
        Unary::Tanh => dy * (1.0 - y.square()),
        Unary::Sigmoid => dy * y * (1.0 - y),
        Unary::Softplus => dy * x.sigmoid(),
        Unary::Erf => dy * ((-x.square()).exp() * FRAC_2_SQRT_PI),
        Unary::Relu => y.greater(0.0).select(dy, 0.0),
        Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Not => return None,
    })
}

/// The gradients with respect to both sides, each summed over the axes along which it was repeated.
fn binary<'g>(
    op: Binary,
    a: Var<'g>,
    b: Var<'g>,
    y: Var<'g>,
    dy: Var<'g>,
    wanted: &[bool],
) -> Vec<Option<Var<'g>>> {
    let zero = || dy.constant(0.0);
    let each = |da: &dyn Fn() -> Var<'g>, db: &dyn Fn() -> Var<'g>| {
        let parts = [(da, a), (db, b)].into_iter().zip(wanted);
        parts.map(|((part, side), wanted)| wanted.then(|| part().sum_to(&side.shape()))).collect()
    };
    match op {
        Binary::Add => each(&|| dy, &|| dy),
        Binary::Sub => each(&|| dy, &|| -dy),
        Binary::Mul => each(&|| dy * b, &|| dy * a),
        Binary::Div => each(&|| dy / b, &|| -(dy / b * y)),
        Binary::Pow => {
            // b·a^(b-1) is 0 for b = 0 whatever a; ln(a) counts only where it exists.
            let constant = b.builder().node(b.id()).op;
            let da = || match &constant {
                Op::Const(value) if value.0.to_vec::<f64>().iter().all(|exponent| *exponent != 0.0) => {
                    dy * (b * a.pow(b - 1.0))
                }
                _ => dy * b.equal(0.0).select(b.zeros_like(), b * a.pow(b - 1.0)),
            };
            let db = || {
                let positive = a.greater(0.0);
                dy * y * positive.select(positive.select(a, 1.0).ln(), 0.0)
            };
            each(&da, &db)
        }
        Binary::Max => {
            let first = a.greater_equal(b);
            each(&|| first.select(dy, zero()), &|| first.select(zero(), dy))
        }
        Binary::Min => {
            let first = a.less_equal(b);
            each(&|| first.select(dy, zero()), &|| first.select(zero(), dy))
        }
        Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => vec![None, None],
        Binary::And | Binary::Or => vec![None, None],
    }
}

fn reduce<'g>(kind: Reduction, axes: &[usize], x: Var<'g>, y: Var<'g>, dy: Var<'g>) -> Var<'g> {
    let shape = x.shape();
    let dims = || shape.dims().iter().enumerate();
    let kept: Vec<_> = dims().map(|(at, dim)| if axes.contains(&at) { Some(1) } else { *dim }).collect();
    let spread =
        |value: Var<'g>| if value.rank() == kept.len() { value } else { value.reshape(kept.clone()) };
    match kind {
        Reduction::Sum => spread(dy).broadcast_to(shape.clone()),
        Reduction::Mean => {
            let count: usize =
                dims().filter(|(at, _)| axes.contains(at)).filter_map(|(_, dim)| *dim).product();
            spread(dy / count as f64).broadcast_to(shape.clone())
        }
        Reduction::Max | Reduction::Min => {
            // Ties share the gradient equally.
            let chosen = x.equal(spread(y)).cast(dy.dtype());
            let axes: Vec<isize> = axes.iter().map(|axis| *axis as isize).collect();
            chosen * (spread(dy) / chosen.sum(&axes, true))
        }
    }
}

/// All but the last axis as one.
fn rows(value: Var<'_>) -> Var<'_> {
    let shape = value.shape();
    let rows: usize = shape.dims().iter().rev().skip(1).copied().flatten().product();
    value.reshape([Some(rows), shape.last()])
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::graph::Builder;
    use crate::reference::evaluate;
    use crate::{DType, Tensor};

    #[test]
    fn misuse_names_the_remedy() {
        let b = Builder::new();
        let x = b.input("x", [2], DType::F32);
        let labels = b.input("labels", [2], DType::I64);
        let open = b.scoped("dense", || b.input("open", [None], DType::F32).exp());
        let message = |result: Result<Vec<Var<'_>>>| result.unwrap_err().to_string();
        assert_eq!(message(gradients(x, &[x])), "gradient: wants a single number, got (2,); sum it");
        assert_eq!(
            message(gradients(x.sum_all(), &[labels])),
            "gradient: there is none of int64; cast it first"
        );
        assert_eq!(
            message(gradients(open.sum_all(), &[open])),
            "exp: cannot be differentiated with unknown dimensions (None,); set them first"
        );
        let b = Builder::new();
        let x = b.input("x", [2], DType::F32);
        let broken = b.scoped("dense", || (x + b.input("y", [3], DType::F32)).sum_all());
        assert!(message(gradients(broken, &[x])).starts_with("in `dense`: add:"));
    }

    #[test]
    fn a_value_the_loss_does_not_depend_on_gets_zeros() -> Result<()> {
        let b = Builder::new();
        let (x, w) = (b.input("x", [2], DType::F32), b.input("w", [3], DType::F32));
        let found = gradients((x + x.stop_gradient()).sum_all(), &[w, x])?;
        assert_eq!(found[0].op(), Op::Broadcast([3].into()));
        assert_eq!(found[1].op(), Op::Broadcast([2].into()));
        Ok(())
    }

    type Formula = for<'g> fn(Var<'g>, Var<'g>) -> Var<'g>;

    /// The gradients of the sum of a formula in two vectors with respect to both.
    fn at(x: [f64; 3], y: [f64; 3], formula: Formula) -> Result<[Vec<f64>; 2]> {
        let b = Builder::new();
        let (vx, vy) = (b.input("x", [3], DType::F64), b.input("y", [3], DType::F64));
        let found = gradients(formula(vx, vy).sum_all(), &[vx, vy])?;
        b.output("dx", found[0]);
        b.output("dy", found[1]);
        let feeds = HashMap::from([("x".into(), Tensor::from(x)), ("y".into(), Tensor::from(y))]);
        let mut outputs = evaluate(&b.finish()?, &feeds, &HashMap::new())?.outputs;
        Ok(["dx", "dy"].map(|name| outputs.remove(name).map_or(Vec::new(), |value| value.data)))
    }

    #[test]
    fn kinks_and_ties_follow_tensorflow() -> Result<()> {
        // Every row but the powers of 0 was computed by TensorFlow 2.21: there, x⁰ has the slope NaN at 0.
        let (none, infinite) = ([0.0; 3], f64::INFINITY);
        let ties = at([1.0, 2.0, 3.0], [1.0, 3.0, 2.0], |x, y| x.maximum(y))?;
        assert_eq!(ties, [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
        let ties = at([1.0, 2.0, 3.0], [1.0, 3.0, 2.0], |x, y| x.minimum(y))?;
        assert_eq!(ties, [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        assert_eq!(at([1.0, 3.0, 3.0], none, |x, _| x.max(&[0], false))?[0], [0.0, 0.5, 0.5]);
        assert_eq!(at([1.0, 1.0, 3.0], none, |x, _| x.min(&[0], true))?[0], [0.5, 0.5, 0.0]);
        assert_eq!(at([0.0, 1.0, -1.0], none, |x, _| x.relu())?[0], [0.0, 1.0, 0.0]);
        assert_eq!(at([0.0, 1.0, -1.0], none, |x, _| x.abs())?[0], [0.0, 1.0, -1.0]);
        assert_eq!(at([0.0, 1.0, 4.0], none, |x, _| x.sqrt() * 0.0)?[0], none);
        assert_eq!(at([0.0, 1.0, 4.0], none, |x, _| x.sqrt())?[0], [infinite, 0.5, 0.25]);
        assert_eq!(at([0.5, -0.5, 1.5], none, |x, _| x.round() + x.floor() + x.sign())?[0], none);
        let power = at([0.0, 0.0, -1.0], [0.0, 0.5, 2.0], |x, y| x.pow(y))?;
        assert_eq!(power, [[0.0, infinite, -2.0], [0.0, 0.0, 0.0]]);
        Ok(())
    }

    #[test]
    fn nodes_carry_the_scope_they_are_adjoint_to() -> Result<()> {
        let b = Builder::new();
        let x = b.input("x", [2], DType::F32);
        let loss = b.scoped("dense", || x.tanh()).sum_all();
        let (dx, after) = (gradients(loss, &[x])?[0], x.exp());
        b.output("dx", dx);
        let (dx, after) = (dx.id(), after.id());
        let graph = b.finish()?;
        assert_eq!((graph.scope_of(dx), graph.scope_of(after)), ("dense", ""));
        Ok(())
    }
}
