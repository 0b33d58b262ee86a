//! The hashes by which TensorFlow puts strings into bins.
//!
//! Files and models depend on them bit for bit. Sources: FarmHash 1.1 (Google, MIT licence), `Fingerprint64`;
//! SipHash-2-4 (Aumasson and Bernstein 2012).

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

/// Eight bytes from `at` on; zeros beyond the end, which no caller reaches.
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
}

fn half(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes).into()
}

fn mix(value: u64) -> u64 {
    value ^ (value >> 47)
}

fn join(u: u64, v: u64, by: u64) -> u64 {
    let a = mix((u ^ v).wrapping_mul(by));
    mix((v ^ a).wrapping_mul(by)).wrapping_mul(by)
}

/// FarmHash's `Fingerprint64`.
pub(super) fn farmhash(s: &[u8]) -> u64 {
    let len = s.len();
    let by = K2.wrapping_add(2 * len as u64);
    match len {
        0 => K2,
        1..=3 => {
            let y = u32::from(s[0]) + (u32::from(s[len / 2]) << 8);
            let z = len as u32 + (u32::from(s[len - 1]) << 2);
            mix(u64::from(y).wrapping_mul(K2) ^ u64::from(z).wrapping_mul(K0)).wrapping_mul(K2)
        }
        4..=7 => join(len as u64 + (half(s, 0) << 3), half(s, len - 4), by),
        8..=16 => {
            let (a, b) = (word(s, 0).wrapping_add(K2), word(s, len - 8));
            let c = b.rotate_right(37).wrapping_mul(by).wrapping_add(a);
            let d = a.rotate_right(25).wrapping_add(b).wrapping_mul(by);
            join(c, d, by)
        }
        17..=32 => {
            let (a, b) = (word(s, 0).wrapping_mul(K1), word(s, 8));
            let (c, d) = (word(s, len - 8).wrapping_mul(by), word(s, len - 16).wrapping_mul(K2));
            let first = a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d);
            join(first, a.wrapping_add(b.wrapping_add(K2).rotate_right(18)).wrapping_add(c), by)
        }
        33..=64 => {
            let (a, b) = (word(s, 0).wrapping_mul(K2), word(s, 8));
            let (c, d) = (word(s, len - 8).wrapping_mul(by), word(s, len - 16).wrapping_mul(K2));
            let y = a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d);
            let z = join(y, a.wrapping_add(b.wrapping_add(K2).rotate_right(18)).wrapping_add(c), by);
            let (e, f) = (word(s, 16).wrapping_mul(by), word(s, 24));
            let g = y.wrapping_add(word(s, len - 32)).wrapping_mul(by);
            let h = z.wrapping_add(word(s, len - 24)).wrapping_mul(by);
            let first = e.wrapping_add(f).rotate_right(43).wrapping_add(g.rotate_right(30)).wrapping_add(h);
            join(first, e.wrapping_add(f.wrapping_add(a).rotate_right(18)).wrapping_add(g), by)
        }
        _ => long(s),
    }
}

/// The state of a hash over more than 64 bytes.
struct State {
    x: u64,
    y: u64,
    z: u64,
    v: (u64, u64),
    w: (u64, u64),
}

impl State {
    /// Takes in 64 bytes. `by` multiplies; `heavy` multiplies what has gone round.
    fn take(&mut self, s: &[u8], by: u64, heavy: u64) {
        let State { x, y, z, v, w } = self;
        *x = x.wrapping_add(*y).wrapping_add(v.0).wrapping_add(word(s, 8)).rotate_right(37).wrapping_mul(by);
        *y = y.wrapping_add(v.1).wrapping_add(word(s, 48)).rotate_right(42).wrapping_mul(by);
        *x ^= w.1.wrapping_mul(heavy);
        *y = y.wrapping_add(v.0.wrapping_mul(heavy)).wrapping_add(word(s, 40));
        *z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(by);
        *v = weak(s, v.1.wrapping_mul(by), x.wrapping_add(w.0));
        *w = weak(s.get(32..).unwrap_or_default(), z.wrapping_add(w.1), y.wrapping_add(word(s, 16)));
        std::mem::swap(x, z);
    }
}

fn weak(s: &[u8], a: u64, b: u64) -> (u64, u64) {
    let z = word(s, 24);
    let a = a.wrapping_add(word(s, 0));
    let b = b.wrapping_add(a).wrapping_add(z).rotate_right(21);
    let sum = a.wrapping_add(word(s, 8)).wrapping_add(word(s, 16));
    (sum.wrapping_add(z), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}

fn long(s: &[u8]) -> u64 {
    const SEED: u64 = 81;
    let y = SEED.wrapping_mul(K1).wrapping_add(113);
    let z = mix(y.wrapping_mul(K2).wrapping_add(113)).wrapping_mul(K2);
    let x = SEED.wrapping_mul(K2).wrapping_add(word(s, 0));
    let mut state = State { x, y, z, v: (0, 0), w: (0, 0) };
    let last = s.len() - 1;
    for block in s.chunks_exact(64).take(last / 64) {
        state.take(block, K1, 1);
    }
    let by = K1.wrapping_add((state.z & 0xff) << 1);
    state.w.0 = state.w.0.wrapping_add((last & 63) as u64);
    state.v.0 = state.v.0.wrapping_add(state.w.0);
    state.w.0 = state.w.0.wrapping_add(state.v.0);
    state.take(&s[s.len() - 64..], by, 9);
    let State { x, y, z, v, w } = state;
    let first = join(v.0, w.0, by).wrapping_add(mix(y).wrapping_mul(K0)).wrapping_add(z);
    join(first, join(v.1, w.1, by).wrapping_add(x), by)
}

/// SipHash-2-4 under a key.
pub(super) fn siphash(key: [u64; 2], s: &[u8]) -> u64 {
    const WORDS: [u64; 4] =
        [0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let mut v: [u64; 4] = std::array::from_fn(|at| WORDS[at] ^ key[at % 2]);
    let round = |v: &mut [u64; 4]| {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    };
    let mut take = |m: u64| {
        v[3] ^= m;
        (0..2).for_each(|_| round(&mut v));
        v[0] ^= m;
    };
    let (words, rest) = s.as_chunks::<8>();
    words.iter().for_each(|word| take(u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = s.len() as u8;
    take(u64::from_le_bytes(last));
    v[2] ^= 0xff;
    (0..4).for_each(|_| round(&mut v));
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

/// TensorFlow's `FingerprintCat64`: one hash of two.
pub(super) fn cross(first: u64, second: u64) -> u64 {
    const BY: u64 = 0xc6a4_a793_5bd1_e995;
    let result = first ^ BY ^ mix(second.wrapping_mul(BY)).wrapping_mul(BY);
    mix(mix(result.wrapping_mul(BY)).wrapping_mul(BY))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of SipHash's paper.
    #[test]
    fn siphash_is_that_of_its_paper() {
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(siphash([0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908], &bytes), 0xa129_ca61_49be_45e5);
    }
}
