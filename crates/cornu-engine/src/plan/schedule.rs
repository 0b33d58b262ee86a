//! The order in which kernels run, such that variables can be overwritten in place.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use crate::graph::NodeId;

/// What the order depends on: the values a kernel reads and writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Access {
    pub(super) reads: Vec<NodeId>,
    pub(super) writes: Vec<NodeId>,
}

/// An order of the kernels in which every value is written before it is read, and each variable of
/// `in_place` (by its leaf node) is overwritten by the kernel that writes its new value after all who read
/// the old one. `None` if there is no such order.
pub(super) fn order(kernels: &[Access], in_place: &[(NodeId, NodeId)]) -> Option<Vec<usize>> {
    let writer: HashMap<NodeId, usize> =
        kernels.iter().enumerate().flat_map(|(at, k)| k.writes.iter().map(move |id| (*id, at))).collect();
    let mut before: Vec<HashSet<usize>> = vec![HashSet::new(); kernels.len()];
    for (at, kernel) in kernels.iter().enumerate() {
        before[at].extend(kernel.reads.iter().filter_map(|id| writer.get(id)).filter(|other| **other != at));
    }
    for (variable, value) in in_place {
        let overwriter = *writer.get(value)?;
        for (at, kernel) in kernels.iter().enumerate() {
            if at != overwriter && kernel.reads.contains(variable) {
                before[overwriter].insert(at);
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
    (order.len() == kernels.len()).then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(reads: &[u32], writes: &[u32]) -> Access {
        let ids = |ids: &[u32]| ids.iter().copied().map(NodeId).collect();
        Access { reads: ids(reads), writes: ids(writes) }
    }

    #[test]
    fn a_variable_is_overwritten_after_its_last_reader() {
        // 0 is a variable; kernel 0 makes its new value 1, kernel 1 still reads the old one.
        let kernels = [access(&[0], &[1]), access(&[0], &[2])];
        assert_eq!(order(&kernels, &[(NodeId(0), NodeId(1))]), Some(vec![1, 0]));
        // Where the reader also needs the new value, there is no order.
        let kernels = [access(&[0], &[1]), access(&[0, 1], &[2])];
        assert_eq!(order(&kernels, &[(NodeId(0), NodeId(1))]), None);
        assert_eq!(order(&kernels, &[]), Some(vec![0, 1]));
    }
}
