//! Iterators as datasets: anything that can be gone through again.

use std::sync::Arc;

use super::generator::{Boxed, Generating};
use crate::Result;
use crate::data::pipeline::Cause;
use crate::data::{Cardinality, Dataset, Elements, Pipeline, Record};

/// A dataset of what an iterator gives; each pass goes through a clone of it.
///
/// ```
/// use cornu::data::{self, Cardinality, Dataset};
/// use cornu::Tensor;
/// let numbers = data::from_iter((0..4).map(|v| Tensor::scalar(v as f32)));
/// assert_eq!(numbers.cardinality(), Cardinality::Known(4));
/// assert_eq!(numbers.repeat(2).iter().count(), 8);
/// ```
///
/// What may fail, or cannot be cloned, is for [`from_generator`](super::from_generator).
pub fn from_iter<I>(iterable: I) -> Pipeline
where
    I: IntoIterator<Item: Into<Record>, IntoIter: Send + 'static> + Clone + Send + Sync + 'static,
{
    let cardinality = match iterable.clone().into_iter().size_hint() {
        (least, Some(most)) if least == most => Cardinality::Known(least),
        (usize::MAX, None) => Cardinality::Infinite,
        _ => Cardinality::Unknown,
    };
    let begin =
        move || -> Boxed { Box::new(iterable.clone().into_iter().fuse().map(|item| Ok(item.into()))) };
    Iterated { begin: Arc::new(begin), cardinality }.pipeline()
}

struct Iterated {
    begin: Arc<dyn Fn() -> Boxed + Send + Sync>,
    cardinality: Cardinality,
}

impl Dataset for Iterated {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        let begin = || Ok::<_, Cause>((self.begin)());
        let iterator = crate::data::pipeline::guarded("from_iter", 0, begin)?;
        Ok(Box::new(Generating { iterator, stage: "from_iter", index: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        self.cardinality
    }
}
