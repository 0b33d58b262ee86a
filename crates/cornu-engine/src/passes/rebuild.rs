//! The one way passes make a new graph from an old one.

use crate::error::{Kind, Result};
use crate::graph::{Graph, Node, NodeId};

/// Which nodes the results and the variables' new values depend on.
fn live(graph: &Graph) -> Vec<bool> {
    live_from(graph, &graph.roots().collect::<Vec<_>>())
}

/// Which nodes some roots depend on.
pub(crate) fn live_from(graph: &Graph, roots: &[NodeId]) -> Vec<bool> {
    let mut live = vec![false; graph.nodes().len()];
    for root in roots {
        live[root.index()] = true;
    }
    for id in graph.ids().rev() {
        if live[id.index()] {
            graph.node(id).inputs.iter().for_each(|input| live[input.index()] = true);
        }
    }
    live
}

/// Hands the live nodes in order, their inputs already renamed, to `place`, which answers with the node of
/// the new graph that stands for them; dead ones stay behind. Names and scopes are kept.
pub(super) fn rebuild(
    graph: &Graph,
    mut place: impl FnMut(&mut Graph, Node) -> Result<NodeId>,
) -> Result<Graph> {
    let live = live(graph);
    let mut rebuilt = Graph { scopes: graph.scopes.clone(), ..Graph::default() };
    let mut renamed: Vec<Option<NodeId>> = vec![None; live.len()];
    let new_id = |renamed: &[Option<NodeId>], old: NodeId| {
        let id = renamed.get(old.index()).copied().flatten();
        id.ok_or_else(|| crate::Error::from(Kind::Spec(format!("%{} is used before it is made", old.0))))
    };
    for id in graph.ids().filter(|id| live[id.index()]) {
        let mut node = graph.node(id).clone();
        for input in &mut node.inputs {
            *input = new_id(&renamed, *input)?;
        }
        renamed[id.index()] = Some(place(&mut rebuilt, node)?);
    }
    let rename = |named: &[(String, NodeId)]| {
        named.iter().map(|(name, id)| Ok((name.clone(), new_id(&renamed, *id)?))).collect::<Result<Vec<_>>>()
    };
    rebuilt.outputs = rename(&graph.outputs)?;
    rebuilt.updates = rename(&graph.updates)?;
    Ok(rebuilt)
}
