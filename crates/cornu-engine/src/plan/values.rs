//! What a plan knows of each value: its size, and which node's memory holds it.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Op};

/// A concrete graph with the sizes of its values, its variables and their new values looked up.
pub(super) struct Values<'a> {
    pub(super) graph: &'a Graph,
    dims: Vec<Vec<usize>>,
    homes: Vec<NodeId>,
    /// The first leaf of each variable, in the graph's order.
    variables: Vec<NodeId>,
    leaf_of: HashMap<&'a str, NodeId>,
}

impl<'a> Values<'a> {
    /// # Errors
    /// If a dimension is unknown, or a value larger than memory can be.
    pub(super) fn new(graph: &'a Graph) -> Result<Self> {
        let mut dims = Vec::with_capacity(graph.nodes().len());
        let mut homes: Vec<NodeId> = Vec::with_capacity(graph.nodes().len());
        let mut variables = Vec::new();
        let mut leaf_of = HashMap::new();
        for id in graph.ids() {
            let node = graph.node(id);
            let refuse = |message: String| Error::shape(&node.op, message).in_scope(graph.scope_of(id));
            let known = node
                .shape
                .to_known()
                .ok_or_else(|| refuse(format!("a plan needs all dimensions, got {}", node.shape)))?;
            // A dimension of 0 hides no other: products of some of the dimensions are computed as well.
            let bytes =
                known.iter().try_fold(node.dtype.size(), |bytes, dim| bytes.checked_mul((*dim).max(1)));
            if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
                return Err(refuse(format!("{} is larger than memory can be", node.shape)));
            }
            dims.push(known);
            homes.push(if node.op.is_alias() { homes[node.inputs[0].index()] } else { id });
            if let Op::State(name) = &node.op {
                leaf_of.entry(name.as_str()).or_insert_with(|| {
                    variables.push(id);
                    id
                });
            }
        }
        Ok(Values { graph, dims, homes, variables, leaf_of })
    }

    pub(super) fn dims(&self, id: NodeId) -> &[usize] {
        &self.dims[id.index()]
    }

    pub(super) fn elements(&self, id: NodeId) -> usize {
        self.dims(id).iter().product()
    }

    pub(super) fn bytes(&self, id: NodeId) -> usize {
        self.elements(id) * self.graph.node(id).dtype.size()
    }

    /// The node whose memory holds a node's values: views looked through, all leaves of a variable one.
    pub(super) fn home(&self, id: NodeId) -> NodeId {
        let home = self.homes[id.index()];
        match &self.graph.node(home).op {
            Op::State(name) => self.leaf_of.get(name.as_str()).copied().unwrap_or(home),
            _ => home,
        }
    }

    /// The homes of a node's inputs.
    pub(super) fn operands(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.graph.node(id).inputs.iter().map(|input| self.home(*input))
    }

    /// The leaf of each variable.
    pub(super) fn variables(&self) -> &[NodeId] {
        &self.variables
    }

    /// The leaf of each variable that is written, with the home of its new value.
    pub(super) fn updates(&self) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let pair = |(name, id): &(String, NodeId)| Some((*self.leaf_of.get(name.as_str())?, self.home(*id)));
        self.graph.updates().iter().filter_map(pair)
    }
}
