//! `Orthogonal`: a random rotation.

use cornu_engine::rng::fill_normal;
use rayon::prelude::*;

use super::Initializer;
use super::draw::{self, filled};
use crate::registry::Fields;
use crate::{Error, Result, Tensor};

/// Matrices whose columns (or rows, if there are fewer of them) are orthogonal to each other and of length
/// `gain`. With more axes, all but the last together count as rows.
///
/// Source: <https://keras.io/api/layers/initializers/#orthogonal-class> and
/// [Saxe et al., 2014](https://openreview.net/forum?id=_wzZwKpTDF_9C): the orthogonal factor of a matrix of
/// normal numbers, with the signs that make its triangular factor's diagonal positive.
///
/// ```
/// use cornu::initializers::{Initializer, Orthogonal};
/// let q = Orthogonal::new().call(&[2, 2], 42, "lstm/recurrent_kernel")?.to_vec::<f32>();
/// assert!((q[0] * q[1] + q[2] * q[3]).abs() < 1e-6);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Orthogonal {
    #[fields(read = draw::seed)]
    seed: Option<i64>,
    gain: f64,
}

impl Default for Orthogonal {
    fn default() -> Self {
        Orthogonal { seed: None, gain: 1.0 }
    }
}

impl Orthogonal {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The factor on the matrix (default 1).
        gain: f64;
        /// A seed of its own in place of the model's.
        seed: some i64;
    }
}

impl Initializer for Orthogonal {
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        let [leading @ .., columns] = shape else { return Err(too_few_axes(shape)) };
        if leading.is_empty() {
            return Err(too_few_axes(shape));
        }
        let (seed, stream) = draw::source(self.seed, seed, path);
        filled(shape, |out| {
            fill_normal(seed, stream, 0, 0, out);
            let columns = *columns;
            if out.is_empty() {
                return;
            }
            let rows = out.len() / columns;
            let (long, short) = (rows.max(columns), rows.min(columns));
            // A vector after the other: the matrix's columns if it is tall, its rows if it is wide.
            let mut vectors: Vec<f64> = out.iter().map(|value| f64::from(*value)).collect();
            orthonormalize(&mut vectors, long);
            for (at, value) in out.iter_mut().enumerate() {
                let (vector, element) =
                    if rows < columns { (at / long, at % long) } else { (at % short, at / short) };
                *value = (self.gain * vectors[vector * long + element]) as f32;
            }
        })
    }
}

fn too_few_axes(shape: &[usize]) -> Error {
    let message = format!("wants a weight of at least two axes, got the shape {shape:?}");
    Error::argument("initializer `Orthogonal`", message)
}

/// Makes vectors of this length, one after the other and no more than `length` of them, orthonormal: the
/// factor Q of the matrix with these columns, by Householder's reflections.
fn orthonormalize(vectors: &mut [f64], length: usize) {
    let count = vectors.len() / length;
    let mut flip = vec![false; count];
    for k in 0..count {
        let (done, rest) = vectors.split_at_mut((k + 1) * length);
        let reflector = &mut done[k * length + k..];
        // R's diagonal becomes -sign(first) · norm; the column of Q is turned where that is negative.
        let norm = dot(reflector, reflector).sqrt();
        flip[k] = reflector[0] >= 0.0;
        reflector[0] += norm.copysign(reflector[0]);
        let scale = dot(reflector, reflector).sqrt().recip();
        if scale.is_finite() {
            reflector.iter_mut().for_each(|value| *value *= scale);
        }
        reflect(reflector, rest, length, k);
    }
    // Q is the reflections applied to the first unit vectors, last reflection first.
    for k in (0..count).rev() {
        let (head, rest) = vectors.split_at_mut((k + 1) * length);
        let vector = &mut head[k * length..];
        let reflector = vector[k..].to_vec();
        vector.fill(0.0);
        vector[k] = 1.0;
        reflect(&reflector, vector, length, k);
        reflect(&reflector, rest, length, k);
    }
    for (vector, flip) in vectors.chunks_exact_mut(length).zip(flip) {
        if flip {
            vector.iter_mut().for_each(|value| *value = -*value);
        }
    }
}

/// Reflects each vector, from its element `start` on, at the plane the unit vector `reflector` is normal to.
fn reflect(reflector: &[f64], vectors: &mut [f64], length: usize, start: usize) {
    /// Below this many multiplications another thread costs more than it gains.
    const GRAIN: usize = 1 << 15;
    vectors.par_chunks_exact_mut(length).with_min_len((GRAIN / reflector.len()).max(1)).for_each(|vector| {
        let part = &mut vector[start..];
        let factor = 2.0 * dot(reflector, part);
        part.iter_mut().zip(reflector).for_each(|(value, direction)| *value -= factor * direction);
    });
}

/// The product of two vectors, in eight sums so that it can run on vector units.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    rest + sums.iter().sum::<f64>()
}
