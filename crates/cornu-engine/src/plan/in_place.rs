//! Variables overwritten in place, with the order of kernels that this takes.

use std::collections::{HashMap, HashSet};

use super::draft::Draft;
use super::schedule::{self, order};
use super::values::Values;
use crate::error::{Kind, Result};
use crate::graph::NodeId;

/// Variables with the values that are written over them.
pub(super) type Overwritten = Vec<(NodeId, NodeId)>;

/// The drafts in the order they run, and the variables (by leaf) whose new value is computed in their own memory.
/// The other variables' new values are copied at the end, by drafts added here.
///
/// # Errors
/// If the drafts have no order.
pub(super) fn settle(values: &Values<'_>, drafts: Vec<Draft>) -> Result<(Vec<Draft>, Overwritten)> {
    let mut in_place = candidates(values, &drafts);
    let accesses: Vec<schedule::Access<'_>> =
        drafts.iter().map(|Draft { reads, writes, .. }| schedule::Access { reads, writes }).collect();
    let order = loop {
        let stuck = match order(&accesses, &in_place) {
            Ok(order) => break order,
            Err(stuck) => stuck,
        };
        // Two that each need the other's old value cannot both be overwritten: one that waits gives way.
        let waits = |(_, value): &(NodeId, NodeId)| stuck.iter().any(|at| drafts[*at].writes.contains(value));
        let Some(at) = in_place.iter().rposition(waits) else {
            return Err(Kind::Spec("the kernels have no order".into()).into());
        };
        in_place.remove(at);
    };
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut ordered: Vec<Draft> = order.into_iter().filter_map(|at| slots[at].take()).collect();
    let done: HashSet<NodeId> = in_place.iter().map(|(variable, _)| *variable).collect();
    // Nobody reads old values any more, so these copies need no order among themselves.
    let copies = values.updates().filter(|(variable, _)| !done.contains(variable));
    ordered.extend(copies.map(|(variable, value)| Draft::store(values, variable, value)));
    Ok((ordered, in_place))
}

/// Variables whose new value an elementwise kernel could write over the old one.
fn candidates(values: &Values<'_>, drafts: &[Draft]) -> Vec<(NodeId, NodeId)> {
    let writers: HashMap<NodeId, &Draft> =
        drafts.iter().flat_map(|draft| draft.writes.iter().map(move |id| (*id, draft))).collect();
    let mut taken = HashSet::new();
    let fits = |(variable, value): &(NodeId, NodeId)| {
        let straight = writers.get(value).is_some_and(|writer| writer.reads_straight(*variable));
        // A value that two variables take lies in the first one's memory.
        straight && taken.insert(*value)
    };
    values.updates().filter(fits).collect()
}
