//! Memory planning: buffers with a lifetime get offsets in one arena.

/// A buffer that lives from the step that writes it to the last step that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) bytes: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Buffers start on cache lines.
pub(super) const ALIGNMENT: usize = 64;

/// The offset of each buffer, and the arena's length: no two that live at once overlap. Greedy by size
/// (Pisarchyk and Lee 2020): the largest first, each at the lowest free offset.
pub(super) fn place(buffers: &[Lifetime]) -> (Vec<usize>, usize) {
    let mut by_size: Vec<usize> = (0..buffers.len()).collect();
    by_size.sort_by_key(|at| (std::cmp::Reverse(buffers[*at].bytes), buffers[*at].first, *at));
    let mut offsets = vec![0; buffers.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut end = 0;
    for at in by_size {
        let own = buffers[at];
        let mut others: Vec<(usize, usize)> = placed
            .iter()
            .filter(|other| buffers[**other].first <= own.last && own.first <= buffers[**other].last)
            .map(|other| (offsets[*other], offsets[*other] + buffers[*other].bytes))
            .collect();
        others.sort_unstable();
        let mut offset = 0;
        for (start, stop) in others {
            if offset + own.bytes <= start {
                break;
            }
            offset = offset.max(stop.next_multiple_of(ALIGNMENT));
        }
        offsets[at] = offset;
        end = end.max(offset + own.bytes);
        placed.push(at);
    }
    (offsets, end.next_multiple_of(ALIGNMENT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_lives_at_once_does_not_overlap(
            buffers in prop::collection::vec((1usize..500, 0usize..20, 0usize..6), 0..40)
        ) {
            let buffers: Vec<Lifetime> = buffers
                .into_iter()
                .map(|(bytes, first, length)| Lifetime { bytes, first, last: first + length })
                .collect();
            let (offsets, end) = place(&buffers);
            for (a, x) in buffers.iter().enumerate() {
                prop_assert!(offsets[a] % ALIGNMENT == 0 && offsets[a] + x.bytes <= end);
                for (b, y) in buffers.iter().enumerate().skip(a + 1) {
                    let together = x.first <= y.last && y.first <= x.last;
                    let apart = offsets[a] + x.bytes <= offsets[b] || offsets[b] + y.bytes <= offsets[a];
                    prop_assert!(!together || apart);
                }
            }
        }
    }
}
