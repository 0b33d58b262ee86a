//! `Dataset`: elements that come one after the other, more than memory may hold.

use super::pipeline::{
    Batch, Batched, Cached, Concatenated, Enumerated, Filtered, Mapped, Pipeline, Prefetched, Repeated,
    Shuffle, Shuffled, Skipped, Taken, Unbatched, Zipped,
};
use super::{Cardinality, ElementSpec, Record, Stack};
use crate::Result;

/// Elements that come one after the other: tf.data's `Dataset`.
///
/// Sources are [tensors](super::from_tensor_slices), [iterators](super::from_iter), [generators](super::from_generator)
/// and one's own types; the methods make new datasets of them. Nothing is read until somebody goes through a dataset, and
/// then no more at a time than is asked for. [`Model::fit`](crate::Model::fit), `evaluate` and `predict` take one in the
/// place of arrays; its elements must be batches then.
///
/// ```
/// use cornu::data::{self, Dataset, Shuffle};
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, Fit, Sequential, Tensor};
/// let x = Tensor::new((0..64).map(|v| v as f32 / 64.0).collect::<Vec<_>>(), [64, 1])?;
/// let train = data::from_tensor_slices((&x, &x))?
///     .shuffle(Shuffle::new(64).seed(1))
///     .batch(16)
///     .prefetch(2);
/// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
/// model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
/// let history = model.fit(&train, (), Fit::new().epochs(3).verbose(0))?;
/// assert_eq!(history.get("loss").map(<[f64]>::len), Some(3));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// The order of what follows a [`shuffle`](Dataset::shuffle) is a function of its seed and of the number of the pass.
/// `fit` numbers a pass by the training steps done before it, so a training that is resumed goes on with the very
/// elements it would have seen, as long as the dataset gives the same ones for the same pass.
///
/// A dataset of one's own says how to begin a pass:
///
/// ```
/// use cornu::data::{Cardinality, Dataset, Elements, Record, elements};
/// use cornu::{Result, Tensor};
///
/// /// The squares of the first numbers.
/// struct Squares(usize);
///
/// impl Dataset for Squares {
///     fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
///         let squares = (0..self.0).map(|v| Ok(Record::from(Tensor::scalar((v * v) as f32))));
///         Ok(elements(squares))
///     }
///
///     fn cardinality(&self) -> Cardinality {
///         Cardinality::Known(self.0)
///     }
/// }
///
/// let batches = Squares(5).batch(2);
/// assert_eq!(batches.cardinality(), Cardinality::Known(3));
/// let last = batches.iter().last().expect("three batches")?;
/// assert_eq!(last.x.tensor(), Some(&Tensor::from([16.0f32])));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://www.tensorflow.org/api_docs/python/tf/data/Dataset>.
pub trait Dataset: Send + Sync {
    /// Begins a pass through the elements. What is random in it follows from its number.
    ///
    /// # Errors
    /// If an argument is out of range, or the source cannot be opened.
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>>;

    /// How many elements a pass has.
    fn cardinality(&self) -> Cardinality {
        Cardinality::Unknown
    }

    /// What the elements look like, if that is known before there is one.
    fn element_spec(&self) -> Option<ElementSpec> {
        None
    }

    /// The elements of the first pass, to be looked at.
    fn iter(&self) -> Records {
        self.pass(0)
    }

    /// The elements of the pass with a number.
    fn pass(&self, number: u64) -> Records {
        match self.begin(number) {
            Ok(elements) => Records { elements: Some(elements), failed: None },
            Err(error) => Records { elements: None, failed: Some(error) },
        }
    }

    /// A handle on the dataset, which is cheap to clone.
    fn pipeline(self) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(self)
    }

    /// What a function makes of each element. It is called on the thread that goes through the elements: with
    /// [`prefetch`](Dataset::prefetch) behind it, beside the training. After [`batch`](Dataset::batch) it is called for
    /// whole batches, which is faster.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::data::{self, Dataset, Record};
    /// let halves = data::range(0..4).map(|number| {
    ///     let value = number.x.tensor().and_then(Tensor::item).unwrap_or_default();
    ///     Ok(Record::from(Tensor::scalar(value / 2.0)))
    /// });
    /// let values: Vec<_> = halves.iter().map(|record| record.unwrap().x.tensor().and_then(Tensor::item)).collect();
    /// assert_eq!(values, [Some(0.0), Some(0.5), Some(1.0), Some(1.5)]);
    /// ```
    ///
    /// An error of the function, or its panic, becomes the error of going through the dataset, with the number of the
    /// element.
    fn map<F>(self, function: F) -> Pipeline
    where
        Self: Sized + 'static,
        F: Fn(Record) -> Result<Record> + Send + Sync + 'static,
    {
        Pipeline::new(Mapped::new(self.pipeline(), Box::new(function)))
    }

    /// The elements of which a function says yes. How many there are is unknown then.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::data::{self, Dataset};
    /// let even = data::range(0..5).filter(|number| Ok(number.x.tensor().and_then(Tensor::item).unwrap_or(1.0) % 2.0 == 0.0));
    /// assert_eq!(even.iter().count(), 3);
    /// ```
    fn filter<F>(self, predicate: F) -> Pipeline
    where
        Self: Sized + 'static,
        F: Fn(&Record) -> Result<bool> + Send + Sync + 'static,
    {
        Pipeline::new(Filtered::new(self.pipeline(), Box::new(predicate)))
    }

    /// Batches of so many elements. The last one may have fewer; `Batch::new(32).drop_remainder(true)` leaves it out.
    ///
    /// ```
    /// use cornu::data::{self, Batch, Cardinality, Dataset};
    /// let batches = data::range(0..10).batch(4);
    /// assert_eq!(batches.cardinality(), Cardinality::Known(3));
    /// let whole = data::range(0..10).batch(Batch::new(4).drop_remainder(true));
    /// assert_eq!(whole.cardinality(), Cardinality::Known(2));
    /// ```
    ///
    /// Elements of different shapes are an error: [`map`](Dataset::map) them to one shape first.
    fn batch(self, batch: impl Into<Batch>) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Batched::new(self.pipeline(), batch.into()))
    }

    /// The rows of each element as elements: what [`batch`](Dataset::batch) brought together.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..10).batch(4).unbatch().iter().count(), 10);
    /// ```
    fn unbatch(self) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Unbatched::new(self.pipeline()))
    }

    /// The elements in random order, as far as a buffer of so many reaches: each is drawn from the buffer, and the next of
    /// this dataset takes its place. Every pass has another order, unless
    /// `Shuffle::new(1000).reshuffle_each_iteration(false)`.
    ///
    /// Before [`repeat`](Dataset::repeat), all elements of a pass come before the first of the next one; after it passes
    /// mix. Before [`batch`](Dataset::batch) samples are shuffled, after it whole batches.
    ///
    /// ```
    /// use cornu::data::{self, Dataset, Shuffle};
    /// let shuffled = data::range(0..100).shuffle(Shuffle::new(100).seed(7));
    /// let order = |pass| shuffled.pass(pass).collect::<Result<Vec<_>, _>>();
    /// assert_eq!(order(0)?, order(0)?);
    /// assert_ne!(order(0)?, order(1)?);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    fn shuffle(self, shuffle: impl Into<Shuffle>) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Shuffled::new(self.pipeline(), shuffle.into()))
    }

    /// So many passes, one after the other.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..3).repeat(2).iter().count(), 6);
    /// ```
    fn repeat(self, count: usize) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Repeated::new(self.pipeline(), Some(count)))
    }

    /// Passes without end: tf.data's `repeat()`. `fit` wants `steps_per_epoch` then.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..3).repeat_forever().iter().take(100).count(), 100);
    /// ```
    fn repeat_forever(self) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Repeated::new(self.pipeline(), None))
    }

    /// The first so many elements.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..10).take(3).iter().count(), 3);
    /// ```
    fn take(self, count: usize) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Taken::new(self.pipeline(), count))
    }

    /// The elements without the first so many.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..10).skip(3).iter().count(), 7);
    /// ```
    fn skip(self, count: usize) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Skipped::new(self.pipeline(), count))
    }

    /// The elements, made by a thread of its own up to so many ahead of their use; with [`AUTOTUNE`](super::AUTOTUNE), as
    /// many as take a few megabytes. The thread ends when the pass does or is dropped, at the latest after the element at hand.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// let ahead = data::range(0..1000).batch(10).prefetch(data::AUTOTUNE);
    /// assert_eq!(ahead.iter().count(), 100);
    /// ```
    fn prefetch(self, buffer_size: usize) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Prefetched::new(self.pipeline(), buffer_size))
    }

    /// Inputs from this dataset with targets from another, until one ends: tf.data's `zip` of two datasets of one tensor each.
    /// What has targets itself is joined by [`zip_with`](Dataset::zip_with).
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// let pairs = data::range(0..3).zip(data::range(10..13));
    /// let first = pairs.iter().next().expect("an element")?;
    /// assert_eq!((first.x.tensor().unwrap().item(), first.y.tensor().unwrap().item()), (Some(0.0), Some(10.0)));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    fn zip(self, targets: impl Dataset + 'static) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Zipped::targets(self.pipeline(), targets.pipeline()))
    }

    /// What a function makes of an element of this dataset and one of another, until one ends.
    ///
    /// ```
    /// use cornu::data::{self, Dataset, Fields, Record};
    /// let two_inputs = data::range(0..3).zip_with(data::range(10..13), |a, b| {
    ///     let parts = [a, b].into_iter().filter_map(|record| record.x.only().cloned());
    ///     Ok(Record::from(Fields::from(parts.collect::<Vec<_>>())))
    /// });
    /// assert_eq!(two_inputs.iter().next().expect("an element")?.x.len(), 2);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    fn zip_with<F>(self, other: impl Dataset + 'static, function: F) -> Pipeline
    where
        Self: Sized + 'static,
        F: Fn(Record, Record) -> Result<Record> + Send + Sync + 'static,
    {
        Pipeline::new(Zipped::with(self.pipeline(), other.pipeline(), Box::new(function)))
    }

    /// The elements of this dataset, then those of another.
    ///
    /// ```
    /// use cornu::data::{self, Dataset};
    /// assert_eq!(data::range(0..3).concatenate(data::range(7..9)).iter().count(), 5);
    /// ```
    fn concatenate(self, other: impl Dataset + 'static) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Concatenated::new(self.pipeline(), other.pipeline()))
    }

    /// The elements, kept in memory from the first pass that is gone through to its end; later passes, of all clones of the
    /// handle, read nothing any more. What stands before it, a shuffle too, is done once.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use cornu::data::{self, Dataset};
    /// let calls = Arc::new(AtomicUsize::new(0));
    /// let seen = calls.clone();
    /// let cached = data::range(0..4).map(move |number| {
    ///     seen.fetch_add(1, Ordering::Relaxed);
    ///     Ok(number)
    /// }).cache();
    /// assert_eq!((cached.iter().count(), cached.iter().count()), (4, 4));
    /// assert_eq!(calls.load(Ordering::Relaxed), 4);
    /// ```
    fn cache(self) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Cached::new(self.pipeline()))
    }

    /// The elements with their numbers, from 0 on, as an input before the others.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::data::{self, Dataset};
    /// let numbered = data::from_tensor_slices(Tensor::from([2.5f32, 3.5]))?.enumerate();
    /// let last = numbered.iter().last().expect("an element")?;
    /// assert_eq!(last.x.at(0), Some(&Tensor::scalar(1i64).into()));
    /// assert_eq!(last.x.at(1), Some(&Tensor::scalar(3.5f32).into()));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    fn enumerate(self) -> Pipeline
    where
        Self: Sized + 'static,
    {
        Pipeline::new(Enumerated::new(self.pipeline()))
    }
}

/// A pass through the elements of a dataset.
pub trait Elements: Send {
    /// The next elements: at least one, at most so many, as many as there are at hand without waiting for more. After the
    /// last `None`, however often it is asked.
    ///
    /// # Errors
    /// What the source or a function cannot do, with the number of the element. The pass has ended then.
    fn pull(&mut self, most: usize) -> Result<Option<Stack>>;

    /// Passes over so many elements; fewer where they end before. Gives back how many.
    ///
    /// # Errors
    /// As [`Elements::pull`].
    fn pass_over(&mut self, count: usize) -> Result<usize> {
        let mut done = 0;
        while done < count {
            match self.pull((count - done).min(1024))? {
                Some(stack) => done += stack.len(),
                None => break,
            }
        }
        Ok(done)
    }
}

/// The elements of a pass one by one.
pub struct Records {
    elements: Option<Box<dyn Elements>>,
    failed: Option<crate::Error>,
}

impl Iterator for Records {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let pulled =
            self.elements.as_mut()?.pull(1).and_then(|stack| stack.map(|stack| stack.get(0)).transpose());
        if !matches!(pulled, Ok(Some(_))) {
            self.elements = None;
        }
        pulled.transpose()
    }
}

/// A pass through what an iterator gives, for a [`Dataset`] of one's own.
pub fn elements(iterator: impl Iterator<Item = Result<Record>> + Send + 'static) -> Box<dyn Elements> {
    struct Iterated<I>(I);

    impl<I: Iterator<Item = Result<Record>> + Send> Elements for Iterated<I> {
        fn pull(&mut self, _most: usize) -> Result<Option<Stack>> {
            self.0.next().map(|record| Stack::one(&record?)).transpose()
        }
    }

    Box::new(Iterated(iterator.fuse()))
}
