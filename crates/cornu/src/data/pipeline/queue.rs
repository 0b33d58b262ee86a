//! A bounded queue from one thread to another.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::Result;
use crate::data::Stack;

/// What both ends see.
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stacks: VecDeque<Result<Stack>>,
    /// How many elements are waiting.
    elements: usize,
    /// Whether one of the ends is gone.
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that fills the queue.
pub(super) struct Sender {
    shared: Arc<Shared>,
    capacity: usize,
}

/// The end that empties it.
pub(super) struct Receiver(Arc<Shared>);

/// A queue for at most so many elements, or one stack of more.
pub(super) fn queue(capacity: usize) -> (Sender, Receiver) {
    let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
    (Sender { shared: shared.clone(), capacity }, Receiver(shared))
}

impl Sender {
    /// Waits for room and puts something in; false when nobody takes it any more.
    pub(super) fn send(&self, stack: Result<Stack>) -> bool {
        let count = stack.as_ref().map_or(0, Stack::len);
        let mut state = self.shared.lock();
        while !state.closed && state.elements > 0 && state.elements + count > self.capacity {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return false;
        }
        state.elements += count;
        state.stacks.push_back(stack);
        self.shared.changed.notify_all();
        true
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Receiver {
    /// Waits for something and takes it out; `None` when nothing will come any more.
    pub(super) fn receive(&self) -> Option<Result<Stack>> {
        let mut state = self.0.lock();
        loop {
            if let Some(stack) = state.stacks.pop_front() {
                state.elements -= stack.as_ref().map_or(0, Stack::len);
                self.0.changed.notify_all();
                return Some(stack);
            }
            if state.closed {
                return None;
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        // Elements may be large, and what they hold may take its time to drop.
        let stacks = std::mem::take(&mut state.stacks);
        drop(state);
        self.0.changed.notify_all();
        drop(stacks);
    }
}
