//! Sweeps with one and the same program become one kernel, as the updates of all weights do.

use std::collections::HashMap;

use super::draft::{Draft, Work};
use crate::graph::NodeId;
use crate::kernels::map::{Access, Program, Source};

/// Makes sweeps with one program the segments of one, at the place of the last of them, where nothing in between
/// minds. `in_place` lists the variables whose new value is computed in their own memory.
pub(super) fn merge_alike(drafts: Vec<Draft>, in_place: &[(NodeId, NodeId)]) -> Vec<Draft> {
    let overwritten: HashMap<NodeId, NodeId> =
        in_place.iter().map(|(variable, value)| (*value, *variable)).collect();
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    for at in 0..slots.len() {
        let Some(later) = next_alike(&slots, at) else { continue };
        if !can_wait(&slots[at..=later], &overwritten) {
            continue;
        }
        if let (Some(earlier), Some(target)) = (slots[at].take(), slots[later].as_mut()) {
            put_before(target, earlier);
        }
    }
    slots.into_iter().flatten().collect()
}

/// The next sweep of the same program as the one at `at`.
fn next_alike(drafts: &[Option<Draft>], at: usize) -> Option<usize> {
    let program = program_of_any_length(drafts[at].as_ref()?)?;
    let alike = |draft: &Option<Draft>| matches!(draft, Some(Draft { work: Work::Map { program: other, .. }, .. }) if other == program);
    drafts.iter().skip(at + 1).position(alike).map(|distance| at + 1 + distance)
}

/// The program of a sweep, if it suits other shapes: accesses that hold lengths belong to one shape.
fn program_of_any_length(draft: &Draft) -> Option<&Program> {
    let Work::Map { program, .. } = &draft.work else { return None };
    let any_length =
        |source: &Source| matches!(source, Source::Buffer { access: Access::Full | Access::Scalar, .. });
    program.inputs().all(any_length).then_some(program)
}

/// Whether none of the drafts after the first needs what the first writes, or overwrites a variable it reads.
fn can_wait(drafts: &[Option<Draft>], overwritten: &HashMap<NodeId, NodeId>) -> bool {
    let Some((Some(Draft { reads, writes, .. }), later)) = drafts.split_first() else { return false };
    later.iter().flatten().all(|draft| {
        let mut variables = draft.writes.iter().filter_map(|value| overwritten.get(value));
        !draft.reads.iter().any(|read| writes.contains(read))
            && !variables.any(|variable| reads.contains(variable))
    })
}

/// Puts the segments of `earlier` before those of `target`.
fn put_before(target: &mut Draft, earlier: Draft) {
    let Draft { work, mut reads, mut writes, scope } = earlier;
    if let (Work::Map { lengths: first, .. }, Work::Map { lengths, .. }) = (work, &mut target.work) {
        lengths.splice(0..0, first);
    }
    reads.append(&mut target.reads);
    writes.append(&mut target.writes);
    (target.reads, target.writes) = (reads, writes);
    if target.scope != scope {
        target.scope = String::new();
    }
}
