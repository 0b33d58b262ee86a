//! Dead code elimination: nodes that neither a result nor a variable's new value depends on.

use super::rebuild::rebuild;
use crate::error::Result;
use crate::graph::Graph;

/// The graph without its dead nodes, unused inputs among them.
///
/// # Errors
/// If the graph is illegal.
pub fn dce(graph: &Graph) -> Result<Graph> {
    rebuild(graph, |rebuilt, node| Ok(rebuilt.push(node)))
}
