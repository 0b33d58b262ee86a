//! Loops over time: one step becomes a plan of its own, run over parts of the whole plan's memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::draft::{Draft, Work};
use super::memory::ALIGNMENT;
use super::storage::Storage;
use super::values::Values;
use super::{Loop, Place, Plan, Repeated};
use crate::error::{Kind, Result};
use crate::graph::{Graph, Node, NodeId, Op, Role, Scan, ScanResult};

/// A loop before places are known.
#[derive(Debug, Clone)]
pub(super) struct LoopDraft {
    scan: Arc<Scan>,
    inputs: Vec<NodeId>,
    /// The wanted results, with their nodes.
    results: Vec<(ScanResult, NodeId)>,
    /// The plan of one step. States are its variables, and so is what it gathers; slices and constants are its feeds.
    step: Plan,
}

/// The kernel that computes all results of a loop that are needed, if `id` is the first of them.
///
/// # Errors
/// If the step cannot be planned.
pub(super) fn draft(values: &Values<'_>, id: NodeId, scan: &Arc<Scan>) -> Result<Option<Draft>> {
    let graph = values.graph;
    let inputs = &graph.node(id).inputs;
    let result = |other: NodeId| match graph.node(other) {
        Node { op: Op::Scan { scan: of, result }, inputs: its, .. } if its == inputs && of == scan => {
            Some((*result, other))
        }
        _ => None,
    };
    let results: Vec<(ScanResult, NodeId)> = graph.ids().filter_map(result).collect();
    if results.iter().any(|(_, other)| *other < id) {
        return Ok(None);
    }
    let scope = graph.scope_of(id);
    let step = Plan::new(&step_graph(scan, &results)).map_err(|error| error.in_scope(scope))?;
    let writes = results.iter().map(|(_, id)| *id).collect();
    let looped = LoopDraft { scan: scan.clone(), inputs: inputs.clone(), results, step };
    Ok(Some(Draft {
        work: Work::Scan(Box::new(looped)),
        reads: values.operands(id).collect(),
        writes,
        scope: scope.to_owned(),
    }))
}

/// What the plan of one step computes.
fn step_graph(scan: &Scan, results: &[(ScanResult, NodeId)]) -> Graph {
    let mut graph = scan.body.clone();
    for node in &mut graph.nodes {
        if let Some(role @ Role::State(_)) = Role::of(node) {
            node.op = Op::State(role.name());
        }
    }
    graph.updates = std::mem::take(&mut graph.outputs);
    let gathered = |(result, _): &(ScanResult, NodeId)| match result {
        ScanResult::Each(id) => Some((gathered_name(*id), *id)),
        ScanResult::Last(_) | ScanResult::Before(_) => None,
    };
    graph.updates.extend(results.iter().filter_map(gathered));
    graph
}

/// The variable of a step's plan that takes a value to be gathered.
fn gathered_name(id: NodeId) -> String {
    format!("each {}", id.index())
}

fn aligned(bytes: usize) -> usize {
    bytes.next_multiple_of(ALIGNMENT)
}

impl LoopDraft {
    /// The memory the loop needs for itself: the addresses of the step's operands, its arena, and the states that
    /// are no results.
    pub(super) fn room(&self, values: &Values<'_>) -> usize {
        let homeless = (0..self.scan.states).filter(|state| self.result(ScanResult::Last(*state)).is_none());
        self.homeless_states() + homeless.map(|state| aligned(self.state_bytes(values, state))).sum::<usize>()
    }

    /// Where in that memory the step's arena begins.
    fn arena(&self) -> usize {
        aligned(self.step.bases() * size_of::<usize>())
    }

    /// Where in that memory the states begin that are no results.
    fn homeless_states(&self) -> usize {
        self.arena() + aligned(self.step.arena_bytes)
    }

    fn state_bytes(&self, values: &Values<'_>, state: usize) -> usize {
        values.bytes(self.input(Role::State(state)))
    }

    fn input(&self, role: Role) -> NodeId {
        self.inputs[self.scan.position(role)]
    }

    fn result(&self, wanted: ScanResult) -> Option<NodeId> {
        self.results.iter().find(|(result, _)| *result == wanted).map(|(_, id)| *id)
    }

    /// The loop with the places of its operands; `room` is the memory for itself.
    ///
    /// # Errors
    /// If a value has no place, which is a fault of the planner.
    pub(super) fn place(&self, values: &Values<'_>, storage: &Storage, room: Place) -> Result<Loop> {
        let scan = &self.scan;
        let place = |role| storage.place(values.home(self.input(role)));
        let fixed = |place: Place| Repeated { place, stride: 0 };
        let over_time = |id: NodeId, place: Place| {
            let slice: usize = values.dims(id).iter().skip(1).product();
            Repeated { place, stride: slice * values.graph.node(id).dtype.size() }
        };
        let mut operands: HashMap<String, Repeated> = HashMap::new();
        for role in (0..scan.sequences).map(Role::Sequence) {
            operands.insert(role.name(), over_time(self.input(role), place(role)?));
        }
        for role in (0..scan.constants).map(Role::Constant) {
            operands.insert(role.name(), fixed(place(role)?));
        }
        let (mut first, mut before) = (Vec::new(), Vec::new());
        let mut free = self.homeless_states();
        for state in 0..scan.states {
            let bytes = self.state_bytes(values, state);
            let own = match self.result(ScanResult::Last(state)) {
                Some(id) => storage.place(id)?,
                None => {
                    let own = Place { offset: room.offset + free, ..room };
                    free += aligned(bytes);
                    own
                }
            };
            operands.insert(Role::State(state).name(), fixed(own));
            first.push((place(Role::State(state))?, own, bytes));
            if let Some(id) = self.result(ScanResult::Before(state)) {
                before.push((own, over_time(id, storage.place(id)?)));
            }
        }
        for (result, id) in &self.results {
            if let ScanResult::Each(gathered) = result {
                operands.insert(gathered_name(*gathered), over_time(*id, storage.place(*id)?));
            }
        }
        let operand = |name: &str| {
            let missing = || Kind::Spec(format!("a step of a loop needs the unknown `{name}`"));
            operands.get(name).copied().ok_or_else(missing)
        };
        let slots = self.step.states.iter().chain(&self.step.feeds);
        Ok(Loop {
            operands: slots.map(|slot| operand(&slot.name)).collect::<Result<_, _>>()?,
            steps: values.dims(self.input(Role::Sequence(0))).first().copied().unwrap_or(0),
            reverse: scan.reverse,
            addresses: room,
            arena: Place { offset: room.offset + self.arena(), ..room },
            first,
            before,
            step: self.step.clone(),
        })
    }
}
