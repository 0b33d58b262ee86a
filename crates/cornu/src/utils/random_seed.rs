//! `set_random_seed`: the seed all random numbers follow from.

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

/// A seed for a new model.
pub(crate) fn next_seed() -> u64 {
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
