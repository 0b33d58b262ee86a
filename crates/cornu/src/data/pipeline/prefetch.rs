//! `prefetch`: elements made ahead by a thread of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::Pipeline;
use super::guard::panicked;
use super::queue::{Receiver, Sender, queue};
use crate::data::stack::Pending;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};
use crate::{Error, Result};

/// As many elements as suit: tf.data's `AUTOTUNE`, for [`prefetch`](Dataset::prefetch).
pub const AUTOTUNE: usize = usize::MAX;

/// Bytes that `AUTOTUNE` keeps ready.
const READY_BYTES: usize = 4 << 20;
/// The elements it keeps ready at least and at most.
const READY: (usize, usize) = (2, 256);

pub(in crate::data) struct Prefetched {
    input: Pipeline,
    buffer_size: usize,
}

impl Prefetched {
    pub(in crate::data) fn new(input: Pipeline, buffer_size: usize) -> Self {
        Prefetched { input, buffer_size }
    }
}

impl Dataset for Prefetched {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        let input = self.input.begin(pass)?;
        if self.buffer_size == 0 {
            return Ok(input);
        }
        let capacity = match self.buffer_size {
            AUTOTUNE => suitable(self.input.element_spec()),
            size => size,
        };
        let (sender, receiver) = queue(capacity);
        thread::Builder::new()
            .name("cornu-prefetch".into())
            .spawn(move || run(input, &sender, capacity))
            .map_err(|error| Error::data(format!("`prefetch` cannot start its thread: {error}")))?;
        Ok(Box::new(Running { receiver, pending: Pending::default() }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality()
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

/// How many elements to keep ready.
fn suitable(spec: Option<ElementSpec>) -> usize {
    let (least, most) = READY;
    // A dimension that is not known is most often that of a batch.
    let elements = |shape: &crate::Shape| shape.dims().iter().map(|dim| dim.unwrap_or(32)).product::<usize>();
    let bytes =
        spec.map(|spec| spec.fields().map(|f| elements(&f.shape) * f.dtype.map_or(64, |d| d.size())).sum());
    bytes.map_or(least, |bytes: usize| (READY_BYTES / bytes.max(1)).clamp(least, most))
}

/// The thread: pulls until nothing comes or nobody wants it. Several elements go over at a time, since waking a thread
/// takes longer than a small batch does.
fn run(mut input: Box<dyn Elements>, sender: &Sender, capacity: usize) {
    let most = (capacity / 4).max(1);
    loop {
        let pulled = catch_unwind(AssertUnwindSafe(|| input.pull(most)));
        let stack = pulled.unwrap_or_else(|panic| Err(panicked("a dataset", panic.as_ref())));
        let Some(stack) = stack.transpose() else { return };
        let failed = stack.is_err();
        if !sender.send(stack) || failed {
            return;
        }
    }
}

struct Running {
    receiver: Receiver,
    pending: Pending,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        if self.pending.left() == 0 {
            let Some(stack) = self.receiver.receive() else { return Ok(None) };
            self.pending = Pending::new(stack?);
        }
        self.pending.take(most)
    }
}
