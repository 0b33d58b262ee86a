//! Common subexpression elimination: of equal nodes one is kept, the first.

use std::collections::HashMap;

use super::rebuild::rebuild;
use crate::error::Result;
use crate::graph::{Binary, Graph, Node, NodeId, Op};
use crate::{DType, Shape};

/// The graph with equal nodes merged.
///
/// Two nodes are equal when operation, inputs, shape and type are; sums and products also with their sides
/// swapped, for IEEE addition and multiplication commute. Random numbers are a function of stream and seed,
/// so equal ones merge like any others.
///
/// # Errors
/// If the graph is illegal.
pub fn cse(graph: &Graph) -> Result<Graph> {
    let mut known: HashMap<(Op, Vec<NodeId>, Shape, DType), NodeId> = HashMap::new();
    rebuild(graph, |rebuilt, node| {
        let Node { op, mut inputs, shape, dtype, .. } = node.clone();
        if commutes(&op) {
            inputs.sort_unstable();
        }
        Ok(*known.entry((op, inputs, shape, dtype)).or_insert_with(|| rebuilt.push(node)))
    })
}

fn commutes(op: &Op) -> bool {
    use Binary::*;
    matches!(op, Op::Binary(Add | Mul | Eq | Ne | And | Or))
}
