//! Where every value lies: in a variable, a feed, a constant, or at an offset of the arena.

use std::collections::{HashMap, HashSet};

use super::Place;
use super::draft::{Draft, Work};
use super::memory::{self, Lifetime};
use super::values::Values;
use crate::Tensor;
use crate::error::{Kind, Result};
use crate::graph::{NodeId, Op};

/// Where every node in memory lies.
pub(super) struct Storage {
    places: HashMap<NodeId, Place>,
    /// Memory that loops need for themselves, by the first of their results.
    rooms: HashMap<NodeId, Place>,
    /// The feeds' nodes, in the order of their bases.
    pub(super) feeds: Vec<NodeId>,
    /// The constants, in the order of their bases.
    pub(super) consts: Vec<Tensor>,
    pub(super) arena_bytes: usize,
}

impl Storage {
    pub(super) fn new(values: &Values<'_>, drafts: &[Draft], in_place: &[(NodeId, NodeId)]) -> Storage {
        let graph = values.graph;
        let is_feed = |id: &NodeId| matches!(graph.node(*id).op, Op::Input(_));
        let feeds: Vec<NodeId> = graph.ids().filter(is_feed).collect();
        let constant =
            |id| if let Op::Const(value) = &graph.node(id).op { Some((id, value.0.clone())) } else { None };
        let (const_ids, consts): (Vec<NodeId>, Vec<Tensor>) = graph.ids().filter_map(constant).unzip();
        // The arena is base 0.
        let leaves = values.variables().iter().chain(&feeds).chain(&const_ids);
        let mut places: HashMap<NodeId, Place> =
            leaves.zip(1..).map(|(id, base)| (*id, Place { base, offset: 0 })).collect();
        for (variable, value) in in_place {
            places.extend(places.get(variable).copied().map(|place| (*value, place)));
        }
        let mut storage = Storage { places, rooms: HashMap::new(), feeds, consts, arena_bytes: 0 };
        storage.place_arena(values, drafts);
        storage
    }

    /// # Errors
    /// If nothing computes the node into memory, which is a fault of the planner.
    pub(super) fn place(&self, id: NodeId) -> Result<Place> {
        let place = self.places.get(&id).copied();
        place.ok_or_else(|| Kind::Spec(format!("%{} is not in memory", id.index())).into())
    }

    /// The memory of its own of the loop that computes a node first.
    ///
    /// # Errors
    /// As for [`Storage::place`].
    pub(super) fn room(&self, id: NodeId) -> Result<Place> {
        let room = self.rooms.get(&id).copied();
        room.ok_or_else(|| Kind::Spec(format!("%{} has no room", id.index())).into())
    }

    /// # Errors
    /// As for [`Storage::place`].
    pub(super) fn places(&self, ids: &[NodeId]) -> Result<Vec<Place>> {
        ids.iter().map(|id| self.place(*id)).collect()
    }

    fn place_arena(&mut self, values: &Values<'_>, drafts: &[Draft]) {
        // Buffers in the order they are written; nodes that share one are mapped to the same index.
        let mut buffers: Vec<Lifetime> = Vec::new();
        let mut buffer_of: HashMap<NodeId, usize> = HashMap::new();
        let mut room_of: Vec<(NodeId, usize)> = Vec::new();
        let last_read = last_reads(values, drafts);
        for (at, draft) in drafts.iter().enumerate() {
            if let Work::Scan(looped) = &draft.work {
                buffers.push(Lifetime { bytes: looped.room(values), first: at, last: at });
                room_of.extend(draft.writes.first().map(|id| (*id, buffers.len() - 1)));
            }
            let mut reused: HashSet<usize> = HashSet::new();
            for write in draft.writes.iter().filter(|write| !self.places.contains_key(write)) {
                let bytes = values.bytes(*write).max(1);
                let element = |id: NodeId| values.graph.node(id).dtype.size();
                let last = last_read.get(write).copied().unwrap_or(at).max(at);
                let dying = overwritable(draft, *write).find_map(|read| {
                    let buffer = *buffer_of.get(&read)?;
                    let fits = values.bytes(read) == bytes
                        && element(read) == element(*write)
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
        let place = |(id, at): (NodeId, usize)| (id, Place { base: 0, offset: offsets[at] });
        self.places.extend(buffer_of.into_iter().map(place));
        self.rooms.extend(room_of.into_iter().map(place));
    }
}

/// The last draft that reads each value; results are read after all of them.
fn last_reads(values: &Values<'_>, drafts: &[Draft]) -> HashMap<NodeId, usize> {
    let reads = drafts.iter().enumerate().flat_map(|(at, draft)| draft.reads.iter().map(move |id| (*id, at)));
    let results = values.graph.outputs().iter().map(|(_, id)| (values.home(*id), drafts.len()));
    reads.chain(results).collect()
}

/// The operands of a sweep whose memory its result may take: those read element for element, and no other way.
fn overwritable(draft: &Draft, write: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let allowed = move |read: NodeId| match &draft.work {
        // Several segments run at once: only a lone one may reuse what it reads.
        Work::Map { lengths, .. } => lengths.len() == 1,
        // The product itself is written first, so the sweep after it may take its place but no operand's.
        Work::Product { id, .. } => read == *id && write != *id,
        _ => false,
    };
    draft.swept().map(|(_, read)| read).filter(move |read| allowed(*read) && draft.reads_straight(*read))
}
