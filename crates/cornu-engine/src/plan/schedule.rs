//! The order in which kernels run, such that variables can be overwritten in place.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use crate::graph::NodeId;

/// What the order depends on: the values a kernel reads and writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access<'a> {
    pub(super) reads: &'a [NodeId],
    pub(super) writes: &'a [NodeId],
}

/// An order of the kernels in which every value is written before it is read, and each variable of
/// `in_place` (by its leaf node) is overwritten by the kernel that writes its new value after all who read
/// the old one.
///
/// # Errors
/// If there is no such order: the kernels that wait for one another, or for those that do.
pub(super) fn order(kernels: &[Access<'_>], in_place: &[(NodeId, NodeId)]) -> Result<Vec<usize>, Vec<usize>> {
    let writer: HashMap<NodeId, usize> =
        kernels.iter().enumerate().flat_map(|(at, k)| k.writes.iter().map(move |id| (*id, at))).collect();
    let overwriter: HashMap<NodeId, usize> =
        in_place.iter().filter_map(|(variable, value)| Some((*variable, *writer.get(value)?))).collect();
    let mut before: Vec<HashSet<usize>> = vec![HashSet::new(); kernels.len()];
    for (at, kernel) in kernels.iter().enumerate() {
        for read in kernel.reads {
            before[at].extend(writer.get(read).filter(|other| **other != at));
            if let Some(other) = overwriter.get(read).filter(|other| **other != at) {
                before[*other].insert(at);
            }
        }
    }
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); kernels.len()];
    for (at, earlier) in before.iter().enumerate() {
        for other in earlier {
            after[*other].push(at);
        }
    }
    // Kernels that overwrite variables come as late as they can, side by side; else the graph's order stays.
    let overwrites: HashSet<NodeId> = in_place.iter().map(|(_, value)| *value).collect();
    let rank = |at: usize| {
        let late = kernels[at].writes.iter().any(|id| overwrites.contains(id));
        Reverse((late, kernels[at].writes.iter().max().copied(), at))
    };
    let mut missing: Vec<usize> = before.iter().map(HashSet::len).collect();
    let mut ready: BinaryHeap<_> = (0..kernels.len()).filter(|at| missing[*at] == 0).map(rank).collect();
    let mut order = Vec::with_capacity(kernels.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        order.push(at);
        for &next in &after[at] {
            missing[next] -= 1;
            if missing[next] == 0 {
                ready.push(rank(next));
            }
        }
    }
    if order.len() == kernels.len() {
        return Ok(order);
    }
    Err((0..kernels.len()).filter(|at| missing[*at] > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_overwritten_after_its_last_reader() {
        // 0 is a variable; kernel 0 makes its new value 1, kernel 1 still reads the old one.
        let ids = [0, 1, 2].map(NodeId);
        let [old, new, _] = ids;
        let writer = Access { reads: &ids[..1], writes: &ids[1..2] };
        let reader = Access { reads: &ids[..1], writes: &ids[2..] };
        assert_eq!(order(&[writer, reader], &[(old, new)]), Ok(vec![1, 0]));
        // Where the reader also needs the new value, there is no order.
        let both = Access { reads: &ids[..2], writes: &ids[2..] };
        assert_eq!(order(&[writer, both], &[(old, new)]), Err(vec![0, 1]));
        assert_eq!(order(&[writer, both], &[]), Ok(vec![0, 1]));
    }
}
