//! The Philox4x32-10 generator of Salmon et al., ["Parallel random numbers: as easy as 1, 2, 3"][paper] (2011).
//!
//! [paper]: https://doi.org/10.1145/2063384.2063405

/// Words in a tile: the output of 64 blocks, kept together so that the loop over them vectorises.
pub const TILE: usize = 4 * BLOCKS;

/// Blocks of four words in a tile.
const BLOCKS: usize = 64;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// A generator for one seed and one stream.
///
/// Its output is a sequence of 32-bit words for every step, addressed by index: the words of step `s`
/// come in tiles of [`TILE`], and word `r` of tile `t` is word `r / 64` of Philox block `64·t + r % 64`
/// under the counter `(block, s)`, both 64 bits wide, low half first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Philox {
    key: [u32; 2],
}

impl Philox {
    /// The generator for a seed and a stream, usually [`stream_of`] a weight's or a layer's path.
    ///
    /// With either held fixed, different values of the other give different keys.
    #[inline]
    pub const fn new(seed: u64, stream: u64) -> Self {
        let key = mix(seed.wrapping_add(mix(stream)));
        Philox { key: [key as u32, (key >> 32) as u32] }
    }

    /// Tile `tile` of the words of `step`.
    #[inline(always)]
    pub fn tile(self, step: u64, tile: u64, words: &mut [u32; TILE]) {
        // A tile starts at a multiple of 64, so the blocks in it differ in the six lowest bits only.
        let block = tile.wrapping_mul(BLOCKS as u64);
        let (low, high) = (block as u32, (block >> 32) as u32);
        let (a, rest) = words.split_at_mut(BLOCKS);
        let (b, rest) = rest.split_at_mut(BLOCKS);
        let (c, d) = rest.split_at_mut(BLOCKS);
        let words = a.iter_mut().zip(b).zip(c.iter_mut().zip(d));
        for (((a, b), (c, d)), lane) in words.zip(0..BLOCKS as u32) {
            [*a, *b, *c, *d] = block4([low | lane, high, step as u32, (step >> 32) as u32], self.key);
        }
    }
}

/// The four words of one block: the function of the paper.
#[inline(always)]
fn block4(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let (high0, low0) = multiply(MULTIPLIERS[0], counter[0]);
        let (high1, low1) = multiply(MULTIPLIERS[1], counter[2]);
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// The high and the low word of a product.
#[inline(always)]
fn multiply(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

/// A bijection of 64-bit words that leaves no pattern: the finaliser of SplitMix64 (Steele et al., 2014).
const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// The stream of a name: its 64-bit FNV-1a hash, the same in every version and on every machine.
///
/// ```
/// assert_eq!(cornu_engine::rng::stream_of("foobar"), 0x85944171f73967e8);
/// ```
pub const fn stream_of(name: &str) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut rest = name.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01B3);
        rest = tail;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_give_the_published_answers() {
        // `kat_vectors` of Random123: counter, key, output.
        let cases = [
            ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
            (
                [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
                [0xa4093822, 0x299f31d0],
                [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
            ),
        ];
        for (counter, key, want) in cases {
            assert_eq!(block4(counter, key), want, "counter {counter:x?}");
        }
    }

    #[test]
    fn a_tile_is_64_blocks_word_by_word() {
        let generator = Philox::new(1, 2);
        // Beyond 2^26 tiles the block number needs its high word.
        for tile in [0, 3, (1 << 26) + 5] {
            let (mut words, step) = ([0; TILE], 0x1234_5678_9abc_def0);
            generator.tile(step, tile, &mut words);
            for (r, word) in words.iter().enumerate() {
                let block = tile * 64 + r as u64 % 64;
                let counter = [block as u32, (block >> 32) as u32, step as u32, (step >> 32) as u32];
                assert_eq!(*word, block4(counter, generator.key)[r / 64], "tile {tile}, word {r}");
            }
        }
    }

    #[test]
    fn seed_and_stream_both_change_the_key() {
        let keys = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(seed, stream)| Philox::new(seed, stream).key);
        for (i, a) in keys.iter().enumerate() {
            assert!(!keys[i + 1..].contains(a), "{keys:x?}");
        }
    }
}
