//! Compilation: optimise, fuse, schedule, place, and write down the steps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use super::lower::{self, Lowered, lower};
use super::memory::{self, Lifetime};
use super::schedule::{self, order};
use super::{Chunk, Copy, Kernel, Place, Plan, Product, RowFunction, Segment, Slot, Step};
use crate::error::{Error, Kind, Result};
use crate::graph::{Graph, Node, NodeId, Op};
use crate::kernels::map::{Access, Program, Source};
use crate::kernels::matmul;
use crate::kernels::reduce::{Cut, Layout};
use crate::passes::fuse::{Cluster, Core, fuse};
use crate::passes::{layout, optimise};
use crate::{DType, Tensor};

impl Plan {
    /// Compiles a graph whose dimensions are all known.
    ///
    /// # Errors
    /// If a dimension is unknown, or an operation other than elementwise ones works on another float type
    /// than `float32`.
    pub fn new(graph: &Graph) -> Result<Plan> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut graph = layout(&optimise(graph)?)?;
        settle_roots(&mut graph);
        let compiler = Compiler::new(&graph)?;
        let mut plan = compiler.compile()?;
        plan.graph = graph;
        plan.identity = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(plan)
    }
}

/// Gives every variable that is written a leaf, and every result memory of its own: one that is an input, a
/// variable or a variable's new value is copied, as is a new value that is some variable's old one.
fn settle_roots(graph: &mut Graph) {
    let home = |graph: &Graph, mut id: NodeId| {
        while graph.node(id).op.is_alias() {
            id = graph.node(id).inputs[0];
        }
        id
    };
    let is_leaf = |graph: &Graph, id| matches!(graph.node(id).op, Op::Input(_) | Op::State(_) | Op::Const(_));
    for at in 0..graph.updates.len() {
        let (name, value) = graph.updates[at].clone();
        let has_leaf = graph.nodes.iter().any(|node| matches!(&node.op, Op::State(known) if *known == name));
        if !has_leaf {
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

/// A node with the same values in memory of its own: a repetition to its own shape, computed because it is a root.
fn copied(graph: &mut Graph, id: NodeId) -> NodeId {
    let Node { shape, dtype, scope, .. } = graph.node(id).clone();
    graph.push(Node { op: Op::Broadcast(shape.clone()), inputs: vec![id], shape, dtype, scope })
}

/// A kernel before places are known: what it computes from and into which nodes.
#[derive(Debug, Clone)]
struct Draft {
    work: Work,
    reads: Vec<NodeId>,
    writes: Vec<NodeId>,
    scope: String,
}

#[derive(Debug, Clone)]
enum Work {
    /// One program over segments: each reads and writes as many nodes as the program says.
    Map {
        program: Program,
        lengths: Vec<usize>,
    },
    MatMul {
        id: NodeId,
        epilogue: Option<Program>,
    },
    Reduce {
        id: NodeId,
        program: Program,
    },
    Other {
        id: NodeId,
    },
    /// A new value is copied into its variable.
    Store {
        variable: NodeId,
    },
}

struct Compiler<'a> {
    graph: &'a Graph,
    dims: Vec<Vec<usize>>,
    /// The leaf of each variable, by name.
    variables: BTreeMap<&'a str, NodeId>,
    drafts: Vec<Draft>,
    /// Variables overwritten by the kernel that computes their new value: (leaf, value).
    in_place: Vec<(NodeId, NodeId)>,
}

impl<'a> Compiler<'a> {
    fn new(graph: &'a Graph) -> Result<Self> {
        let dims = graph
            .ids()
            .map(|id| {
                let node = graph.node(id);
                node.shape.to_known().ok_or_else(|| {
                    Error::shape(&node.op, format!("a plan needs all dimensions, got {}", node.shape))
                        .in_scope(graph.scope_of(id))
                })
            })
            .collect::<Result<_>>()?;
        let mut variables = BTreeMap::new();
        for id in graph.ids() {
            if let Op::State(name) = &graph.node(id).op {
                variables.insert(name.as_str(), id);
            }
        }
        Ok(Compiler { graph, dims, variables, drafts: Vec::new(), in_place: Vec::new() })
    }

    fn elements(&self, id: NodeId) -> usize {
        self.dims[id.index()].iter().product()
    }

    fn bytes(&self, id: NodeId) -> usize {
        self.elements(id) * self.graph.node(id).dtype.size()
    }

    /// The node whose memory holds a node's values: views looked through.
    fn home(&self, mut id: NodeId) -> NodeId {
        while self.graph.node(id).op.is_alias() {
            id = self.graph.node(id).inputs[0];
        }
        id
    }

    fn compile(mut self) -> Result<Plan> {
        self.draft()?;
        self.choose_in_place();
        let order = self.schedule()?;
        let drafts =
            merge_alike(order.into_iter().map(|at| self.drafts[at].clone()).collect(), &self.in_place);
        let storage = Storage::plan(&self, &drafts)?;
        self.finish(&drafts, storage)
    }

    /// One draft a cluster, in any order.
    fn draft(&mut self) -> Result<()> {
        let clusters = fuse(self.graph);
        let computed: HashSet<NodeId> = clusters.iter().flat_map(Cluster::nodes).collect();
        let mut owner = HashMap::new();
        for (at, cluster) in clusters.iter().enumerate() {
            owner.extend(cluster.nodes().map(|id| (id, at)));
        }
        // Nodes that somebody outside their own cluster needs, or that leave the graph.
        let mut needed: HashSet<NodeId> = self.graph.roots().map(|id| self.home(id)).collect();
        for id in self.graph.ids() {
            for input in &self.graph.node(id).inputs {
                if owner.get(input).is_some_and(|at| owner.get(&id) != Some(at)) {
                    needed.insert(*input);
                }
            }
        }
        for cluster in &clusters {
            for draft in self.draft_cluster(cluster, &needed, &computed)? {
                self.drafts.push(draft);
            }
        }
        Ok(())
    }

    fn draft_cluster(
        &self,
        cluster: &Cluster,
        needed: &HashSet<NodeId>,
        computed: &HashSet<NodeId>,
    ) -> Result<Vec<Draft>> {
        let in_memory = |id: NodeId| computed.contains(&id);
        let elementwise = &cluster.elementwise;
        let wanted: Vec<NodeId> = elementwise.iter().copied().filter(|id| needed.contains(id)).collect();
        let scope = |id: NodeId| self.graph.scope_of(id).to_owned();
        let whole = |lowered: &Lowered| lowered.reads.iter().map(|id| self.home(*id)).collect::<Vec<_>>();
        if let Core::Other(id) | Core::MatMul(id) | Core::Reduce(id) = cluster.core {
            self.check_type(id)?;
        }
        match cluster.core {
            Core::Other(id) => {
                let reads = self.graph.node(id).inputs.iter().map(|input| self.home(*input)).collect();
                Ok(vec![Draft { work: Work::Other { id }, reads, writes: vec![id], scope: scope(id) }])
            }
            Core::MatMul(id) => {
                let mut reads: Vec<NodeId> =
                    self.graph.node(id).inputs.iter().map(|input| self.home(*input)).collect();
                let mut writes = vec![id];
                let mut epilogue = None;
                if !elementwise.is_empty() {
                    let Some(lowered) = lower(self.graph, elementwise, &wanted, &in_memory) else {
                        return self.draft_singly(cluster, &in_memory);
                    };
                    reads.extend(whole(&lowered));
                    writes.extend(&lowered.writes);
                    epilogue = Some(lowered.program);
                }
                Ok(vec![Draft { work: Work::MatMul { id, epilogue }, reads, writes, scope: scope(id) }])
            }
            Core::Reduce(id) => {
                let input = self.graph.node(id).inputs[0];
                let (program, reads) = if elementwise.is_empty() {
                    (lower::identity(), vec![self.home(input)])
                } else {
                    let Some(lowered) = lower(self.graph, elementwise, &[input], &in_memory) else {
                        return self.draft_singly(cluster, &in_memory);
                    };
                    let reads = whole(&lowered);
                    (Some(lowered.program), reads)
                };
                let program =
                    program.ok_or_else(|| Error::from(Kind::Spec("a program over its limits".into())))?;
                Ok(vec![Draft {
                    work: Work::Reduce { id, program },
                    reads,
                    writes: vec![id],
                    scope: scope(id),
                }])
            }
            Core::Map => match lower(self.graph, elementwise, &wanted, &in_memory) {
                Some(lowered) => Ok(vec![self.map_draft(&lowered, scope(elementwise[0]))]),
                None => self.draft_singly(cluster, &in_memory),
            },
        }
    }

    fn map_draft(&self, lowered: &Lowered, scope: String) -> Draft {
        Draft {
            work: Work::Map {
                program: lowered.program.clone(),
                lengths: vec![self.elements(lowered.writes[0])],
            },
            reads: lowered.reads.iter().map(|id| self.home(*id)).collect(),
            writes: lowered.writes.clone(),
            scope,
        }
    }

    /// A cluster too large for one program, node by node.
    fn draft_singly(&self, cluster: &Cluster, in_memory: &dyn Fn(NodeId) -> bool) -> Result<Vec<Draft>> {
        let mut drafts = Vec::new();
        for id in cluster.nodes() {
            let node = self.graph.node(id);
            if node.op.is_elementwise() {
                let lowered = lower(self.graph, &[id], &[id], in_memory).ok_or_else(|| {
                    Error::from(Kind::Spec(format!("%{} = {} has no program", id.index(), node.op)))
                })?;
                drafts.push(self.map_draft(&lowered, self.graph.scope_of(id).to_owned()));
            } else {
                let core = if let Op::MatMul { .. } = node.op { Core::MatMul(id) } else { Core::Reduce(id) };
                let alone = Cluster { core, elementwise: Vec::new() };
                drafts.extend(self.draft_cluster(&alone, &HashSet::new(), &HashSet::new())?);
            }
        }
        Ok(drafts)
    }

    /// Kernels other than elementwise programs and copies compute in `f32`.
    fn check_type(&self, id: NodeId) -> Result<()> {
        let node = self.graph.node(id);
        if matches!(node.op, Op::Transpose(_) | Op::Slice { .. } | Op::Pad { .. }) {
            return Ok(());
        }
        match self.graph.node(node.inputs[0]).dtype {
            DType::F32 => Ok(()),
            other => {
                Err(Error::dtype(&node.op, format!("plans compute float32, got {other}; cast it first"))
                    .in_scope(self.graph.scope_of(id)))
            }
        }
    }

    /// Variables whose new value an elementwise kernel can write over the old one; the others get a copy.
    fn choose_in_place(&mut self) {
        let updates: Vec<(NodeId, NodeId)> = self.updates().collect();
        let mut taken = HashSet::new();
        for (variable, value) in updates {
            let writer = self.drafts.iter().find(|draft| draft.writes.contains(&value));
            let straight = |program: &Program, reads: &[NodeId]| {
                program.inputs().zip(reads).all(|(source, read)| *read != variable || is_straight(source))
            };
            let reads_straight = |draft: &Draft| match &draft.work {
                Work::Map { program, .. } => straight(program, &draft.reads),
                Work::MatMul { epilogue: Some(program), .. } => {
                    let (factors, operands) = draft.reads.split_at(2);
                    !factors.contains(&variable) && straight(program, operands)
                }
                _ => false,
            };
            let fits = writer.is_some_and(reads_straight)
                && self.graph.node(value).dtype == self.graph.node(variable).dtype
                && self.elements(value) == self.elements(variable)
                && taken.insert(value);
            if fits {
                self.in_place.push((variable, value));
            }
        }
    }

    /// The variables' leaves with their new values. A variable that is only written has a leaf too.
    fn updates(&self) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        self.graph.updates().iter().filter_map(|(name, id)| {
            let leaf = self.variables.get(name.as_str())?;
            Some((*leaf, self.home(*id)))
        })
    }

    /// The order of the drafts, with copies for the variables that cannot be overwritten in place.
    fn schedule(&mut self) -> Result<Vec<usize>> {
        loop {
            let mut drafts = self.drafts.clone();
            for (variable, value) in self.updates() {
                if value != variable && !self.in_place.contains(&(variable, value)) {
                    drafts.push(Draft {
                        work: Work::Store { variable },
                        reads: vec![value],
                        writes: Vec::new(),
                        scope: self.graph.scope_of(value).to_owned(),
                    });
                }
            }
            let stores = drafts.len() - self.drafts.len();
            let accesses: Vec<schedule::Access> = drafts
                .iter()
                .map(|draft| schedule::Access { reads: draft.reads.clone(), writes: draft.writes.clone() })
                .collect();
            if let Some(order) = order(&accesses, &self.in_place) {
                // Copies read nothing that another copy writes but variables; they come after everything else.
                let body = order.iter().copied().filter(|at| *at < self.drafts.len());
                let tail = self.drafts.len()..self.drafts.len() + stores;
                let order = body.chain(tail).collect();
                self.drafts = drafts;
                return Ok(order);
            }
            if self.in_place.pop().is_none() {
                return Err(Kind::Spec("the kernels have no order".into()).into());
            }
        }
    }

    fn finish(self, drafts: &[Draft], storage: Storage) -> Result<Plan> {
        let mut steps = Vec::new();
        let mut scratch_floats = 0;
        for draft in drafts {
            let kernel = self.kernel(draft, &storage);
            scratch_floats = scratch_floats.max(match &kernel {
                Kernel::MatMul { product, .. } => matmul::scratch_len(
                    product.m,
                    product.k,
                    product.n,
                    product.transpose_a,
                    product.transpose_b,
                ),
                Kernel::Reduce { layout, cut, .. } => cut.scratch_len(*layout),
                _ => 0,
            });
            steps.push(Step { kernel, scope: draft.scope.clone() });
        }
        let outputs = self
            .graph
            .outputs()
            .iter()
            .map(|(name, id)| (self.slot(name, *id), storage.place(self.home(*id))))
            .collect();
        let written = storage.states.iter().map(|id| self.updates().any(|(leaf, _)| leaf == *id)).collect();
        let named = |ids: &[NodeId]| ids.iter().map(|id| self.slot(self.name(*id), *id)).collect::<Vec<_>>();
        Ok(Plan {
            graph: Graph::default(),
            steps,
            states: named(&storage.states),
            written,
            feeds: named(&storage.feeds),
            consts: storage.consts,
            outputs,
            arena_bytes: storage.arena_bytes,
            scratch_floats,
            identity: 0,
        })
    }

    fn name(&self, id: NodeId) -> &str {
        match &self.graph.node(id).op {
            Op::Input(name) | Op::State(name) => name,
            _ => "",
        }
    }

    fn slot(&self, name: &str, id: NodeId) -> Slot {
        Slot { name: name.into(), shape: self.dims[id.index()].clone(), dtype: self.graph.node(id).dtype }
    }

    fn kernel(&self, draft: &Draft, storage: &Storage) -> Kernel {
        let places = |ids: &[NodeId]| ids.iter().map(|id| storage.place(*id)).collect::<Vec<_>>();
        match &draft.work {
            Work::Map { program, lengths } => {
                let (reads, writes) = (program.inputs().count(), program.outputs().len());
                let segments: Vec<Segment> = lengths
                    .iter()
                    .enumerate()
                    .map(|(at, length)| Segment {
                        inputs: places(&draft.reads[at * reads..(at + 1) * reads]),
                        outputs: places(&draft.writes[at * writes..(at + 1) * writes]),
                        length: *length,
                    })
                    .collect();
                let tasks = cut_into_tasks(program, &segments);
                Kernel::Map { program: program.clone(), segments, tasks }
            }
            Work::MatMul { id, epilogue } => {
                let product = self.product(*id, storage);
                let epilogue = epilogue.clone().map(|program| {
                    let segment = Segment {
                        inputs: places(&draft.reads[2..]),
                        outputs: places(&draft.writes[1..]),
                        length: self.elements(*id),
                    };
                    (program, segment)
                });
                Kernel::MatMul { product, epilogue }
            }
            Work::Reduce { id, program } => {
                let layout = self.layout(*id);
                Kernel::Reduce {
                    kind: match self.graph.node(*id).op {
                        Op::Reduce { kind, .. } => kind,
                        _ => crate::scalar::Reduction::Sum,
                    },
                    cut: Cut::new(layout, program.cost()),
                    program: program.clone(),
                    inputs: places(&draft.reads),
                    layout,
                    to: storage.place(*id),
                }
            }
            Work::Other { id } => self.other(*id, places(&draft.reads), storage.place(*id)),
            Work::Store { variable } => {
                let length = self.elements(*variable);
                let copy = Copy {
                    element: self.graph.node(*variable).dtype.size(),
                    lengths: vec![length],
                    from_start: 0,
                    from_strides: vec![1],
                    from_elements: length,
                    to_start: 0,
                    to_strides: vec![1],
                    to_elements: length,
                    clear: false,
                };
                Kernel::Copy { copy, from: storage.place(draft.reads[0]), to: storage.place(*variable) }
            }
        }
    }

    fn product(&self, id: NodeId, storage: &Storage) -> Product {
        let node = self.graph.node(id);
        let (a, b) = (node.inputs[0], node.inputs[1]);
        let (transpose_a, transpose_b) = match node.op {
            Op::MatMul { transpose_a, transpose_b } => (transpose_a, transpose_b),
            _ => (false, false),
        };
        let dims = |id: NodeId| self.dims[id.index()].as_slice();
        let matrix = |dims: &[usize]| (dims[dims.len() - 2], dims[dims.len() - 1]);
        let (rows, columns) = matrix(dims(a));
        let (m, k) = if transpose_a { (columns, rows) } else { (rows, columns) };
        let n = dims(id)[dims(id).len() - 1];
        let outer: usize = dims(id)[..dims(id).len() - 2].iter().product();
        // One right matrix for all: the left side's rows are simply more rows.
        let (batch, m) = if dims(b).len() == 2 { (1, outer * m) } else { (outer, m) };
        Product {
            batch,
            m,
            k,
            n,
            transpose_a,
            transpose_b,
            a: storage.place(self.home(a)),
            b: storage.place(self.home(b)),
            c: storage.place(id),
        }
    }

    fn layout(&self, id: NodeId) -> Layout {
        let node = self.graph.node(id);
        let dims = &self.dims[node.inputs[0].index()];
        let Op::Reduce { axes, .. } = &node.op else { return Layout { outer: 1, reduced: 1, inner: 1 } };
        // The layout pass left only reductions whose axes, those of length 1 aside, lie side by side.
        let long = || axes.iter().copied().filter(|axis| dims[*axis] != 1);
        let (first, last) = (long().min().unwrap_or(0), long().max().map_or(0, |axis| axis + 1));
        Layout {
            outer: dims[..first].iter().product(),
            reduced: dims[first..last].iter().product(),
            inner: dims[last..].iter().product(),
        }
    }

    fn other(&self, id: NodeId, inputs: Vec<Place>, to: Place) -> Kernel {
        let node = self.graph.node(id);
        let from_dims = &self.dims[node.inputs[0].index()];
        let rows = |function| {
            let width = from_dims.last().copied().unwrap_or(1);
            let rows = from_dims.iter().rev().skip(1).product();
            Kernel::Rows { function, inputs: inputs.clone(), to, rows, width }
        };
        let copy = |lengths: &[usize], from_start, from_strides, to_start, to_strides| Kernel::Copy {
            copy: Copy {
                element: node.dtype.size(),
                lengths: lengths.to_vec(),
                from_start,
                from_strides,
                from_elements: from_dims.iter().product(),
                to_start,
                to_strides,
                to_elements: self.elements(id),
                clear: lengths.iter().product::<usize>() != self.elements(id),
            },
            from: inputs[0],
            to,
        };
        let (own_dims, from_strides, own_strides) =
            (&self.dims[id.index()], strides(from_dims), strides(&self.dims[id.index()]));
        match &node.op {
            Op::Softmax => rows(RowFunction::Softmax),
            Op::LogSoftmax => rows(RowFunction::LogSoftmax),
            Op::Sparsemax => rows(RowFunction::Sparsemax),
            Op::SparseCrossEntropy => rows(RowFunction::SparseCrossEntropy),
            Op::ArgMax => rows(RowFunction::ArgMax),
            Op::InTopK(k) => rows(RowFunction::InTopK(*k)),
            Op::Transpose(permutation) => {
                let from = permutation.iter().map(|axis| from_strides[*axis]).collect();
                copy(own_dims, 0, from, 0, own_strides)
            }
            Op::Slice { axis, start, .. } => {
                copy(own_dims, start * from_strides[*axis], from_strides, 0, own_strides)
            }
            Op::Pad { axis, before, .. } => {
                let start = before * own_strides[*axis];
                copy(from_dims, 0, from_strides, start, own_strides)
            }
            // Every other operation is elementwise, a product, a reduction, a view or a leaf.
            _ => copy(own_dims, 0, own_strides.clone(), 0, own_strides),
        }
    }
}

/// Row-major strides.
fn strides(dims: &[usize]) -> Vec<usize> {
    let mut stride = 1;
    let mut strides: Vec<usize> = dims
        .iter()
        .rev()
        .map(|dim| {
            let own = stride;
            stride *= dim;
            own
        })
        .collect();
    strides.reverse();
    strides
}

/// Work of one task, in instructions: about 30 µs.
const TASK_COST: usize = 1 << 19;

/// Chunks of whole tiles, short segments sharing a task. A matter of program and lengths alone.
fn cut_into_tasks(program: &Program, segments: &[Segment]) -> Vec<Vec<Chunk>> {
    let cost = program.cost().max(1);
    // A multiple of any tile length would do; long chunks keep the per-chunk set-up small.
    let longest = (TASK_COST / cost).max(4096);
    let mut tasks: Vec<Vec<Chunk>> = vec![Vec::new()];
    let mut room = longest;
    for (segment, Segment { length, .. }) in segments.iter().enumerate() {
        let mut start = 0;
        while start < *length {
            if room == 0 {
                tasks.push(Vec::new());
                room = longest;
            }
            // A piece that is not much longer than the room is not cut for the rest's sake.
            let take = if length - start <= room + room / 4 { length - start } else { room };
            tasks
                .last_mut()
                .into_iter()
                .for_each(|task| task.push(Chunk { segment, start, end: start + take }));
            start += take;
            room = room.saturating_sub(take);
        }
    }
    tasks
}

/// Sweeps with one and the same program become segments of one, at the place of the last of them, where
/// nothing in between minds.
fn merge_alike(mut drafts: Vec<Draft>, in_place: &[(NodeId, NodeId)]) -> Vec<Draft> {
    let mut at = 0;
    while at < drafts.len() {
        let later = (at + 1..drafts.len()).find(|other| same_program(&drafts[at], &drafts[*other]));
        let Some(later) = later.filter(|later| can_wait(&drafts, at, *later, in_place)) else {
            at += 1;
            continue;
        };
        let earlier = drafts.remove(at);
        let target = &mut drafts[later - 1];
        if let (Work::Map { lengths, .. }, Work::Map { lengths: first, .. }) =
            (&mut target.work, earlier.work)
        {
            *lengths = first.into_iter().chain(std::mem::take(lengths)).collect();
        }
        target.reads = earlier.reads.into_iter().chain(std::mem::take(&mut target.reads)).collect();
        target.writes = earlier.writes.into_iter().chain(std::mem::take(&mut target.writes)).collect();
        if target.scope != earlier.scope {
            target.scope = String::new();
        }
    }
    drafts
}

fn same_program(a: &Draft, b: &Draft) -> bool {
    let (Work::Map { program: x, .. }, Work::Map { program: y, .. }) = (&a.work, &b.work) else {
        return false;
    };
    // Accesses that hold lengths belong to one shape; segments have shapes of their own.
    let any_length = |program: &Program| {
        program
            .inputs()
            .all(|source| matches!(source, Source::Buffer { access: Access::Full | Access::Scalar, .. }))
    };
    x == y && any_length(x)
}

/// Whether nothing between two drafts, the later one included, needs what the earlier one writes or overwrites a
/// variable that it reads.
fn can_wait(drafts: &[Draft], at: usize, later: usize, in_place: &[(NodeId, NodeId)]) -> bool {
    let Draft { reads, writes, .. } = &drafts[at];
    drafts[at + 1..=later].iter().all(|draft| {
        let overwritten =
            in_place.iter().filter(|(_, value)| draft.writes.contains(value)).map(|(leaf, _)| leaf);
        !draft.reads.iter().any(|read| writes.contains(read))
            && !overwritten.into_iter().any(|leaf| reads.contains(leaf))
    })
}

/// Where every node in memory lies.
struct Storage {
    places: HashMap<NodeId, Place>,
    states: Vec<NodeId>,
    feeds: Vec<NodeId>,
    consts: Vec<Tensor>,
    arena_bytes: usize,
}

impl Storage {
    fn place(&self, id: NodeId) -> Place {
        self.places.get(&id).copied().unwrap_or(Place { base: 0, offset: 0 })
    }

    fn plan(compiler: &Compiler<'_>, drafts: &[Draft]) -> Result<Storage> {
        let graph = compiler.graph;
        let mut storage = Storage {
            places: HashMap::new(),
            states: compiler.variables.values().copied().collect(),
            feeds: graph.ids().filter(|id| matches!(graph.node(*id).op, Op::Input(_))).collect(),
            consts: Vec::new(),
            arena_bytes: 0,
        };
        let mut base = 0;
        let mut leaf = |storage: &mut Storage, id: NodeId| {
            base += 1;
            storage.places.insert(id, Place { base, offset: 0 });
        };
        for id in storage.states.clone().into_iter().chain(storage.feeds.clone()) {
            leaf(&mut storage, id);
        }
        for id in graph.ids() {
            if let Op::Const(value) = &graph.node(id).op {
                storage.consts.push(value.0.clone());
                leaf(&mut storage, id);
            }
            // One variable may have several leaves until equal nodes are merged; all are the same memory.
            if let Op::State(name) = &graph.node(id).op {
                let place = compiler.variables.get(name.as_str()).map(|first| storage.place(*first));
                storage.places.extend(place.map(|place| (id, place)));
            }
        }
        for (variable, value) in &compiler.in_place {
            let place = storage.place(*variable);
            storage.places.insert(*value, place);
        }
        storage.place_arena(compiler, drafts);
        Ok(storage)
    }

    fn place_arena(&mut self, compiler: &Compiler<'_>, drafts: &[Draft]) {
        // Buffers in the order they are written; nodes that share one are mapped to the same index.
        let mut buffers: Vec<Lifetime> = Vec::new();
        let mut buffer_of: HashMap<NodeId, usize> = HashMap::new();
        let mut last_read: HashMap<NodeId, usize> = HashMap::new();
        for (at, draft) in drafts.iter().enumerate() {
            for read in &draft.reads {
                last_read.insert(*read, at);
            }
        }
        for (_, id) in compiler.graph.outputs() {
            last_read.insert(compiler.home(*id), drafts.len());
        }
        for (at, draft) in drafts.iter().enumerate() {
            let mut reused: HashSet<usize> = HashSet::new();
            for write in &draft.writes {
                if self.places.contains_key(write) {
                    continue;
                }
                let bytes = compiler.bytes(*write).max(1);
                let last = last_read.get(write).copied().unwrap_or(at).max(at);
                let dying = overwritable(draft, *write).into_iter().find_map(|read| {
                    let buffer = *buffer_of.get(&read)?;
                    let fits = compiler.bytes(read) == bytes
                        && compiler.graph.node(read).dtype.size() == compiler.graph.node(*write).dtype.size()
                        && buffers[buffer].last <= at
                        && !reused.contains(&buffer);
                    fits.then_some(buffer)
                });
                let buffer = match dying {
                    Some(buffer) => {
                        reused.insert(buffer);
                        buffers[buffer].last = last;
                        buffer
                    }
                    None => {
                        buffers.push(Lifetime { bytes, first: at, last });
                        buffers.len() - 1
                    }
                };
                buffer_of.insert(*write, buffer);
            }
        }
        let (offsets, end) = memory::place(&buffers);
        self.arena_bytes = end;
        self.places
            .extend(buffer_of.into_iter().map(|(id, at)| (id, Place { base: 0, offset: offsets[at] })));
    }
}

/// The operands of a sweep whose memory its result may take: those read element for element, and no other way.
fn overwritable(draft: &Draft, write: NodeId) -> Vec<NodeId> {
    let (program, reads) = match &draft.work {
        // Several segments run at once: only a lone one may reuse what it reads.
        Work::Map { program, lengths } if lengths.len() == 1 => (program, &draft.reads[..]),
        // The product itself is written first, so the sweep after it may take its place but no operand's.
        Work::MatMul { id, epilogue: Some(program) } if write != *id => {
            let straight = program
                .inputs()
                .zip(&draft.reads[2..])
                .any(|(source, read)| read == id && is_straight(source));
            return if straight { vec![*id] } else { Vec::new() };
        }
        _ => return Vec::new(),
    };
    let straight = |read: NodeId| {
        program
            .inputs()
            .zip(reads)
            .filter(|(_, other)| **other == read)
            .all(|(source, _)| is_straight(source))
    };
    let mut found: Vec<NodeId> = reads.iter().copied().filter(|read| straight(*read)).collect();
    found.dedup();
    found
}

fn is_straight(source: &Source) -> bool {
    matches!(source, Source::Buffer { access: Access::Full, .. })
}
