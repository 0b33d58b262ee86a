//! `set_random_seed`: the seed all random numbers follow from.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// The seed of the next model made; `None` until a seed is set.
static NEXT: Mutex<Option<u64>> = Mutex::new(None);

/// Sets the seed from which initial weights, dropout masks and shuffling of the models made from now on follow:
/// the same program then gives the same bits, on any number of threads. Without it each run differs.
///
/// Keras' `keras.utils.set_random_seed`. Each model made after it has a seed of its own, in order.
///
/// ```
/// use cornu::{Sequential, layers::{Dense, Input}, utils::set_random_seed};
/// let weights = || {
///     set_random_seed(42);
///     Sequential::new().add(Input::new([4])).add(Dense::new(3)).get_weights()
/// };
/// assert_eq!(weights()?, weights()?);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn set_random_seed(seed: u64) {
    *NEXT.lock().unwrap_or_else(PoisonError::into_inner) = Some(seed);
}

thread_local! {
    /// The seed of the next model made on this thread, within [`with_random_seed`].
    static OWN: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Does something with a seed of its own: the models made by it on this thread have the seeds they would have after
/// `set_random_seed(seed)`, while other threads, and what comes afterwards, are as if it had not been done. So several
/// models are made at once without minding each other.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Sequential, utils::with_random_seed};
/// let weights = |seed| {
///     with_random_seed(seed, || Sequential::new().add(Input::new([4])).add(Dense::new(3)).get_weights())
/// };
/// assert_eq!(weights(1)?, weights(1)?);
/// assert_ne!(weights(1)?, weights(2)?);
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn with_random_seed<R>(seed: u64, task: impl FnOnce() -> R) -> R {
    /// Puts the outer seed back, also when the task panics.
    struct Outer(Option<u64>);
    impl Drop for Outer {
        fn drop(&mut self) {
            OWN.set(self.0);
        }
    }
    let _outer = Outer(OWN.replace(Some(seed)));
    task()
}

/// A seed for a new model.
pub(crate) fn next_seed() -> u64 {
    if let Some(own) = OWN.get() {
        OWN.set(Some(own.wrapping_add(1)));
        return own;
    }
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    match &mut *next {
        Some(seed) => {
            let own = *seed;
            *seed = seed.wrapping_add(1);
            own
        }
        // The standard library seeds its hash tables from the system's random numbers.
        None => RandomState::new().hash_one("cornu"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_of_its_own_ends_with_its_task() {
        let three = || [next_seed(), next_seed(), next_seed()];
        assert_eq!(with_random_seed(7, three), [7, 8, 9]);
        let inner = with_random_seed(7, || (next_seed(), with_random_seed(100, next_seed), next_seed()));
        assert_eq!(inner, (7, 100, 8));
        assert!(std::panic::catch_unwind(|| with_random_seed(7, || panic!("in the task"))).is_err());
        assert_eq!(OWN.get(), None);
    }
}
