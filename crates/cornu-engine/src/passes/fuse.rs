//! Fusion: which nodes are computed together, in one sweep or beside the operation they follow.

use std::collections::HashSet;

use crate::DType;
use crate::graph::{Binary, Graph, Node, NodeId, Op};
use crate::kernels::map::Domain;

/// Nodes that one kernel computes.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// What the kernel is built around.
    pub core: Core,
    /// The elementwise nodes, in order; empty around a lone operation.
    pub elementwise: Vec<NodeId>,
}

/// What a cluster is built around.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Core {
    /// Elementwise nodes alone.
    Map,
    /// A matrix product or convolution whose result the elementwise nodes (bias, activation) take over.
    Product(NodeId),
    /// A reduction of what the elementwise nodes compute.
    Reduce(NodeId),
    /// Any other operation, alone.
    Other(NodeId),
}

impl Cluster {
    /// All nodes of the cluster.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        let core = match self.core {
            Core::Map => None,
            Core::Product(id) | Core::Reduce(id) | Core::Other(id) => Some(id),
        };
        self.elementwise.iter().copied().chain(core)
    }
}

/// Elementwise nodes a cluster may have, and operands it may read: what registers and buffers allow.
const MAX_NODES: usize = 44;
const MAX_OPERANDS: usize = 14;

/// Groups every node that needs computing into clusters. The graph is concrete and optimised.
pub fn fuse(graph: &Graph) -> Vec<Cluster> {
    let mut fusion = Fusion::new(graph);
    for id in graph.ids() {
        if fusion.computed[id.index()] && graph.node(id).op.is_elementwise() {
            fusion.join_producers(id);
        }
    }
    fusion.into_clusters()
}

/// What an elementwise node computes in.
pub fn domain(graph: &Graph, id: NodeId) -> Domain {
    let node = graph.node(id);
    let types = || node.inputs.iter().map(|input| graph.node(*input).dtype).chain([node.dtype]);
    // A label is a small index where it is compared with an axis' coordinates: exact in f32.
    let against_iota = matches!(node.op, Op::Binary(Binary::Eq | Binary::Ne))
        && node.inputs.iter().any(|input| {
            matches!(&graph.node(*input).op, Op::Iota { shape, axis } if shape[*axis].is_some_and(|n| n < 1 << 24))
        });
    let any = |wanted: &[DType]| types().any(|dtype| wanted.contains(&dtype));
    if any(&[DType::F32]) || against_iota {
        Domain::F32
    } else if any(&[DType::F64]) {
        Domain::F64
    } else if any(&[DType::I32, DType::I64, DType::U8]) {
        Domain::I64
    } else {
        Domain::F32
    }
}

/// Whether a node is laid out anew inside each sweep that uses it, instead of in memory.
pub fn is_free(node: &Node) -> bool {
    match &node.op {
        Op::Const(value) => value.number().is_some(),
        Op::Iota { .. } | Op::Random { .. } | Op::Broadcast(_) => true,
        _ => false,
    }
}

struct Fusion<'a> {
    graph: &'a Graph,
    users: Vec<Vec<NodeId>>,
    roots: HashSet<NodeId>,
    /// Whether a node has a kernel: it is no leaf, no view, and not laid out by all who use it.
    computed: Vec<bool>,
    /// What each node's kernel reads that has a kernel of its own.
    reads: Vec<Vec<Read>>,
    /// The cluster of each node, as the smallest node id in it.
    leader: Vec<NodeId>,
    members: Vec<Vec<NodeId>>,
}

/// A computed node that another one reads.
#[derive(Debug, Clone, Copy)]
struct Read {
    from: NodeId,
    /// Through a reshape or a repetition, so that its values must be in memory first.
    through_view: bool,
}

impl<'a> Fusion<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut users = vec![Vec::new(); graph.nodes().len()];
        for id in graph.ids() {
            for input in &graph.node(id).inputs {
                users[input.index()].push(id);
            }
        }
        let mut fusion = Fusion {
            graph,
            users,
            roots: graph.roots().collect(),
            computed: Vec::new(),
            reads: Vec::new(),
            leader: graph.ids().collect(),
            members: graph.ids().map(|id| vec![id]).collect(),
        };
        fusion.computed = graph.ids().map(|id| fusion.needs_kernel(id)).collect();
        fusion.reads = graph.ids().map(|id| fusion.reads_of(id)).collect();
        fusion
    }

    fn needs_kernel(&self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        match node.op {
            Op::Input(_) | Op::State(_) | Op::Const(_) => false,
            _ if node.op.is_alias() => false,
            _ if is_free(node) => {
                self.roots.contains(&id)
                    || !self.users[id.index()].iter().all(|user| self.can_lay_out(id, *user))
            }
            _ => true,
        }
    }

    /// Whether `user` can lay out the free node `id` inside its own sweep.
    fn can_lay_out(&self, id: NodeId, user: NodeId) -> bool {
        let (node, user) = (self.graph.node(id), self.graph.node(user));
        match node.op {
            // Random numbers are drawn by their own index: only a sweep of the same shape has it.
            Op::Random { .. } => user.op.is_elementwise() && user.shape == node.shape && !is_free(user),
            Op::Iota { .. } => user.op.is_elementwise() && !is_free(user),
            // Seed and step lie in memory.
            _ if matches!(user.op, Op::Random { .. }) => false,
            _ => user.op.is_elementwise(),
        }
    }

    fn reads_of(&self, id: NodeId) -> Vec<Read> {
        let mut found = Vec::new();
        let mut open: Vec<Read> =
            self.graph.node(id).inputs.iter().map(|&from| Read { from, through_view: false }).collect();
        while let Some(read) = open.pop() {
            let node = self.graph.node(read.from);
            if self.computed[read.from.index()] {
                found.push(read);
            } else if node.op.is_alias() || is_free(node) {
                open.extend(node.inputs.iter().map(|&from| Read { from, through_view: true }));
            }
        }
        found
    }

    /// The computed nodes a cluster reads outside itself, each with the cluster it lies in.
    fn reads(&self, leader: NodeId) -> impl Iterator<Item = (NodeId, Read)> + '_ {
        self.members[leader.index()]
            .iter()
            .flat_map(|id| &self.reads[id.index()])
            .map(|read| (self.leader[read.from.index()], *read))
            .filter(move |(other, _)| *other != leader)
    }

    /// Whether cluster `to` needs cluster `from` in memory, or through a third one, before it can run.
    fn needs_first(&self, to: NodeId, from: NodeId) -> bool {
        let mut open: Vec<NodeId> = Vec::new();
        let mut seen = HashSet::new();
        for (other, read) in self.reads(to) {
            if other != from {
                open.push(other);
            } else if read.through_view {
                return true;
            }
        }
        while let Some(at) = open.pop() {
            // A cluster whose nodes all precede those of `from` (its leader is the first) cannot need it.
            let latest = self.members[at.index()].last().copied().unwrap_or(at);
            if latest < from || !seen.insert(at) {
                continue;
            }
            for (other, _) in self.reads(at) {
                if other == from {
                    return true;
                }
                open.push(other);
            }
        }
        false
    }

    /// Merges a node with the clusters that make its operands, wherever the merged cluster can still run whole.
    fn join_producers(&mut self, id: NodeId) {
        for source in self.graph.node(id).inputs.clone() {
            let (own, other) = (self.leader[id.index()], self.leader[source.index()]);
            if own == other || !self.computed[source.index()] || !self.alike(id, source) {
                continue;
            }
            if self.members[own.index()].len() + self.members[other.index()].len() > MAX_NODES
                || self.operands(own, other) > MAX_OPERANDS
                || self.needs_first(own, other)
                || self.needs_first(other, own)
            {
                continue;
            }
            let (keep, drop) = (own.min(other), own.max(other));
            let moved = std::mem::take(&mut self.members[drop.index()]);
            for member in &moved {
                self.leader[member.index()] = keep;
            }
            self.members[keep.index()].extend(moved);
            self.members[keep.index()].sort_unstable();
        }
    }

    /// Whether two nodes can share a sweep: both elementwise, over one shape, computed in one domain.
    fn alike(&self, a: NodeId, b: NodeId) -> bool {
        let (x, y) = (self.graph.node(a), self.graph.node(b));
        x.op.is_elementwise()
            && y.op.is_elementwise()
            && x.shape == y.shape
            && domain(self.graph, a) == domain(self.graph, b)
    }

    /// Distinct operands the two clusters would read together.
    fn operands(&self, a: NodeId, b: NodeId) -> usize {
        let members = || self.members[a.index()].iter().chain(&self.members[b.index()]);
        let inputs: HashSet<NodeId> = members().flat_map(|id| self.graph.node(*id).inputs.clone()).collect();
        inputs.into_iter().filter(|id| !members().any(|member| member == id)).count()
    }

    /// Whether every use of a node, seen through no view, lies in the cluster of `user`, and no root needs it.
    fn only_used_by(&self, id: NodeId, user: NodeId) -> bool {
        let cluster = self.leader[user.index()];
        !self.roots.contains(&id)
            && self.users[id.index()]
                .iter()
                .all(|other| self.leader[other.index()] == cluster && self.computed[other.index()])
    }

    fn into_clusters(self) -> Vec<Cluster> {
        let graph = self.graph;
        let mut taken = HashSet::new();
        let mut clusters = Vec::new();
        for leader in graph.ids().filter(|id| self.computed[id.index()] && self.leader[id.index()] == *id) {
            let members = &self.members[leader.index()];
            if !graph.node(leader).op.is_elementwise() {
                continue;
            }
            let core = self.core_of(members);
            if let Core::Product(id) | Core::Reduce(id) = core {
                taken.insert(id);
            }
            clusters.push(Cluster { core, elementwise: members.clone() });
        }
        for id in graph.ids().filter(|id| self.computed[id.index()] && !taken.contains(id)) {
            let core = match graph.node(id).op {
                ref op if op.is_elementwise() => continue,
                Op::MatMul { .. } | Op::Conv(_) => Core::Product(id),
                Op::Reduce { .. } => Core::Reduce(id),
                _ => Core::Other(id),
            };
            clusters.push(Cluster { core, elementwise: Vec::new() });
        }
        clusters
    }

    /// The product or reduction that an elementwise cluster joins, if it is the only one that needs it.
    fn core_of(&self, members: &[NodeId]) -> Core {
        let graph = self.graph;
        let shape = &graph.node(members[0]).shape;
        if domain(graph, members[0]) != Domain::F32 {
            return Core::Map;
        }
        // A reduction whose operand is the cluster's only result.
        let escaping: Vec<NodeId> = members
            .iter()
            .copied()
            .filter(|id| {
                self.roots.contains(id)
                    || self.users[id.index()]
                        .iter()
                        .any(|user| self.leader[user.index()] != self.leader[id.index()])
            })
            .collect();
        if let [only] = escaping[..]
            && let [user] = self.users[only.index()][..]
            && !self.roots.contains(&only)
            && matches!(graph.node(user).op, Op::Reduce { .. })
            && graph.node(only).dtype == DType::F32
        {
            return Core::Reduce(user);
        }
        // A product of the cluster's shape that nobody else reads.
        let product = members
            .iter()
            .flat_map(|id| graph.node(*id).inputs.iter().map(move |input| (*id, *input)))
            .find(|(user, input)| {
                let node = graph.node(*input);
                matches!(node.op, Op::MatMul { .. } | Op::Conv(_))
                    && node.shape == *shape
                    && self.only_used_by(*input, *user)
            });
        product.map_or(Core::Map, |(_, id)| Core::Product(id))
    }
}
