//! Graphs of operations, each node with its shape, element type and origin.

mod build;
mod hoist;
mod infer;
mod op;
mod print;
mod scan;
mod spec;
mod windows;

pub use crate::scalar::{Binary, Reduction, Unary};
pub use crate::window::{Conv, Padding, Pool, PoolAxis, PoolKind, Slide};
pub use build::{Builder, Var};
pub use op::{Literal, Op};
pub(crate) use scan::Role;
pub use scan::{Scan, ScanInputs, ScanResult, ScanStep, Scanned};

use crate::{DType, Shape};
pub(crate) use infer::infer;

/// A node's place in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The node's index among the graph's nodes.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation applied to earlier nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Node {
    /// What is done.
    pub op: Op,
    /// To which nodes; all stand earlier in the graph.
    pub inputs: Vec<NodeId>,
    /// The result's shape.
    pub shape: Shape,
    /// The result's element type.
    pub dtype: DType,
    /// Which of the graph's scopes the node was made in.
    pub scope: u32,
}

/// A computation: nodes in an order in which they can be computed, named results, and the variables'
/// new values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) scopes: Vec<String>,
    pub(crate) outputs: Vec<(String, NodeId)>,
    pub(crate) updates: Vec<(String, NodeId)>,
}

impl Default for Graph {
    fn default() -> Self {
        Graph { nodes: Vec::new(), scopes: vec![String::new()], outputs: Vec::new(), updates: Vec::new() }
    }
}

impl Graph {
    /// The nodes, inputs before users.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The part of the model a node belongs to, such as a layer's name; empty when none was set.
    pub fn scope_of(&self, id: NodeId) -> &str {
        &self.scopes[self.node(id).scope as usize]
    }

    /// The results by name.
    pub fn outputs(&self) -> &[(String, NodeId)] {
        &self.outputs
    }

    /// The variables' values after the run, by the variable's name.
    pub fn updates(&self) -> &[(String, NodeId)] {
        &self.updates
    }

    /// Appends a node that is already known to be legal.
    pub(crate) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// Ids of all nodes in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The nodes whose values leave the graph, as results or new values of variables.
    pub fn roots(&self) -> impl Iterator<Item = NodeId> {
        self.outputs.iter().chain(&self.updates).map(|(_, id)| *id)
    }
}
