//! Tasks spread over the threads of the current rayon pool.

use std::marker::PhantomData;
use std::ops::Range;

/// Calls `task` once for each index below `tasks`, on the threads of the current rayon pool.
///
/// The caller cuts the work, and cuts it without asking how many threads there are: then the same numbers come out
/// on any number of them. Nothing is allocated. A single task, or a pool of one thread, runs in order on the spot.
pub fn for_each_task(tasks: usize, task: impl Fn(usize) + Sync) {
    if tasks <= 1 || rayon::current_num_threads() == 1 {
        (0..tasks).for_each(task);
    } else {
        halve(0, tasks, &task);
    }
}

/// Runs the tasks `first..end`; `join` keeps the halves on the stack, where a scope would box them.
fn halve(first: usize, end: usize, task: &(impl Fn(usize) + Sync)) {
    if end - first == 1 {
        task(first);
    } else {
        let middle = first.midpoint(end);
        rayon::join(|| halve(first, middle, task), || halve(middle, end, task));
    }
}

/// The part `index` of `len` things cut evenly into `parts`, whole units of `unit` things (the last may be cut off).
///
/// A part is empty if there are more parts than units.
pub fn share(len: usize, unit: usize, parts: usize, index: usize) -> Range<usize> {
    let units = len.div_ceil(unit);
    let at = |index: usize| (units * index / parts * unit).min(len);
    at(index)..at(index + 1)
}

/// A slice whose parts go to different tasks.
#[derive(Debug)]
pub struct Parts<'a, T> {
    data: *mut T,
    len: usize,
    owner: PhantomData<&'a mut [T]>,
}

// SAFETY: the only access is `part`, whose callers see to it that no two tasks have the same elements.
unsafe impl<T: Send> Sync for Parts<'_, T> {}

impl<'a, T> Parts<'a, T> {
    /// The slice to be parted.
    pub fn new(data: &'a mut [T]) -> Self {
        Parts { data: data.as_mut_ptr(), len: data.len(), owner: PhantomData }
    }

    /// A part of the slice.
    ///
    /// # Safety
    ///
    /// No other part that lives at the same time shares an element with it.
    ///
    /// # Panics
    ///
    /// If the range is not inside the slice.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len, "{range:?} of {}", self.len);
        // SAFETY: the range is inside the slice; the caller vouches for the rest.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(range.start), range.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_task_runs_once_on_any_pool() {
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for tasks in [0, 1, 2, 3, 7, 64] {
                let runs: Vec<_> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
                pool.install(|| {
                    for_each_task(tasks, |task| {
                        runs[task].fetch_add(1, Ordering::Relaxed);
                    })
                });
                assert!(runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1), "{tasks} on {threads}");
            }
        }
    }

    #[test]
    fn shares_are_even_whole_and_leave_nothing_out() {
        for (len, unit, parts) in [(0, 4, 3), (10, 4, 3), (100, 7, 4), (5, 1, 8), (64, 32, 2)] {
            let shares: Vec<_> = (0..parts).map(|index| share(len, unit, parts, index)).collect();
            assert_eq!((shares[0].start, shares[parts - 1].end), (0, len));
            assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(shares.iter().all(|share| share.start.is_multiple_of(unit) || share.is_empty()));
            let sizes = shares.iter().map(|share| share.len().div_ceil(unit));
            assert!(sizes.clone().max() <= sizes.min().map(|least| least + 1), "{shares:?}");
        }
    }
}
