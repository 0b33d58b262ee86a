//! Generators as datasets: a function that makes an iterator for each pass.

use std::sync::Arc;

use crate::Result;
use crate::data::pipeline::{Cause, guarded};
use crate::data::{Dataset, Elements, Pipeline, Record, Stack};

/// A dataset of what the iterators of a function give, one iterator a pass.
///
/// ```
/// use cornu::data::{self, Dataset};
/// use cornu::Tensor;
/// let squares = data::from_generator(|| {
///     (0..5).map(|v| Ok::<_, cornu::Error>((Tensor::scalar(v as f32), Tensor::scalar((v * v) as f32))))
/// });
/// assert_eq!(squares.batch(2).iter().count(), 3);
/// ```
///
/// An error the iterator gives, or its panic, ends the pass and reaches whoever goes through it, with the number of the
/// element:
///
/// ```
/// use cornu::data::{self, Dataset};
/// use cornu::Tensor;
/// let broken = data::from_generator(|| ["1.5", "two"].into_iter().map(|text| text.parse::<f32>().map(Tensor::scalar)));
/// let error = broken.iter().find_map(Result::err).expect("an error");
/// assert_eq!(error.to_string(), "element 1 of `from_generator`: invalid float literal");
/// ```
pub fn from_generator<F, I, R, E>(function: F) -> Pipeline
where
    F: Fn() -> I + Send + Sync + 'static,
    I: Iterator<Item = Result<R, E>> + Send + 'static,
    R: Into<Record>,
    E: Into<Cause>,
{
    let begin = move || -> Boxed {
        let convert = |item: Result<R, E>| item.map(Into::into).map_err(Into::into);
        Box::new(function().fuse().map(convert))
    };
    Generator { begin: Arc::new(begin) }.pipeline()
}

/// An iterator without its type.
pub(super) type Boxed = Box<dyn Iterator<Item = Result<Record, Cause>> + Send>;

struct Generator {
    begin: Arc<dyn Fn() -> Boxed + Send + Sync>,
}

const STAGE: &str = "from_generator";

impl Dataset for Generator {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        let begin = || Ok::<_, Cause>((self.begin)());
        Ok(Box::new(Generating { iterator: guarded(STAGE, 0, begin)?, stage: STAGE, index: 0 }))
    }
}

/// A pass through an iterator that is not ours.
pub(super) struct Generating {
    pub(super) iterator: Boxed,
    pub(super) stage: &'static str,
    pub(super) index: usize,
}

impl Elements for Generating {
    fn pull(&mut self, _most: usize) -> Result<Option<Stack>> {
        let index = self.index;
        self.index += 1;
        let next = guarded(self.stage, index, || self.iterator.next().transpose())?;
        next.map(|record| Stack::one(&record)).transpose()
    }
}
