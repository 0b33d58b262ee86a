//! Random numbers one after another.

use super::fill::unit;
use super::normal::normal;
use super::philox::{Philox, TILE};

/// A generator to draw from in sequence: for initializers, shuffles and everything else that happens once.
///
/// It reads the very words the `fill_*` functions read, from index 0 on.
///
/// ```
/// use cornu_engine::rng::Stream;
/// let mut dice = Stream::new(42, 0, 0);
/// let throws: Vec<u64> = (0..3).map(|_| 1 + dice.below(6)).collect();
/// assert!(throws.iter().all(|throw| (1..=6).contains(throw)));
/// ```
#[derive(Debug, Clone)]
pub struct Stream {
    generator: Philox,
    step: u64,
    /// The tile after the one in `words`.
    tile: u64,
    words: [u32; TILE],
    /// How many of `words` are drawn.
    drawn: usize,
}

impl Stream {
    /// The sequence that belongs to this seed, stream and step.
    pub fn new(seed: u64, stream: u64, step: u64) -> Self {
        Stream { generator: Philox::new(seed, stream), step, tile: 0, words: [0; TILE], drawn: TILE }
    }

    /// A word of 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.drawn == TILE {
            self.generator.tile(self.step, self.tile, &mut self.words);
            (self.tile, self.drawn) = (self.tile + 1, 0);
        }
        let word = self.words[self.drawn];
        self.drawn += 1;
        word
    }

    /// A word of 64 random bits, the low half drawn first.
    pub fn next_u64(&mut self) -> u64 {
        u64::from(self.next_u32()) | u64::from(self.next_u32()) << 32
    }

    /// A uniform number in `[0, 1)`, a multiple of 2⁻²⁴.
    pub fn next_f32(&mut self) -> f32 {
        unit(self.next_u32())
    }

    /// A uniform number in `[0, 1)`, a multiple of 2⁻⁵³.
    pub fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A standard normal number, defined as for [`fill_normal`](super::fill_normal).
    pub fn normal(&mut self) -> f32 {
        normal(self.next_u32())
    }

    /// A uniform whole number in `0..bound`, without bias; 0 when the bound is 0.
    ///
    /// D. Lemire, "Fast random integer generation in an interval" (2019); 32 random bits suffice for bounds
    /// up to 2³².
    pub fn below(&mut self, bound: u64) -> u64 {
        match u32::try_from(bound) {
            Ok(bound) => self.below_u32(bound).into(),
            Err(_) => self.below_u64(bound),
        }
    }

    fn below_u32(&mut self, bound: u32) -> u32 {
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            // The remainder is only computed in the rare case that it may matter.
            let low = product as u32;
            if low >= bound || bound == 0 || low >= bound.wrapping_neg() % bound {
                return (product >> 32) as u32;
            }
        }
    }

    fn below_u64(&mut self, bound: u64) -> u64 {
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            let low = product as u64;
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }

    /// Puts `items` in random order (Fisher–Yates, from the back).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// Puts `items` in the random order that belongs to this seed, stream and step; allocates nothing.
pub fn shuffle<T>(seed: u64, stream: u64, step: u64, items: &mut [T]) {
    Stream::new(seed, stream, step).shuffle(items);
}

/// Writes a random permutation of `0..out.len()` to `out`; allocates nothing.
pub fn permutation_into(seed: u64, stream: u64, step: u64, out: &mut [usize]) {
    for (at, out) in out.iter_mut().enumerate() {
        *out = at;
    }
    shuffle(seed, stream, step, out);
}

/// A random permutation of `0..n`.
///
/// ```
/// let mut order = cornu_engine::rng::permutation(42, 0, 0, 100);
/// order.sort();
/// assert!(order.into_iter().eq(0..100));
/// ```
pub fn permutation(seed: u64, stream: u64, step: u64, n: usize) -> Vec<usize> {
    let mut order = vec![0; n];
    permutation_into(seed, stream, step, &mut order);
    order
}

#[cfg(test)]
mod tests {
    use super::super::{fill_normal, fill_uniform};
    use super::*;

    #[test]
    fn a_stream_draws_what_the_fills_write() {
        let mut want = vec![0.0; TILE + 9];
        let mut stream = Stream::new(1, 2, 3);
        fill_uniform(1, 2, 3, 0, &mut want);
        assert!(want.iter().all(|&v| v == stream.next_f32()));
        let mut stream = Stream::new(1, 2, 3);
        fill_normal(1, 2, 3, 0, &mut want);
        assert!(want.iter().all(|&v| v == stream.normal()));
    }

    #[test]
    fn bounded_numbers_are_even() {
        // Chi-square with 6 degrees of freedom exceeds 22.5 once in a thousand times.
        for bound in [7u64, 7 << 40] {
            let mut stream = Stream::new(9, bound, 0);
            let mut bins = [0u32; 7];
            for _ in 0..70_000 {
                let value = stream.below(bound);
                assert!(value < bound);
                bins[(value / (bound / 7)) as usize] += 1;
            }
            let square = bins.iter().map(|&n| (f64::from(n) - 1e4).powi(2) / 1e4).sum::<f64>();
            assert!(square < 22.5, "bound {bound}: {bins:?}");
        }
    }

    #[test]
    fn tiny_bounds_leave_no_choice() {
        let mut stream = Stream::new(0, 0, 0);
        assert_eq!((stream.below(0), stream.below(1)), (0, 0));
    }

    #[test]
    fn bounds_that_reject_often_stay_in_range() {
        // Just over half of all words: every other draw is rejected.
        let bound = (1u64 << 31) + 1;
        let mut stream = Stream::new(4, 4, 4);
        let mean = (0..20_000).map(|_| stream.below(bound) as f64).sum::<f64>() / 20_000.0;
        assert!((mean / bound as f64 - 0.5).abs() < 0.012, "{mean}");
    }

    #[test]
    fn doubles_use_all_their_bits() {
        let mut stream = Stream::new(8, 0, 0);
        let draws: Vec<f64> = (0..20_000).map(|_| stream.next_f64()).collect();
        assert!(draws.iter().all(|v| (0.0..1.0).contains(v)));
        assert!(draws.iter().any(|v| (v * 9_007_199_254_740_992.0) as u64 % 2 == 1));
        assert!((draws.iter().sum::<f64>() / 20_000.0 - 0.5).abs() < 0.01);
    }

    #[test]
    fn all_orders_of_four_are_equally_likely() {
        let mut counts = std::collections::HashMap::new();
        for step in 0..24_000 {
            *counts.entry(permutation(1, 2, step, 4)).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // Chi-square with 23 degrees of freedom exceeds 49.7 once in a thousand times.
        let square = counts.values().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum::<f64>();
        assert!(square < 49.7, "{square}");
    }

    #[test]
    fn shuffling_anything_follows_the_same_order() {
        let mut letters = ['a', 'b', 'c', 'd', 'e'];
        shuffle(6, 6, 6, &mut letters);
        let order = permutation(6, 6, 6, 5);
        assert_eq!(letters.map(|c| c as usize - 'a' as usize).to_vec(), order);
        assert_eq!(permutation(6, 6, 6, 0), []);
    }
}
