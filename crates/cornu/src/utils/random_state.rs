//! The shuffles of NumPy's legacy `RandomState`, by which Keras and scikit-learn order and split data.

/// Words of state of the generator MT19937.
const WORDS: usize = 624;

/// `numpy.random.RandomState(seed)`: the Mersenne Twister of Matsumoto and Nishimura (1998).
pub(crate) struct RandomState {
    words: [u32; WORDS],
    drawn: usize,
}

impl RandomState {
    pub(crate) fn new(seed: u32) -> Self {
        let (mut words, mut word) = ([0; WORDS], seed);
        for (at, out) in (1..).zip(&mut words) {
            *out = word;
            word = (word ^ (word >> 30)).wrapping_mul(1_812_433_253).wrapping_add(at);
        }
        RandomState { words, drawn: WORDS }
    }

    fn next_u32(&mut self) -> u32 {
        if self.drawn == WORDS {
            self.renew();
        }
        let mut word = self.words[self.drawn];
        self.drawn += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C_5680;
        word ^= (word << 15) & 0xEFC6_0000;
        word ^ (word >> 18)
    }

    fn renew(&mut self) {
        for at in 0..WORDS {
            let word = (self.words[at] & 0x8000_0000) | (self.words[(at + 1) % WORDS] & 0x7FFF_FFFF);
            let twist = if word & 1 == 1 { 0x9908_B0DF } else { 0 };
            self.words[at] = self.words[(at + 397) % WORDS] ^ (word >> 1) ^ twist;
        }
        self.drawn = 0;
    }

    /// A number in `0..=max`: bits are drawn until they are small enough.
    fn at_most(&mut self, max: u32) -> u32 {
        let mask = u32::MAX.checked_shr(max.leading_zeros()).unwrap_or(0);
        loop {
            let value = self.next_u32() & mask;
            // NumPy draws nothing where there is no choice, but shuffles never ask that.
            if value <= max {
                return value;
            }
        }
    }

    /// `rng.shuffle(items)`.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // Beyond 2³² samples NumPy would draw 64 bits; no data here is that long.
            let other = self.at_most(u32::try_from(last).unwrap_or(u32::MAX)) as usize;
            items.swap(last, other);
        }
    }

    /// `rng.permutation(n)`: `indices = np.arange(n); rng.shuffle(indices)`.
    pub(crate) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut indices: Vec<usize> = (0..n).collect();
        self.shuffle(&mut indices);
        indices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_thousandth_word_is_the_standard_one() {
        // [rand.predef] of the C++ standard.
        let mut generator = RandomState::new(5489);
        let words: Vec<u32> = (0..10_000).map(|_| generator.next_u32()).collect();
        assert_eq!(words[9999], 4_123_659_995);
    }

    #[test]
    fn shuffles_are_numpys() {
        // r = np.random.RandomState(seed); a = np.arange(12); r.shuffle(a)
        for (seed, want) in [
            (0, [6, 11, 4, 10, 2, 8, 1, 7, 9, 3, 0, 5]),
            (113, [4, 3, 9, 8, 1, 0, 11, 7, 6, 10, 2, 5]),
            (u32::MAX, [11, 8, 5, 9, 1, 10, 6, 0, 4, 7, 2, 3]),
        ] {
            assert_eq!(RandomState::new(seed).permutation(12), want, "seed {seed}");
        }
        let long = RandomState::new(113).permutation(20_640);
        assert_eq!(long[..5], [4380, 8381, 15859, 10108, 9370]);
        assert_eq!(long[20_635..], [2710, 11010, 16236, 4828, 14501]);
        let sum: usize = long.iter().enumerate().map(|(at, v)| at * v % 1_000_003).sum();
        assert_eq!(sum, 10_270_404_917);
    }
}
