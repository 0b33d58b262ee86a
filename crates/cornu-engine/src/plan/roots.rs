//! Memory of their own for what leaves a graph.

use std::collections::HashSet;

use crate::graph::{Graph, Node, NodeId, Op};

/// Gives every variable that is written a leaf, and every result memory of its own: one that is an input, a
/// variable or a variable's new value is copied, as is a new value that is some variable's old one.
pub(super) fn settle(graph: &mut Graph) {
    let mut known: HashSet<String> = graph.nodes().iter().filter_map(variable).collect();
    for at in 0..graph.updates.len() {
        let (name, value) = graph.updates[at].clone();
        if known.insert(name.clone()) {
            let Node { shape, dtype, scope, .. } = graph.node(value).clone();
            graph.push(Node { op: Op::State(name), inputs: Vec::new(), shape, dtype, scope });
        }
        if is_leaf(graph, home(graph, value)) {
            graph.updates[at].1 = copied(graph, value);
        }
    }
    let updated: HashSet<NodeId> = graph.updates.iter().map(|(_, id)| home(graph, *id)).collect();
    for at in 0..graph.outputs.len() {
        let value = graph.outputs[at].1;
        let own = home(graph, value);
        if is_leaf(graph, own) || updated.contains(&own) {
            graph.outputs[at].1 = copied(graph, value);
        }
    }
}

fn variable(node: &Node) -> Option<String> {
    if let Op::State(name) = &node.op { Some(name.clone()) } else { None }
}

fn home(graph: &Graph, mut id: NodeId) -> NodeId {
    while graph.node(id).op.is_alias() {
        id = graph.node(id).inputs[0];
    }
    id
}

fn is_leaf(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Input(_) | Op::State(_) | Op::Const(_))
}

/// A node with the same values in memory of its own: a repetition to its own shape, computed because it is a root.
fn copied(graph: &mut Graph, id: NodeId) -> NodeId {
    let Node { shape, dtype, scope, .. } = graph.node(id).clone();
    graph.push(Node { op: Op::Broadcast(shape.clone()), inputs: vec![id], shape, dtype, scope })
}
