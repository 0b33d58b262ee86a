//! Images of another size, by repetition or interpolation.

use crate::graph::Var;
use crate::{Dim, Tensor};
use cornu_engine::Error;

/// Each index of an axis repeated `times`, one after another.
pub(super) fn repeat(x: Var<'_>, axis: usize, times: usize) -> Var<'_> {
    let shape = x.shape();
    // Of an unknown length nothing more is known when it is longer.
    let Some(length) = shape[axis].filter(|_| times != 1) else { return x };
    let replaced = |dims: &[Option<usize>]| -> Vec<Dim> {
        let (before, after) = (&shape.dims()[..axis], &shape.dims()[axis + 1..]);
        before.iter().chain(dims).chain(after).copied().collect()
    };
    x.expand_dims(axis as isize + 1)
        .broadcast_to(replaced(&[Some(length), Some(times)]))
        .reshape(replaced(&[Some(length * times)]))
}

/// How values between pixels follow from those around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    Bilinear,
    Bicubic,
    Lanczos3,
    Lanczos5,
    /// The mean over the area that a new pixel covers.
    Area,
}

/// 1 GB of them.
const MOST_WEIGHTS: usize = 1 << 28;

impl Kernel {
    /// The kernel of Keras' name, if there is one.
    pub(super) fn named(name: &str) -> Option<Kernel> {
        Some(match name {
            "bilinear" => Kernel::Bilinear,
            "bicubic" => Kernel::Bicubic,
            "lanczos3" => Kernel::Lanczos3,
            "lanczos5" => Kernel::Lanczos5,
            "area" => Kernel::Area,
            _ => return None,
        })
    }

    /// How far away pixels count.
    fn radius(self) -> f64 {
        match self {
            Kernel::Bilinear => 1.0,
            Kernel::Bicubic => 2.0,
            Kernel::Lanczos3 => 3.0,
            Kernel::Lanczos5 => 5.0,
            Kernel::Area => f64::INFINITY,
        }
    }

    /// How much a pixel counts at this distance, where `scale` old pixels make a new one.
    fn weight(self, distance: f64, scale: f64) -> f64 {
        let x = distance.abs();
        if x >= self.radius() {
            return 0.0;
        }
        match self {
            Kernel::Bilinear => 1.0 - x,
            // Keys 1981, with a = -1/2.
            Kernel::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Kernel::Bicubic => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Kernel::Lanczos3 | Kernel::Lanczos5 if x < 1e-9 => 1.0,
            Kernel::Lanczos3 | Kernel::Lanczos5 => {
                let (radius, angle) = (self.radius(), std::f64::consts::PI * x);
                radius * angle.sin() * (angle / radius).sin() / (angle * angle)
            }
            // What two pixels have in common, one of them `scale` long.
            Kernel::Area => ((scale + 1.0) / 2.0 - x).clamp(0.0, scale.min(1.0)),
        }
    }

    /// Where the middle of new pixel number `at` lies among the old ones, and how much wider the kernel is there.
    fn place(self, at: usize, scale: f64, antialias: bool) -> (f64, f64) {
        let middle = (at as f64 + 0.5) * scale - 0.5;
        match self {
            Kernel::Area => (middle, 1.0),
            // Where pixels become fewer, a wider kernel sees all of them.
            _ if antialias => (middle, scale.max(1.0)),
            // TensorFlow's bicubic kernel knows 1024 places between two.
            Kernel::Bicubic => (middle.floor() + ((middle - middle.floor()) * 1024.0).round() / 1024.0, 1.0),
            _ => (middle, 1.0),
        }
    }

    /// The weights of `from` pixels in each of `to`: a row for each result, which sums to 1. None where there are more
    /// weights than anyone could want.
    fn matrix(self, from: usize, to: usize, antialias: bool) -> Option<Tensor> {
        let count = from.checked_mul(to).filter(|count| *count <= MOST_WEIGHTS)?;
        let scale = from as f64 / to as f64;
        let mut weights = Vec::with_capacity(count);
        for at in 0..to {
            let (middle, wider) = self.place(at, scale, antialias);
            let weight = |pixel: usize| self.weight((pixel as f64 - middle) / wider, scale);
            let row: Vec<f64> = (0..from).map(weight).collect();
            let sum: f64 = row.iter().sum();
            weights.extend(row.iter().map(|weight| (weight / sum) as f32));
        }
        Tensor::new(weights, [to, from]).ok()
    }
}

/// The axes of images `(batch, rows, columns, channels)` between batch and channels at other lengths.
pub(super) fn resize<'g>(
    x: Var<'g>,
    lengths: impl Iterator<Item = Dim>,
    kernel: Kernel,
    antialias: bool,
) -> Var<'g> {
    lengths.zip(1..).fold(x, |x, (to, axis)| match x.shape()[axis].zip(to) {
        Some((from, to)) if from != to => {
            let Some(matrix) = kernel.matrix(from, to, antialias) else {
                let message = format!("{from} pixels cannot become {to}: that is too large");
                return x.builder().fail(Error::shape("resize", message));
            };
            let matrix = x.builder().constant(matrix).cast(x.dtype());
            // The axis stands last while the matrix is applied.
            x.swap_axes(axis, 3).matmul_with(false, matrix, true).swap_axes(axis, 3)
        }
        _ => x,
    })
}
