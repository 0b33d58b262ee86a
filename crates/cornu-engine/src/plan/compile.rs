//! Compilation: optimise, fuse, schedule, place, and write down the steps.

use std::sync::atomic::{AtomicU64, Ordering};

use super::merge::merge_alike;
use super::storage::Storage;
use super::values::Values;
use super::{Kernel, Plan, Slot, Step, draft, in_place, roots, steps};
use crate::error::Result;
use crate::graph::{Graph, NodeId, Op};
use crate::kernels::matmul;
use crate::passes::{layout, optimise};

impl Plan {
    /// Compiles a graph whose dimensions are all known.
    ///
    /// # Errors
    /// If the graph is illegal, a dimension is unknown or too large, or an operation other than elementwise ones
    /// and copies works on another type than `float32`.
    pub fn new(graph: &Graph) -> Result<Plan> {
        graph.check()?;
        let mut graph = layout(&optimise(graph)?)?;
        roots::settle(&mut graph);
        let values = Values::new(&graph)?;
        let (drafts, in_place) = in_place::settle(&values, draft::drafts(&values)?)?;
        let drafts = merge_alike(drafts, &in_place);
        let storage = Storage::new(&values, &drafts, &in_place);
        let mut steps = Vec::with_capacity(drafts.len());
        for draft in drafts {
            steps.push(Step { kernel: steps::kernel(&values, &storage, &draft)?, scope: draft.scope });
        }
        finish(&values, storage, steps)
    }
}

fn finish(values: &Values<'_>, storage: Storage, steps: Vec<Step>) -> Result<Plan> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let graph = values.graph;
    let slot = |name: &str, id: NodeId| Slot {
        name: name.into(),
        shape: values.dims(id).to_vec(),
        dtype: graph.node(id).dtype,
    };
    let leaf = |id: &NodeId| match &graph.node(*id).op {
        Op::Input(name) | Op::State(name) => slot(name, *id),
        _ => slot("", *id),
    };
    let outputs = graph.outputs().iter().map(|(name, id)| {
        let place = storage.place(values.home(*id))?;
        Ok((slot(name, *id), place))
    });
    let updated: std::collections::HashSet<NodeId> = values.updates().map(|(leaf, _)| leaf).collect();
    Ok(Plan {
        states: values.variables().iter().map(leaf).collect(),
        written: values.variables().iter().map(|id| updated.contains(id)).collect(),
        feeds: storage.feeds.iter().map(leaf).collect(),
        outputs: outputs.collect::<Result<_>>()?,
        scratch_floats: steps.iter().map(|step| scratch_floats(&step.kernel)).max().unwrap_or(0),
        arena_bytes: storage.arena_bytes,
        consts: storage.consts,
        steps,
        identity: NEXT.fetch_add(1, Ordering::Relaxed),
        graph: graph.clone(),
    })
}

fn scratch_floats(kernel: &Kernel) -> usize {
    match kernel {
        Kernel::MatMul { product, .. } => {
            matmul::scratch_len(product.m, product.k, product.n, product.transpose_a, product.transpose_b)
        }
        Kernel::Reduce { layout, cut, .. } => cut.scratch_len(*layout),
        Kernel::Conv { part, geometry, .. } => geometry.scratch_len(*part),
        Kernel::Loop(looped) => looped.step.scratch_floats,
        Kernel::Map { .. } | Kernel::Pool { .. } | Kernel::Rows { .. } | Kernel::Copy { .. } => 0,
        Kernel::Concat { .. } | Kernel::Gather { .. } | Kernel::ScatterAdd { .. } => 0,
    }
}
