//! What a loop's body computes that need not be computed step by step.

use super::scan::{Role, ScanInputs};
use super::{Builder, Graph, Node, NodeId, Op, Var};
use crate::error::{Error, Result};

/// A loop with a smaller body.
pub(super) struct Hoisted<'g> {
    pub(super) body: Graph,
    pub(super) sequences: Vec<Var<'g>>,
    pub(super) constants: Vec<Var<'g>>,
    /// The nodes of the new body that stand for the outputs.
    pub(super) outputs: Vec<NodeId>,
}

/// How often a value of the body has to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// It is the same at each step, be it a formula of the loop's constants or of none.
    Once { of_constants: bool },
    /// From the slices alone: in one go for all steps, which a product on the way makes worth it.
    AllAtOnce { product: bool },
    /// Step by step.
    Stepwise,
}

/// Takes out of the body what is the same at every step, and products of slices with what is: one large product
/// over all steps is much faster than a small one at each.
pub(super) fn hoist<'g>(
    outer: &'g Builder,
    inputs: ScanInputs<'_, 'g>,
    body: &Graph,
    outputs: &[NodeId],
) -> Result<Hoisted<'g>> {
    let mut paces: Vec<Pace> = Vec::with_capacity(body.nodes.len());
    for node in &body.nodes {
        let pace = pace(body, node, &paces);
        paces.push(pace);
    }
    let wanted: Vec<NodeId> = body.outputs.iter().map(|(_, id)| *id).chain(outputs.iter().copied()).collect();
    let entering = entering(body, &paces, &wanted);
    let given = |_: NodeId, node: &Node| match Role::of(node)? {
        Role::Sequence(at) => inputs.sequences.get(at).copied(),
        Role::Constant(at) => inputs.constants.get(at).copied(),
        Role::State(_) => None,
    };
    let outside = outer.inline(body, &entering, &given);

    let inner = Builder::new();
    let (mut sequences, mut constants) = (Vec::new(), Vec::new());
    let mut inside: Vec<Option<Var<'_>>> = vec![None; body.nodes.len()];
    for id in body.ids() {
        let node = body.node(id);
        let role = match (Role::of(node), outside[id.index()]) {
            (Some(role @ Role::State(_)), _) => role,
            (_, Some(value)) if entering.contains(&id) => {
                let once = matches!(paces[id.index()], Pace::Once { .. });
                let list = if once { &mut constants } else { &mut sequences };
                list.push(value);
                if once { Role::Constant(list.len() - 1) } else { Role::Sequence(list.len() - 1) }
            }
            _ => continue,
        };
        inside[id.index()] = Some(inner.input(role.name(), node.shape.clone(), node.dtype));
    }
    // The number of steps is that of a sequence, even if no step looks at it.
    if sequences.is_empty() {
        sequences.extend(inputs.sequences.first());
    }
    let values = inner.inline(body, &wanted, &|id, _| inside[id.index()]);
    let value = |id: &NodeId| {
        values[id.index()].ok_or_else(|| Error::shape("scan", "reads a value that is not one of its inputs"))
    };
    for (name, id) in &body.outputs {
        inner.output(name.clone(), value(id)?);
    }
    let outputs = outputs.iter().map(|id| Ok(value(id)?.id())).collect::<Result<_>>()?;
    Ok(Hoisted { body: inner.finish()?, sequences, constants, outputs })
}

/// The nodes whose values come into the loop from outside: slices, constants, and formulas of them.
fn entering(body: &Graph, paces: &[Pace], wanted: &[NodeId]) -> Vec<NodeId> {
    let comes_in = |id: NodeId| {
        let node = body.node(id);
        match (Role::of(node), paces[id.index()]) {
            (Some(role), _) => !matches!(role, Role::State(_)),
            // Repeated or seen under another shape, a value is better read where it is.
            (None, Pace::Once { of_constants }) => {
                of_constants && !node.op.is_alias() && !matches!(node.op, Op::Broadcast(_))
            }
            (None, Pace::AllAtOnce { product }) => product,
            (None, Pace::Stepwise) => false,
        }
    };
    let mut seen = vec![false; body.nodes.len()];
    wanted.iter().for_each(|id| seen[id.index()] = true);
    for id in body.ids().rev() {
        if seen[id.index()] && !comes_in(id) {
            body.node(id).inputs.iter().for_each(|input| seen[input.index()] = true);
        }
    }
    body.ids().filter(|id| seen[id.index()] && comes_in(*id)).collect()
}

fn pace(body: &Graph, node: &Node, paces: &[Pace]) -> Pace {
    match Role::of(node) {
        Some(Role::Sequence(_)) => return Pace::AllAtOnce { product: false },
        Some(Role::Constant(_)) => return Pace::Once { of_constants: true },
        Some(Role::State(_)) => return Pace::Stepwise,
        None => {}
    }
    let of_input = |input: &NodeId| paces[input.index()];
    let mut of_inputs = node.inputs.iter().map(of_input);
    if of_inputs.clone().any(|pace| pace == Pace::Stepwise) {
        return Pace::Stepwise;
    }
    if of_inputs.clone().all(|pace| matches!(pace, Pace::Once { .. })) {
        return Pace::Once { of_constants: of_inputs.any(|pace| pace == Pace::Once { of_constants: true }) };
    }
    if !works_over_time(body, node, paces) {
        return Pace::Stepwise;
    }
    let product = matches!(node.op, Op::MatMul { .. });
    Pace::AllAtOnce { product: product || of_inputs.any(|pace| pace == Pace::AllAtOnce { product: true }) }
}

/// Whether an operation on slices does the same to whole sequences, which have one more axis in front.
fn works_over_time(body: &Graph, node: &Node, paces: &[Pace]) -> bool {
    let rank = |id: NodeId| body.node(id).shape.rank();
    let is_once = |id: NodeId| matches!(paces[id.index()], Pace::Once { .. });
    match node.op {
        Op::Unary(_) | Op::Cast(_) => true,
        // Repetition counts axes from the back.
        Op::Binary(_) | Op::Select => {
            node.inputs.iter().all(|input| is_once(*input) || rank(*input) == node.shape.rank())
        }
        Op::MatMul { transpose_a: false, .. } => {
            !is_once(node.inputs[0]) && is_once(node.inputs[1]) && rank(node.inputs[1]) == 2
        }
        _ => false,
    }
}
