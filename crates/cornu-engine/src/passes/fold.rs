//! Simplification by arithmetic that is exact.
//!
//! Every rule holds for every value in IEEE arithmetic, infinities and NaN included, save one: `x + 0` is
//! taken for `x`, which keeps the sign of a negative zero that the addition would drop. Rules that fail for
//! some value are absent: `x^0.5` is not `sqrt(x)` at `-0` and `-inf`, `x·0` is not 0 at infinity.

use super::rebuild::rebuild;
use crate::error::Result;
use crate::graph::{Binary, Graph, Literal, Node, NodeId, Op, Unary, infer};
use crate::{DType, Shape, reference};

/// The most elements a constant made here may have; larger ones are cheaper computed than kept.
const SMALL: usize = 64;

/// The graph with constant formulas computed (rounded node by node as a run would) and neutral
/// operations left out.
///
/// # Errors
/// If the graph is illegal.
pub fn fold(graph: &Graph) -> Result<Graph> {
    rebuild(graph, |rebuilt, mut node| {
        // One rule may open the way for another; each leaves less to do, so this ends.
        loop {
            match simplify(rebuilt, &node)? {
                Some(Simpler::Existing(id)) => return Ok(id),
                Some(Simpler::New(simpler)) => node = simpler,
                None => return Ok(rebuilt.push(node)),
            }
        }
    })
}

/// What may stand for a node.
enum Simpler {
    Existing(NodeId),
    New(Node),
}

fn simplify(graph: &Graph, node: &Node) -> Result<Option<Simpler>> {
    let folded = match constant(graph, node)? {
        Some(value) => Some(Simpler::New(Node { op: Op::Const(value), inputs: Vec::new(), ..node.clone() })),
        None => neutral(graph, node).or_else(|| through_broadcast(graph, node)),
    };
    Ok(folded)
}

/// The value of a small formula of constants.
fn constant(graph: &Graph, node: &Node) -> Result<Option<Literal>> {
    // Repeated or counted values are cheaper made where they are used; random ones are no formula; a run rounds in
    // each step of a loop.
    let kept =
        matches!(node.op, Op::Broadcast(_) | Op::Random { .. } | Op::Scan { .. }) || node.inputs.is_empty();
    if kept || node.shape.elements().is_none_or(|elements| elements > SMALL) {
        return Ok(None);
    }
    let mut inputs = Vec::new();
    for input in &node.inputs {
        match &graph.node(*input).op {
            Op::Const(value) if value.0.len() <= SMALL => inputs.push(reference::constant(&value.0)),
            _ => return Ok(None),
        }
    }
    let value = reference::apply(&node.op, &inputs.iter().collect::<Vec<_>>())?;
    // Beyond this the reference rounds integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let exact =
        |value: &reference::Value| value.dtype.is_float() || value.data.iter().all(|v| v.abs() < EXACT);
    if !exact(&value) || !inputs.iter().all(exact) {
        return Ok(None);
    }
    Ok(Some(Literal(value.to_tensor()?)))
}

/// Operations that leave their input as it is, or do what a cheaper one does.
fn neutral(graph: &Graph, node: &Node) -> Option<Simpler> {
    let input = |at: usize| node.inputs[at];
    let shape_of = |id: NodeId| &graph.node(id).shape;
    let is = |at: usize, value: f64| splat(graph, input(at)).is_some_and(|v| v.to_bits() == value.to_bits());
    let is_zero = |at: usize| is(at, 0.0) || is(at, -0.0);
    // `x` itself, if it has the node's shape: the other side may have repeated it.
    let keep = |at: usize| (*shape_of(input(at)) == node.shape).then(|| Simpler::Existing(input(at)));
    let instead = |op: Op, x: NodeId| Some(Simpler::New(Node { op, inputs: vec![x], ..node.clone() }));
    let source = |at: usize| graph.node(input(at));

    match &node.op {
        Op::StopGradient => keep(0),
        Op::Unary(Unary::Neg) if source(0).op == Op::Unary(Unary::Neg) => {
            Some(Simpler::Existing(source(0).inputs[0]))
        }
        Op::Cast(dtype) if source(0).dtype == *dtype => keep(0),
        Op::Binary(Binary::Add) if is_zero(1) => keep(0),
        Op::Binary(Binary::Add) if is_zero(0) => keep(1),
        Op::Binary(Binary::Sub) if is(1, 0.0) => keep(0),
        Op::Binary(Binary::Mul | Binary::Div | Binary::Pow) if is(1, 1.0) => keep(0),
        Op::Binary(Binary::Mul) if is(0, 1.0) => keep(1),
        Op::Binary(Binary::Pow)
            if is(1, 2.0) && node.dtype != DType::Bool && *shape_of(input(0)) == node.shape =>
        {
            instead(Op::Unary(Unary::Square), input(0))
        }
        Op::Select => {
            let branch = match splat(graph, input(0)) {
                Some(condition) => {
                    if condition != 0.0 {
                        1
                    } else {
                        2
                    }
                }
                None if input(1) == input(2) => 1,
                None => return None,
            };
            keep(branch).or_else(|| instead(Op::Broadcast(node.shape.clone()), input(branch)))
        }
        // With two unknown dimensions equal shapes may still mean another order of elements.
        Op::Reshape(_) if *shape_of(input(0)) == node.shape && unknowns(&node.shape) < 2 => keep(0),
        Op::Reshape(_) if matches!(source(0).op, Op::Reshape(_)) => {
            instead(Op::Reshape(node.shape.clone()), source(0).inputs[0])
        }
        // One number repeated has no order.
        Op::Reshape(_) | Op::Transpose(_) if repeats_one(graph, input(0), &node.shape) => {
            instead(Op::Broadcast(node.shape.clone()), source(0).inputs[0])
        }
        Op::Transpose(permutation) if permutation.is_sorted() => keep(0),
        Op::Transpose(outer) => match &source(0).op {
            Op::Transpose(inner) => {
                let both = outer.iter().map(|axis| inner[*axis]).collect();
                instead(Op::Transpose(both), source(0).inputs[0])
            }
            _ => None,
        },
        Op::Reverse(axis) if node.shape[*axis] == Some(1) => keep(0),
        Op::Reverse(axis) if source(0).op == Op::Reverse(*axis) => {
            Some(Simpler::Existing(source(0).inputs[0]))
        }
        Op::Broadcast(_) if *shape_of(input(0)) == node.shape => keep(0),
        Op::Broadcast(target) if matches!(source(0).op, Op::Broadcast(_)) => {
            instead(Op::Broadcast(target.clone()), source(0).inputs[0])
        }
        Op::Reduce { axes, .. } if axes.iter().all(|axis| shape_of(input(0))[*axis] == Some(1)) => {
            instead(Op::Reshape(node.shape.clone()), input(0))
        }
        _ => None,
    }
}

/// A repeated operand gives way to what is repeated where the other operands repeat it anyway.
fn through_broadcast(graph: &Graph, node: &Node) -> Option<Simpler> {
    if !matches!(node.op, Op::Binary(_) | Op::Select) {
        return None;
    }
    (0..node.inputs.len()).find_map(|at| {
        let repeated = graph.node(node.inputs[at]);
        if !matches!(repeated.op, Op::Broadcast(_)) || unknowns(&repeated.shape) > 0 {
            return None;
        }
        let mut simpler = node.clone();
        simpler.inputs[at] = repeated.inputs[0];
        let inputs: Vec<&Node> = simpler.inputs.iter().map(|id| graph.node(*id)).collect();
        let same = infer(&node.op, &inputs).ok().flatten()? == (node.shape.clone(), node.dtype);
        same.then_some(Simpler::New(simpler))
    })
}

/// The number every element of a constant, perhaps a repeated one, is equal to.
fn splat(graph: &Graph, id: NodeId) -> Option<f64> {
    let node = graph.node(id);
    match &node.op {
        Op::Const(value) if value.0.len() <= SMALL => {
            let values = value.0.to_vec::<f64>();
            let first = *values.first()?;
            values.iter().all(|value| value.to_bits() == first.to_bits()).then_some(first)
        }
        Op::Broadcast(_) => splat(graph, node.inputs[0]),
        _ => None,
    }
}

/// Whether a node is a single number repeated, which could as well be repeated to `shape`.
fn repeats_one(graph: &Graph, id: NodeId, shape: &Shape) -> bool {
    let node = graph.node(id);
    matches!(node.op, Op::Broadcast(_)) && {
        let source = &graph.node(node.inputs[0]).shape;
        source.elements() == Some(1) && source.rank() <= shape.rank()
    }
}

fn unknowns(shape: &Shape) -> usize {
    shape.dims().iter().filter(|dim| dim.is_none()).count()
}
