//! Drafts: what each kernel computes, from and into which values, before these have places.

use std::collections::{HashMap, HashSet};

use super::lower::{Lowered, lower};
use super::scan::{self, LoopDraft};
use super::values::Values;
use crate::DType;
use crate::error::{Error, Kind, Result};
use crate::graph::{NodeId, Op};
use crate::kernels::map::{Access, Program, Source};
use crate::passes::fuse::{Cluster, Core, fuse};

/// A kernel before places are known: what it computes from and into which nodes.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) work: Work,
    /// Homes of the operands, in the kernel's order.
    pub(super) reads: Vec<NodeId>,
    pub(super) writes: Vec<NodeId>,
    pub(super) scope: String,
}

#[derive(Debug, Clone)]
pub(super) enum Work {
    /// One program over segments: each reads and writes as many nodes as the program says.
    Map { program: Program, lengths: Vec<usize> },
    /// A matrix product or convolution, whose operands come first, then those of the program that follows it.
    Product { id: NodeId, epilogue: Option<Program> },
    /// A reduction of what a program computes.
    Reduce { id: NodeId, program: Program },
    /// A loop over time.
    Scan(Box<LoopDraft>),
    /// Any other operation.
    Other { id: NodeId },
    /// A new value is copied into its variable.
    Store { variable: NodeId },
}

impl Draft {
    /// The copy of a new value into its variable.
    pub(super) fn store(values: &Values<'_>, variable: NodeId, value: NodeId) -> Draft {
        let scope = values.graph.scope_of(value).to_owned();
        Draft { work: Work::Store { variable }, reads: vec![value], writes: Vec::new(), scope }
    }

    /// The operands of the elementwise program, each with the way it is read.
    pub(super) fn swept(&self) -> impl Iterator<Item = (&Source, NodeId)> {
        let (program, operands) = match &self.work {
            Work::Map { program, .. } | Work::Reduce { program, .. } => (Some(program), &self.reads[..]),
            Work::Product { epilogue, .. } => (epilogue.as_ref(), &self.reads[2..]),
            Work::Scan(_) | Work::Other { .. } | Work::Store { .. } => (None, &[][..]),
        };
        program.into_iter().flat_map(move |program| {
            // The segments of a sweep read alike, one after another.
            let segments = operands.chunks(program.inputs().count().max(1));
            segments.flat_map(|reads| program.inputs().zip(reads.iter().copied()))
        })
    }

    /// Whether every element of `node` is read by the task that computes the same element of the result, and
    /// before it is stored: then the result may take its place.
    pub(super) fn reads_straight(&self, node: NodeId) -> bool {
        let elsewhere = match &self.work {
            Work::Map { .. } => false,
            Work::Product { epilogue, .. } => epilogue.is_none() || self.reads[..2].contains(&node),
            Work::Reduce { .. } | Work::Scan(_) | Work::Other { .. } | Work::Store { .. } => true,
        };
        !elsewhere && self.swept().all(|(source, read)| read != node || is_straight(source))
    }
}

fn is_straight(source: &Source) -> bool {
    matches!(source, Source::Buffer { access: Access::Full, .. })
}

/// One draft a cluster, in any order.
///
/// # Errors
/// If a kernel does not take the element type, or has no rows to look at.
pub(super) fn drafts(values: &Values<'_>) -> Result<Vec<Draft>> {
    let graph = values.graph;
    let clusters = fuse(graph);
    let mut owner = HashMap::new();
    for (at, cluster) in clusters.iter().enumerate() {
        owner.extend(cluster.nodes().map(|id| (id, at)));
    }
    // Nodes that somebody outside their own cluster needs, or that leave the graph.
    let mut needed: HashSet<NodeId> = graph.roots().map(|id| values.home(id)).collect();
    for id in graph.ids() {
        let own = owner.get(&id);
        needed.extend(graph.node(id).inputs.iter().filter(|input| own.is_none() || owner.get(input) != own));
    }
    let drafting = Drafting { values, owner: &owner, needed: &needed };
    let mut drafts = Vec::with_capacity(clusters.len());
    for cluster in &clusters {
        drafting.add(cluster, &mut drafts)?;
    }
    Ok(drafts)
}

struct Drafting<'a> {
    values: &'a Values<'a>,
    /// The cluster that computes each node which is computed into memory or a register.
    owner: &'a HashMap<NodeId, usize>,
    needed: &'a HashSet<NodeId>,
}

impl Drafting<'_> {
    fn add(&self, cluster: &Cluster, drafts: &mut Vec<Draft>) -> Result<()> {
        if let Core::Other(id) = cluster.core
            && let Op::Scan { scan, .. } = &self.values.graph.node(id).op
        {
            drafts.extend(scan::draft(self.values, id, scan)?);
            return Ok(());
        }
        match self.whole(cluster)? {
            Some(draft) => drafts.push(draft),
            None => {
                for id in cluster.nodes() {
                    drafts.push(self.single(id)?);
                }
            }
        }
        Ok(())
    }

    /// The cluster as one kernel, unless it is too large for a program.
    fn whole(&self, cluster: &Cluster) -> Result<Option<Draft>> {
        let elementwise = &cluster.elementwise;
        let needed = || elementwise.iter().copied().filter(|id| self.needed.contains(id)).collect::<Vec<_>>();
        Ok(match cluster.core {
            Core::Map => self.lower(elementwise, &needed()).map(|lowered| self.map(elementwise[0], lowered)),
            Core::Product(id) if !elementwise.is_empty() => {
                let draft = self.single(id)?;
                self.lower(elementwise, &needed()).map(|lowered| self.with_epilogue(draft, id, lowered))
            }
            Core::Reduce(id) if !elementwise.is_empty() => {
                let draft = self.single(id)?;
                let input = self.values.graph.node(id).inputs[0];
                self.lower(elementwise, &[input]).map(|Lowered { program, reads, .. }| Draft {
                    work: Work::Reduce { id, program },
                    reads: self.homes(&reads),
                    ..draft
                })
            }
            Core::Product(id) | Core::Reduce(id) | Core::Other(id) => Some(self.single(id)?),
        })
    }

    /// One node alone.
    fn single(&self, id: NodeId) -> Result<Draft> {
        let op = &self.values.graph.node(id).op;
        if op.is_elementwise() {
            let limits = || Kind::Spec(format!("%{} = {op} is over a program's limits", id.index()));
            return Ok(self.map(id, self.lower(&[id], &[id]).ok_or_else(limits)?));
        }
        self.check(id)?;
        let work = match op {
            Op::MatMul { .. } | Op::Conv(_) => Work::Product { id, epilogue: None },
            Op::Reduce { .. } => Work::Reduce { id, program: Program::identity() },
            _ => Work::Other { id },
        };
        let reads = self.values.operands(id).collect();
        Ok(Draft { work, reads, writes: vec![id], scope: self.scope(id) })
    }

    fn map(&self, first: NodeId, lowered: Lowered) -> Draft {
        let Lowered { program, reads, writes } = lowered;
        let lengths = vec![self.values.elements(first)];
        let scope = self.scope(first);
        Draft { work: Work::Map { program, lengths }, reads: self.homes(&reads), writes, scope }
    }

    fn with_epilogue(&self, mut product: Draft, id: NodeId, lowered: Lowered) -> Draft {
        product.work = Work::Product { id, epilogue: Some(lowered.program) };
        product.reads.extend(self.homes(&lowered.reads));
        product.writes.extend(lowered.writes);
        product
    }

    fn lower(&self, nodes: &[NodeId], stored: &[NodeId]) -> Option<Lowered> {
        lower(self.values.graph, nodes, stored, &|id| self.owner.contains_key(&id))
    }

    fn homes(&self, ids: &[NodeId]) -> Vec<NodeId> {
        ids.iter().map(|id| self.values.home(*id)).collect()
    }

    fn scope(&self, id: NodeId) -> String {
        self.values.graph.scope_of(id).to_owned()
    }

    /// What kernels other than elementwise programs and copies ask of their operand: `float32`, and where they look
    /// for one element in each row, that there is one.
    fn check(&self, id: NodeId) -> Result<()> {
        let graph = self.values.graph;
        let op = &graph.node(id).op;
        let operand = graph.node(id).inputs[0];
        let refuse = |error: Error| Err(error.in_scope(graph.scope_of(id)));
        let dtype = graph.node(operand).dtype;
        let copies = matches!(
            op,
            Op::Transpose(_) | Op::Slice { .. } | Op::Pad { .. } | Op::Reverse(_) | Op::Concat { .. }
        );
        if dtype != DType::F32 && !copies {
            return refuse(Error::dtype(op, format!("plans compute float32, got {dtype}; cast it first")));
        }
        let chooses = matches!(op, Op::ArgMax | Op::SparseCrossEntropy | Op::InTopK(_));
        if chooses && self.values.dims(operand).last() == Some(&0) {
            let shape = &graph.node(operand).shape;
            return refuse(Error::shape(op, format!("needs at least one element in a row, got {shape}")));
        }
        Ok(())
    }
}
