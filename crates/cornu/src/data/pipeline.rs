//! Datasets made of other datasets.

mod batch;
mod cache;
mod concatenate;
mod enumerate;
mod filter;
mod guard;
mod map;
mod prefetch;
mod queue;
mod repeat;
mod shuffle;
mod skip;
mod take;
mod unbatch;
mod zip;

use std::sync::Arc;

pub use batch::Batch;
pub(super) use batch::Batched;
pub(super) use cache::Cached;
pub(super) use concatenate::Concatenated;
pub(super) use enumerate::Enumerated;
pub(super) use filter::Filtered;
pub(super) use guard::{Cause, guarded};
pub(super) use map::Mapped;
pub use prefetch::AUTOTUNE;
pub(super) use prefetch::Prefetched;
pub(super) use repeat::Repeated;
pub use shuffle::Shuffle;
pub(super) use shuffle::Shuffled;
pub(super) use skip::Skipped;
pub(super) use take::Taken;
pub(super) use unbatch::Unbatched;
pub(super) use zip::Zipped;

use super::{Cardinality, Dataset, ElementSpec, Elements};
use crate::Result;

/// A [`Dataset`] behind a handle: what its methods give. Clones are the same dataset.
#[derive(Clone)]
pub struct Pipeline(Arc<dyn Dataset>);

impl Pipeline {
    /// A handle on a dataset.
    pub fn new(dataset: impl Dataset + 'static) -> Self {
        Pipeline(Arc::new(dataset))
    }
}

impl Dataset for Pipeline {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        self.0.begin(pass)
    }

    fn cardinality(&self) -> Cardinality {
        self.0.cardinality()
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.0.element_spec()
    }

    fn pipeline(self) -> Pipeline {
        self
    }
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipeline")
            .field("cardinality", &self.cardinality())
            .field("element_spec", &self.element_spec())
            .finish()
    }
}
