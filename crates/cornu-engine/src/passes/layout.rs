//! Layout: reductions over scattered axes become one reduction for each run of neighbouring axes.

use super::rebuild::rebuild;
use crate::error::Result;
use crate::graph::{Graph, Node, NodeId, Op};
use crate::{Dim, Shape};

/// The graph in which every reduction's axes, those of length 1 aside, lie side by side: what the kernels see as
/// `outer x reduced x inner`. Runs are reduced from the last to the first; the mean of means over runs of
/// one length is the mean.
///
/// # Errors
/// If the graph is illegal.
pub fn layout(graph: &Graph) -> Result<Graph> {
    rebuild(graph, |rebuilt, node| Ok(split(rebuilt, node)))
}

fn split(graph: &mut Graph, node: Node) -> NodeId {
    let Op::Reduce { kind, axes, keepdims } = &node.op else { return graph.push(node) };
    let runs = runs(axes, graph.node(node.inputs[0]).shape.dims());
    if runs.len() < 2 {
        return graph.push(node);
    }
    let mut last = node.inputs[0];
    for run in runs.iter().rev() {
        let shape: Shape = graph
            .node(last)
            .shape
            .dims()
            .iter()
            .enumerate()
            .map(|(axis, dim)| if run.contains(&axis) { Some(1) } else { *dim })
            .collect();
        let op = Op::Reduce { kind: *kind, axes: run.clone(), keepdims: true };
        last = graph.push(Node { op, inputs: vec![last], shape, ..node.clone() });
    }
    if *keepdims {
        return last;
    }
    graph.push(Node { op: Op::Reshape(node.shape.clone()), inputs: vec![last], ..node })
}

/// The axes in runs that only axes of length 1 interrupt.
fn runs(axes: &[usize], dims: &[Dim]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for &axis in axes {
        let neighbour = runs
            .last()
            .and_then(|run| run.last())
            .is_some_and(|before| (before + 1..axis).all(|between| dims[between] == Some(1)));
        match runs.last_mut() {
            Some(run) if neighbour => run.push(axis),
            _ => runs.push(vec![axis]),
        }
    }
    runs
}
