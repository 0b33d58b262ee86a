//! A result that tasks write parts of.

use std::marker::PhantomData;

/// A slice that tasks share, each writing elements of its own.
pub(super) struct Output<'a, T> {
    start: *mut T,
    length: usize,
    slice: PhantomData<&'a mut [T]>,
}

impl<'a, T> Output<'a, T> {
    /// Of a slice that nobody else touches meanwhile.
    pub(super) fn new(slice: &'a mut [T]) -> Self {
        Output { start: slice.as_mut_ptr(), length: slice.len(), slice: PhantomData }
    }

    /// The part of a task.
    ///
    /// # Safety
    /// No two parts in use at one time may overlap.
    #[allow(clippy::mut_from_ref)] // What the safety rule is about.
    pub(super) unsafe fn part(&self, start: usize, length: usize) -> &mut [T] {
        assert!(start <= self.length && length <= self.length - start, "the part lies within the slice");
        // SAFETY: within the slice, by the line above; alone there, by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(start), length) }
    }
}

// SAFETY: the tasks that share it write disjoint elements.
unsafe impl<T: Send> Sync for Output<'_, T> {}
